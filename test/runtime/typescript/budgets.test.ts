import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { appSpans, makeHome, standIn, warnings } from "./harness.ts";
import { type Home, loadRuntime } from "./home.ts";
import type { Budget } from "./runtime.ts";

/** A call costs 0.002 US dollars with `gpt-4o-mini`, 0.2 with `gpt-5`. */
const server = await standIn([
  { match: { userMessage: "broken" }, response: { error: { message: "oh" }, status: 500 } },
  { match: { endpoint: "embedding" }, response: { embedding: [0.1] } },
  { match: {}, response: { content: "Yes.", usage: { prompt_tokens: 1000, completion_tokens: 500 } } },
]);
const spans = appSpans();
const warned = warnings();

const openai = () => new OpenAI({ apiKey: "none", baseURL: `${server.url}/v1`, maxRetries: 2 });
const ask = (client: OpenAI, model = "gpt-4o-mini", content = "hello") =>
  client.chat.completions.create({ model, messages: [{ role: "user", content }] });
const refused = { name: "BudgetExceededError" };

/** Lines of the ledger, without what differs from run to run. */
function ledgerOf(home: Home, agent = "billing"): unknown[] {
  const lines = home.read(`.cockpit/state/spend-${agent}.jsonl`).trimEnd().split("\n");
  return lines.map((line) => {
    const { time, run, ...rest } = JSON.parse(line);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(run, /./);
    return rest;
  });
}

const line = (usd: number | null, time = new Date().toISOString(), model = "gpt-4o-mini") =>
  `${JSON.stringify({ time, run: "another", model, usd })}\n`;

