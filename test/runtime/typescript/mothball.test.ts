import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import OpenAI from "openai";
import { appSpans, makeHome, serve, standIn, warnings } from "./harness.ts";
import { type Home, loadRuntime } from "./home.ts";
import type { Runtime } from "./runtime.ts";

const server = await standIn([{ match: {}, response: { content: "Yes." } }]);
const spans = appSpans();
const warned = warnings();

const openai = () => new OpenAI({ apiKey: "none", baseURL: `${server.url}/v1` });
const ask = (client: OpenAI) => client.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hello" }] });
const pause = { by: "ana@example.com", at: "2026-11-23T10:00:00Z", reason: "cost anomaly" };
const paused = { name: "AgentPausedError", ...pause };
const file = ".cockpit/mothball.json";
const pausedIn = (home: Home, agents: unknown) => home.write(file, { version: 1, agents });

describe("the file", () => {
  for (const wrap of ["telemetry", "costControl"] as const)
    test(`pauses and resumes what ${wrap} wraps`, async () => {
      const home = makeHome();
      const client = (await loadRuntime(home))[wrap](openai());
      await ask(client);
      pausedIn(home, { billing: pause });
      const sent = server.getRequests().length;
      await assert.rejects(ask(client), paused);
      assert.equal(server.getRequests().length, sent);
      pausedIn(home, {});
      await ask(client);
      pausedIn(home, { billing: pause });
      await assert.rejects(ask(client), /billing is paused by ana@example.com since 2026-11-23T10:00:00Z: cost anomaly/);
      rmSync(join(home.path, file));
      await ask(client);
    });

  test("pauses every agent by *, and leaves other agents alone", async () => {
    const home = makeHome();
    const client = (await loadRuntime(home)).telemetry(openai());
    pausedIn(home, { research: pause });
    await ask(client);
    pausedIn(home, { "*": pause });
    await assert.rejects(ask(client), paused);
  });

  test("counts in every folder above the working directory", async (t) => {
    const home = makeHome();
    home.write("agents/billing/.cockpit/mothball.json", { version: 1, agents: {} });
    pausedIn(home, { billing: pause });
    const before = process.cwd();
    t.after(() => process.chdir(before));
    process.chdir(join(home.path, "agents/billing"));
    const client = (await loadRuntime(home, { COCKPIT_DIR: "" })).telemetry(openai());
    await assert.rejects(ask(client), paused);
  });

  test("pauses the agent whose id the environment names", async () => {
    const home = makeHome();
    pausedIn(home, { other: pause });
    const client = (await loadRuntime(home, { COCKPIT_AGENT_ID: "other" })).telemetry(openai());
    await assert.rejects(ask(client), paused);
  });

  for (const [name, content] of [
    ["half a file", '{"version":1,"agents":{"bil'],
    ["no object", "[]"],
    ["strange agents", '{"agents":{"billing":true}}'],
  ] as const)
    test(`that is broken (${name}) stops nothing`, async () => {
      const home = makeHome();
      home.write(file, content);
      const client = (await loadRuntime(home)).telemetry(openai());
      for (const _ of [1, 2]) await ask(client);
      assert.ok(warned.length <= 1);
    });

  test("refuses functions as well, and leaves no span", async () => {
    const home = makeHome();
    pausedIn(home, { billing: pause });
    const { telemetry } = await loadRuntime(home);
    await assert.rejects(telemetry(async () => 1)(), paused);
    assert.throws(() => telemetry(() => 1)(), paused);
    assert.deepEqual(spans(), []);
  });

  test("leaves no span of a refused call, and a function in whose midst it comes says so", async () => {
    const home = makeHome();
    const { telemetry } = await loadRuntime(home);
    const client = telemetry(openai());
    const work = telemetry(async function work() {
      pausedIn(home, { billing: pause });
      await ask(client);
    });
    await assert.rejects(work(), paused);
    await assert.rejects(ask(client), paused);
    assert.deepEqual(
      spans().map((it) => [it.name, it.attributes["error.type"]]),
      [["invoke_agent work", "AgentPausedError"]],
    );
  });
});

describe("the endpoint", () => {
  /** Answers as it is told; `asked` waits for the next question. */
  async function endpoint() {
    const state = { status: 204, body: "", authorization: "", path: "" };
    const events = new EventTarget();
    const url = await serve((request, response) => {
      Object.assign(state, { authorization: request.headers.authorization ?? "", path: request.url ?? "" });
      if (state.status === 0) request.socket.destroy();
      else response.writeHead(state.status).end(state.body);
      events.dispatchEvent(new Event("asked"));
    });
    return { url, state, asked: () => once(events, "asked") };
  }

  /** Asks the model until it answers, or refuses, as the endpoint says: the signal arrives in the background. */
  async function until(client: OpenAI, expected: "answered" | "refused"): Promise<void> {
    for (;;) {
      const outcome = await ask(client).then(
        () => "answered",
        (error: Error) => (error.name === "AgentPausedError" ? "refused" : Promise.reject(error)),
      );
      if (outcome === expected) return;
      await new Promise((later) => setTimeout(later, 20));
    }
  }

  test("pauses and resumes; anything else that it says changes nothing", async () => {
    const { url, state, asked } = await endpoint();
    const home = makeHome();
    const runtime: Runtime = await loadRuntime(home, {
      COCKPIT_MOTHBALL_URL: `${url}/signals/`,
      COCKPIT_MOTHBALL_TOKEN: "secret",
      COCKPIT_AGENT_ID: "a b",
    });
    const client = runtime.telemetry(openai());
    await ask(client);
    await asked();
    assert.equal(state.path, "/signals/agents/a%20b/mothball");
    assert.equal(state.authorization, "Bearer secret");
    Object.assign(state, { status: 200, body: JSON.stringify(pause) });
    await until(client, "refused");
    await assert.rejects(ask(client), paused);
    for (const strange of [
      { status: 500, body: "" },
      { status: 200, body: "nonsense" },
      { status: 0, body: "" },
    ]) {
      Object.assign(state, strange);
      await asked();
      await new Promise((later) => setTimeout(later, 50));
      await assert.rejects(ask(client), paused);
    }
    Object.assign(state, { status: 404, body: "" });
    await until(client, "answered");
    assert.match(warned.join(), /asked whether this agent is paused/);
    assert.doesNotMatch(warned.join(), /secret/);
  });

  test("that is down pauses nobody", async () => {
    const client = (await loadRuntime(makeHome(), { COCKPIT_MOTHBALL_URL: "http://127.0.0.1:1" })).telemetry(openai());
    await ask(client);
  });
});
