import assert from "node:assert/strict";
import { describe, test } from "node:test";
import OpenAI from "openai";
import { appSpans, makeHome, standIn } from "./harness.ts";
import { loadRuntime } from "./home.ts";

const server = await standIn([{ match: {}, response: { content: "Yes.", usage: { prompt_tokens: 1000, completion_tokens: 500 } } }]);
const spans = appSpans();
const home = makeHome();
const { telemetry, costControl } = await loadRuntime(home);

const openai = () => new OpenAI({ apiKey: "none", baseURL: `${server.url}/v1` });
const ask = (client: OpenAI) => client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hello" }] });
const names = () => spans().map((it) => [it.name, it.isError]);

describe("a wrapped function", () => {
  test("keeps its name, length, properties, this, arguments and result", () => {
    const add = Object.assign(
      function add(this: { base: number }, a: number, b: number) {
        return this.base + a + b;
      },
      { label: "sum" },
    );
    const wrapped = telemetry(add);
    assert.equal(wrapped.call({ base: 1 }, 2, 3), 6);
    assert.deepEqual([wrapped.name, wrapped.length, wrapped.label], ["add", 2, "sum"]);
    const [span] = spans();
    assert.deepEqual([span?.name, span?.kind, span?.isError], ["invoke_agent add", 0, false]);
    assert.deepEqual(span?.attributes, { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": "billing" });
  });

  test("wrapped again is itself, with one span", () => {
    const wrapped = telemetry(() => 1);
    assert.equal(telemetry(wrapped), wrapped);
    assert.equal(costControl(wrapped, { run: 1 }), wrapped);
    wrapped();
    assert.equal(spans().length, 1);
  });

  test("throws as ever", async () => {
    const fail = () => {
      throw new RangeError("mine, with what a user typed");
    };
    assert.throws(telemetry(fail), RangeError);
    await assert.rejects(telemetry(async () => fail())(), RangeError);
    assert.deepEqual(
      spans().map((it) => [it.isError, it.attributes["error.type"]]),
      [
        [true, "RangeError"],
        [true, "RangeError"],
      ],
    );
    assert.doesNotMatch(JSON.stringify(spans()), /typed/);
  });

  test("that is async ends its span when it settles, and holds the calls made in it", async () => {
    const client = telemetry(openai());
    const answer = telemetry(async function answer() {
      await null;
      return (await ask(client)).choices[0]?.message.content;
    });
    assert.equal(await answer(), "Yes.");
    const [call, agent] = spans();
    assert.deepEqual([call?.name, agent?.name], ["chat gpt-4o-mini", "invoke_agent answer"]);
    assert.equal(call?.parent, agent?.id);
  });

  test("that gives the SDK's promise gives it as it is", async () => {
    const client = telemetry(openai());
    const { response } = await telemetry(() => ask(client))().withResponse();
    assert.equal(response.status, 200);
  });
});

describe("a wrapped generator", () => {
  function* count(): Generator<number, string, string | undefined> {
    const seen: (string | undefined)[] = [];
    try {
      seen.push(yield 1);
      seen.push(yield 2);
      return `done ${seen.join()}`;
    } catch (error) {
      yield 99;
      throw error;
    }
  }

  test("yields, takes and returns what it did", () => {
    const it = telemetry(count)();
    assert.deepEqual(
      [it.next("ignored"), it.next("a")],
      [
        { value: 1, done: false },
        { value: 2, done: false },
      ],
    );
    assert.deepEqual(names(), []);
    assert.deepEqual(it.next("b"), { value: "done a,b", done: true });
    assert.deepEqual([...telemetry(count)()], [1, 2]);
    assert.deepEqual(names(), [
      ["invoke_agent count", false],
      ["invoke_agent count", false],
    ]);
  });

  test("can be closed early, also before it began", () => {
    for (const _ of telemetry(count)()) break;
    assert.deepEqual(telemetry(count)().return("early"), { value: "early", done: true });
    assert.deepEqual(names(), [
      ["invoke_agent count", false],
      ["invoke_agent count", false],
    ]);
  });

  test("can be thrown into", () => {
    const it = telemetry(count)();
    it.next("");
    assert.deepEqual(it.throw(new RangeError("in")), { value: 99, done: false });
    assert.throws(() => it.next(""), /in/);
    assert.deepEqual(names(), [["invoke_agent count", true]]);
  });

  test("that is async holds the calls made in it, and can be closed or fail", async () => {
    const client = telemetry(openai());
    const answers = telemetry(async function* answers(fails: boolean) {
      yield (await ask(client)).model;
      if (fails) throw new RangeError("late");
      yield "more";
    });
    for await (const model of answers(false)) assert.ok(["gpt-4o-mini", "more"].includes(model));
    for await (const _ of answers(false)) break;
    await assert.rejects(Array.fromAsync(answers(true)), /late/);
    const calls = spans().filter((it) => it.name === "chat gpt-4o-mini");
    const agents = spans().filter((it) => it.name === "invoke_agent answers");
    assert.deepEqual(
      calls.map((it) => it.parent),
      agents.map((it) => it.id),
    );
    assert.deepEqual(
      agents.map((it) => it.isError),
      [false, false, true],
    );
  });
});

describe("a function with a budget", () => {
  test("holds the calls of tracked clients made in it to that budget", async () => {
    const { telemetry, costControl } = await loadRuntime(makeHome());
    const client = telemetry(openai());
    const answer = costControl(() => ask(client), { run: 0.001 });
    await answer();
    await assert.rejects(async () => await answer(), { name: "BudgetExceededError" });
    await ask(client);
  });

  test("is itself refused when the budget is spent", async () => {
    const { costControl } = await loadRuntime(makeHome());
    await ask(costControl(openai(), { run: 1 }));
    let runs = 0;
    const work = async () => void runs++;
    await assert.rejects(costControl(work, { run: 0.001 })(), { name: "BudgetExceededError" });
    await costControl(work, { run: 1 })();
    assert.equal(runs, 1);
  });
});