describe("limits", () => {
  const longAgo = "2020-01-01T00:00:00.000Z";
  const cases: { name: string; file?: object; variables?: Record<string, string>; argument?: Budget; ledger?: string; calls: number }[] = [
    { name: "run", file: { run: 0.003 }, calls: 2 },
    { name: "day", file: { day: 0.003 }, calls: 2 },
    { name: "agent", file: { agent: 0.003 }, calls: 2 },
    { name: "day, with what other processes spent", file: { day: 0.003 }, ledger: line(0.0015), calls: 1 },
    { name: "day, with what was spent on another day", file: { day: 0.003 }, ledger: line(9, longAgo), calls: 2 },
    { name: "agent, with what was spent on another day", file: { agent: 0.003 }, ledger: line(9, longAgo), calls: 0 },
    { name: "run, with what other processes spent", file: { run: 0.003 }, ledger: line(9), calls: 2 },
    {
      name: "a ledger with unknown costs and nonsense",
      file: { agent: 0.003 },
      ledger: `${line(null)}nonsense\n${line(0.0015)}`,
      calls: 1,
    },
    { name: "a variable before the file", file: { run: 0.003 }, variables: { COCKPIT_BUDGET_RUN_USD: "0.001" }, calls: 1 },
    {
      name: "an argument before both",
      file: { run: 0.003 },
      variables: { COCKPIT_BUDGET_RUN_USD: "0.001" },
      argument: { run: 0.005 },
      calls: 3,
    },
    { name: "an argument that lifts the limit", file: { run: 0.001 }, argument: { run: null }, calls: 4 },
    { name: "nothing", file: { run: 0 }, calls: 0 },
    { name: "a limit that is broken leaves the others", file: { run: "lots", day: 0.003 }, calls: 2 },
  ];
  for (const { name, file, variables, argument, ledger, calls } of cases)
    test(name, async () => {
      const home = makeHome();
      if (file) home.write(".cockpit/budget.json", { version: 1, ...file });
      if (ledger) home.write(".cockpit/state/spend-billing.jsonl", ledger);
      const { costControl } = await loadRuntime(home, variables);
      const client = costControl(openai(), argument);
      const sentBefore = server.getRequests().length;
      for (let i = 0; i < calls; i++) await ask(client);
      if (calls < 4) await assert.rejects(ask(client), refused);
      assert.equal(server.getRequests().length - sentBefore, calls);
    });

  test("no limit at all is said once", async () => {
    const client = (await loadRuntime(makeHome())).costControl(openai());
    for (const _ of [1, 2]) await ask(client);
    assert.match(warned.join(), /^\[cockpit\] no budget is set[^[]*$/);
  });

  test("a broken file is said once, and the call goes on", async () => {
    const home = makeHome();
    home.write(".cockpit/budget.json", "{ broken");
    const client = (await loadRuntime(home)).costControl(openai(), { run: 1 });
    for (const _ of [1, 2]) await ask(client);
    assert.match(warned.join(), /^\[cockpit\] [^[]*budget\.json is not a JSON object$/);
  });

  test("the file is read again when it changes", async () => {
    const home = makeHome();
    home.write(".cockpit/budget.json", { run: 0 });
    const client = (await loadRuntime(home)).costControl(openai());
    await assert.rejects(ask(client), refused);
    home.write(".cockpit/budget.json", { run: 10 });
    await ask(client);
  });
});

describe("what a call costs", () => {
  test("is a line in the ledger; what is unknown is null, and what failed is nothing", async () => {
    const home = makeHome();
    const client = (await loadRuntime(home, { COCKPIT_AGENT_ID: "a/b c" })).costControl(openai(), { run: 1 });
    await ask(client);
    await ask(client, "someones-model");
    await assert.rejects(ask(client, "gpt-4o-mini", "broken"));
    assert.deepEqual(ledgerOf(home, "a_b_c"), [
      { model: "gpt-4o-mini", usd: 0.002 },
      { model: "someones-model", usd: null },
    ]);
  });

  test("counts for streams, and for Gemini", async () => {
    const home = makeHome();
    const { costControl } = await loadRuntime(home);
    const stream = await costControl(openai(), { run: 1 }).chat.completions.create({ model: "gpt-4o-mini", messages: [], stream: true });
    for await (const part of stream) assert.notDeepEqual(part.choices, []);
    const google = new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: server.url, apiVersion: "v1beta" } });
    await costControl(google, { run: 0.004 }).models.generateContent({ model: "gemini-2.0-flash", contents: "hello" });
    await assert.rejects(google.models.generateContent({ model: "gemini-2.0-flash", contents: "hello" }), refused);
    assert.deepEqual(ledgerOf(home), [
      { model: "gpt-4o-mini", usd: 0.002 },
      { model: "gemini-2.0-flash", usd: 0.003 },
    ]);
  });

  test("is kept in memory where it cannot be written", async () => {
    const home = makeHome();
    home.write(".cockpit/state", "a file stands in the way");
    const client = (await loadRuntime(home)).costControl(openai(), { agent: 0.003 });
    for (const _ of [1, 2]) await ask(client);
    await assert.rejects(ask(client), refused);
    assert.match(warned.join(), /^\[cockpit\] what was spent could not be written[^[]*$/);
  });

  test("is not written where there is no .cockpit", async () => {
    const home = makeHome();
    const client = (await loadRuntime(home, { COCKPIT_DIR: join(home.path, "nowhere") })).costControl(openai(), { run: 1 });
    await ask(client);
    assert.equal(existsSync(join(home.path, "nowhere")), false);
  });

  test("counts across processes", async () => {
    const home = makeHome();
    home.write(
      "agent.ts",
      `import OpenAI from "openai";
       import { costControl } from "./cockpit-runtime.ts";
       const client = costControl(new OpenAI({ apiKey: "none", baseURL: ${JSON.stringify(`${server.url}/v1`)} }), { day: 0.003 });
       await client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hello" }] }).then(() => console.log("answered"), (error) => console.log(error.name));`,
    );
    const run = async () =>
      (await promisify(execFile)(process.execPath, ["agent.ts"], { cwd: home.path, env: { PATH: process.env.PATH } })).stdout.trim();
    assert.deepEqual([await run(), await run(), await run()], ["answered", "answered", "BudgetExceededError"]);
    assert.equal(ledgerOf(home).length, 2);
  });
});

