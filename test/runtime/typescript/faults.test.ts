/** What is broken, strange or in the way changes no call. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { trace } from "@opentelemetry/api";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import OpenAI from "openai";
import { makeHome, serve, warnings } from "./harness.ts";
import { loadRuntime } from "./home.ts";

const usage = { prompt_tokens: 1000, completion_tokens: 500 };
const chat = { id: "1", model: "gpt-4o-mini", choices: [{ index: 0, finish_reason: "stop", message: { content: "Yes." } }], usage };
const chunk = { id: "1", model: "gpt-4o-mini", choices: [{ index: 0, delta: { content: "Yes." } }] };
const refused = { name: "BudgetExceededError" };
const long = "x".repeat(4000);

/** What the server sends as a stream, and what happens as it is asked. */
const server = { parts: [] as unknown[], asked: () => {} };
const baseURL = await serve(async (request, response) => {
  let body = "";
  for await (const bytes of request) body += bytes;
  server.asked();
  if (!JSON.parse(body).stream) return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(chat));
  const events = [...server.parts.map((it) => JSON.stringify(it)), "[DONE]"].map((it) => `data: ${it}\n\n`);
  return response.writeHead(200, { "content-type": "text/event-stream" }).end(events.join(""));
});

const openai = () => new OpenAI({ apiKey: "none", baseURL });
const request = (content = "hello") => ({ model: "gpt-4o-mini", messages: [{ role: "user" as const, content }] });
const ask = (client: OpenAI, content?: string) => client.chat.completions.create(request(content));
const warned = warnings();

/** The app's provider: it keeps spans, and fails where it is told to. */
const ended: ReadableSpan[] = [];
let breaks = false;
const onEnd = (it: ReadableSpan) => {
  if (breaks) throw new Error("broken processor");
  ended.push(it);
};
const nothing = async () => {};
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [{ onStart: () => {}, onEnd, shutdown: nothing, forceFlush: nothing }] }),
);

test("parts of a stream may lack choices, and a usage that nobody asked for is hidden then too", async () => {
  server.parts = [{ id: "1" }, chunk, { id: "1", usage }, { id: "1", choices: null, usage }];
  const { telemetry } = await loadRuntime(makeHome());
  const parts = await Array.fromAsync(await telemetry(openai()).chat.completions.create({ ...request(), stream: true }));
  assert.equal(parts.length, 2);
  assert.equal(ended.at(-1)?.attributes["gen_ai.usage.input_tokens"], 1000);
});

test("a stream that is read as text counts", async () => {
  server.parts = [chunk, { id: "1", choices: [], usage }];
  const { telemetry } = await loadRuntime(makeHome());
  const count = ended.length;
  const response = await telemetry(openai())
    .chat.completions.create({ ...request(), stream: true })
    .asResponse();
  assert.equal(await response.text(), `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
  assert.equal(ended.length, count + 1);
  assert.equal(ended.at(-1)?.attributes["gen_ai.usage.input_tokens"], 1000);
});

test("a span processor that fails breaks no function", async (t) => {
  const { telemetry } = await loadRuntime(makeHome());
  breaks = true;
  t.after(() => {
    breaks = false;
  });
  assert.equal(telemetry(() => 1)(), 1);
  assert.equal(await telemetry(async () => 2)(), 2);
  await assert.rejects(telemetry(async () => Promise.reject(new RangeError("mine")))(), RangeError);
  assert.match(warned.join(), /broken processor/);
});

test("a price that lacks a number is unknown", async () => {
  const home = makeHome();
  const { telemetry } = await loadRuntime(home);
  for (const price of [{ input: 1, output: "2" }, { input: 1 }, { input: -1, output: 1 }]) {
    home.write(".cockpit/model_prices.json", { models: { "gpt-4o-mini": price } });
    await ask(telemetry(openai()));
    assert.equal(ended.at(-1)?.attributes["cockpit.cost.unknown"], true, JSON.stringify(price));
  }
});

test("what was reserved is free again, and the span ends, whatever goes wrong", async (t) => {
  const home = makeHome();
  const { telemetry, costControl } = await loadRuntime(home);
  const client = costControl(telemetry(openai()), { run: 0.0015 });
  const count = ended.length;
  server.asked = () => {
    process.env.COCKPIT_DIR = "x".repeat(10_000);
  };
  t.after(() => {
    server.asked = () => {};
  });
  await ask(client, long);
  assert.equal(ended.length, count + 1);
  process.env.COCKPIT_DIR = join(home.path, ".cockpit");
  await ask(client, long);
});

test("a folder that cannot be looked at breaks no function", async () => {
  const { costControl } = await loadRuntime(makeHome(), { COCKPIT_DIR: "x".repeat(10_000) });
  assert.equal(costControl(() => 1, { run: 1 })(), 1);
});

test("a limit of white space is none, and said", async () => {
  const { costControl } = await loadRuntime(makeHome(), { COCKPIT_BUDGET_RUN_USD: " " });
  await ask(costControl(openai()));
  assert.match(warned.join(), /COCKPIT_BUDGET_RUN_USD is not an amount/);
});

test("files may begin with a byte-order mark", async () => {
  const home = makeHome();
  home.write(".cockpit/budget.json", '\ufeff{"run": 0}');
  await assert.rejects(ask((await loadRuntime(home)).costControl(openai())), refused);
});

test("what could not be written counts for limits that come later", async () => {
  const home = makeHome();
  home.write(".cockpit/state", "in the way");
  const { costControl } = await loadRuntime(home);
  await ask(costControl(openai(), { run: 1 }));
  assert.throws(
    costControl(() => 1, { day: 0.001 }),
    refused,
  );
});

test("a line that was half written takes no other along", async () => {
  const home = makeHome();
  home.write(".cockpit/state/spend-billing.jsonl", '{"time":"2020');
  const { costControl } = await loadRuntime(home);
  await ask(costControl(openai(), { agent: 1 }));
  await assert.rejects(ask(costControl(openai(), { agent: 0.002 })), refused);
});

test("limits of a function and of the client in it both hold", async () => {
  const { costControl } = await loadRuntime(makeHome());
  const client = costControl(openai(), { run: 1 });
  const strict = costControl(async () => [await ask(client), await ask(client)], { run: 0.002 });
  await assert.rejects(strict(), refused);
  const nested = costControl(async () => costControl(async () => ask(client, long), { run: 1 })(), { run: 0.0025 });
  await assert.rejects(nested(), refused);
  costControl(client, { run: 0.002 });
  await assert.rejects(costControl(async () => ask(client), { run: 1 })(), refused);
});

test("an agent may have the name of what every object has", async () => {
  const home = makeHome();
  home.write(".cockpit/mothball.json", { agents: {} });
  const { telemetry } = await loadRuntime(home, { COCKPIT_AGENT_ID: "constructor" });
  assert.equal(telemetry(() => 1)(), 1);
});

test("an answer of the endpoint that names nobody pauses nobody", async () => {
  const events = new EventTarget();
  const url = await serve((_, response) => {
    response.end('{"status":"fine"}');
    events.dispatchEvent(new Event("asked"));
  });
  const { telemetry } = await loadRuntime(makeHome(), { COCKPIT_MOTHBALL_URL: url });
  const heard = once(events, "asked");
  const wrapped = telemetry(() => 1);
  await heard;
  await once(events, "asked");
  assert.equal(wrapped(), 1);
});