describe("a call is admitted", () => {
  test("only if its input fits", async () => {
    const client = (await loadRuntime(makeHome())).costControl(openai(), { run: 0.001 });
    await assert.rejects(ask(client, "gpt-4o-mini", "x".repeat(4100)), refused);
    await ask(client, "gpt-4o-mini", "x".repeat(3900));
  });

  test("only if it fits beside those under way", async () => {
    const client = (await loadRuntime(makeHome())).costControl(openai(), { run: 0.0025 });
    const calls = await Promise.allSettled([1, 2, 3, 4].map(() => ask(client, "gpt-4o-mini", "x".repeat(4000))));
    assert.deepEqual(
      calls.map((it) => it.status),
      ["fulfilled", "fulfilled", "rejected", "rejected"],
    );
  });

  test("again after a failed one has given back what it reserved", async () => {
    const client = (await loadRuntime(makeHome())).costControl(openai(), { run: 0.0015 });
    await assert.rejects(ask(client.withOptions({ maxRetries: 0 }), "gpt-4o-mini", `broken${"x".repeat(4000)}`), /oh/);
    await ask(client, "gpt-4o-mini", "x".repeat(4000));
  });

  test("and an error of ours is not sent, not retried, and passes as it is", async () => {
    const { costControl, BudgetExceededError } = await loadRuntime(makeHome());
    const client = costControl(openai(), { run: 0 });
    const sent = server.getRequests().length;
    await assert.rejects(
      ask(client),
      (error) => error instanceof BudgetExceededError && /agent billing spent .* of 0 US dollars for the run/.test(error.message),
    );
    await assert.rejects(
      client.chat.completions.stream({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hello" }] }).done(),
      (error: Error) => error.cause instanceof BudgetExceededError,
    );
    assert.equal(server.getRequests().length, sent);
  });
});

describe("over budget", () => {
  const downgrade = { run: 0.01, overBudget: "downgrade" };
  const routing = {
    version: 1,
    downgrade: { "gpt-5": "gpt-4o-mini", "text-embedding-3-large": "text-embedding-3-small", "gpt-9": "someones-model" },
  };
  const long = "x".repeat(4000);

  test("the cheaper model is asked, visibly", async () => {
    const home = makeHome();
    home.write(".cockpit/budget.json", downgrade);
    home.write(".cockpit/model_routing.json", routing);
    const { costControl, telemetry } = await loadRuntime(home);
    const answer = await ask(costControl(telemetry(openai())), "gpt-5", long);
    assert.equal(answer.model, "gpt-4o-mini");
    const [span] = spans();
    assert.equal(span?.name, "chat gpt-4o-mini");
    assert.equal(span?.attributes["gen_ai.request.model"], "gpt-4o-mini");
    assert.equal(span?.attributes["cockpit.downgraded_from"], "gpt-5");
    assert.match(warned.join(), /Calls of gpt-5 go to gpt-4o-mini/);
    assert.deepEqual(ledgerOf(home), [{ model: "gpt-4o-mini", usd: 0.002 }]);
  });

  const refusals: [name: string, budget: object, routes: object | undefined, model: string][] = [
    ["without a route", downgrade, undefined, "gpt-5"],
    ["when the budget refuses", { run: 0.01, overBudget: "refuse" }, routing, "gpt-5"],
    ["when the cheaper model is too much as well", { ...downgrade, run: 0.0001 }, routing, "gpt-5"],
  ];
  for (const [name, budget, routes, model] of refusals)
    test(`the call is refused ${name}`, async () => {
      const home = makeHome();
      home.write(".cockpit/budget.json", budget);
      if (routes) home.write(".cockpit/model_routing.json", routes);
      await assert.rejects(ask((await loadRuntime(home)).costControl(openai()), model, long), refused);
    });

  test("embeddings are not downgraded, because two models' vectors do not compare", async () => {
    const home = makeHome();
    home.write(".cockpit/budget.json", { run: 0, overBudget: "downgrade" });
    home.write(".cockpit/model_routing.json", { downgrade: { "text-embedding-3-small": "someones-model" } });
    const client = (await loadRuntime(home)).costControl(openai());
    await assert.rejects(client.embeddings.create({ model: "text-embedding-3-small", input: "hello" }), refused);
  });
});

describe("an unknown price", () => {
  test("is said once for each model, and counts as unknown", async () => {
    const client = (await loadRuntime(makeHome())).costControl(openai(), { run: 0.001 });
    for (const model of ["one", "one", "other"]) await ask(client, model);
    assert.deepEqual(
      warned.map((it) => /the price of (\w+)/.exec(it)?.[1]),
      ["one", "other"],
    );
  });

  test("is refused where the budget says so", async () => {
    const home = makeHome();
    home.write(".cockpit/budget.json", { unknownPrice: "refuse" });
    const client = (await loadRuntime(home)).costControl(openai());
    await assert.rejects(ask(client, "someones-model"), refused);
    await ask(client);
  });
});
