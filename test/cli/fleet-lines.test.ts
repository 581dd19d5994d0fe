/** `cockpit fleet watch --format json` as the editor runs it: its lines, why it does not begin, and its end with whoever started it. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import * as z from "zod";
import { type WatchNews, watchLineSchema } from "../../server/protocol/fleet-watch.ts";
import { cockpit, command, read, workspace } from "./cockpit.ts";

const files = { "cockpit.json": '{ "fleet": { "budgets": [{ "agent": "*", "unit": "tokens", "per": "hour", "limit": 10 }] } }' };

const children: ChildProcess[] = [];
after(() => children.map((it) => it.kill("SIGKILL")));

interface Watch {
  child: ChildProcess;
  next(): Promise<WatchNews>;
  code: Promise<number | null>;
}

function watch(cwd: string, port = 0, more: readonly string[] = []): Watch {
  const flags = ["--live", "--format", "json", "--quiet", "--target", cwd, "--port", String(port), ...more];
  const child = spawn(process.execPath, [...command, "fleet", "watch", ...flags], { cwd, stdio: ["ignore", "pipe", "ignore", "ipc"] });
  children.push(child);
  assert(child.stdout);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => watchLineSchema.parse(JSON.parse(String((await lines.next()).value)));
  // Not "close": lines that nobody asks for stay in the pipe.
  const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, next, code };
}

const span = (id: string, tokens: number) => {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const time = `${Date.now()}000000`;
  const attributes = [text("gen_ai.operation.name", "chat"), { key: "gen_ai.usage.input_tokens", value: { intValue: tokens } }];
  const spans = [
    { traceId: id.repeat(32), spanId: id.repeat(16), name: "chat", startTimeUnixNano: time, endTimeUnixNano: time, attributes },
  ];
  return { resourceSpans: [{ resource: { attributes: [text("service.name", "billing")] }, scopeSpans: [{ spans }] }] };
};

async function send(url: string, body: object) {
  const response = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
}

test("each line says where it listens, what was opened, and how much came in", async () => {
  const { child, next, code } = watch(workspace(files));
  const first = await next();
  assert(first.kind === "listening");
  assert.deepEqual(first.open, []);
  await send(first.url, span("a", 11));
  const second = await next();
  assert(second.kind === "alert");
  assert.deepEqual([second.alert.agentId, second.alert.status], ["billing", "opened"]);
  assert.match(second.text, /^billing has spent more than its budget/);
  const third = await next();
  assert(third.kind === "counts");
  assert.equal(third.counts.events, 1);
  child.disconnect();
  assert.equal(await code, 0);
});

test("a watcher ends when nobody reads it any more", async () => {
  const { child, next, code } = watch(workspace(files));
  const listening = await next();
  assert(listening.kind === "listening");
  child.stdout?.destroy();
  await send(listening.url, span("a", 11));
  assert.equal(await code, 0);
});

/** A watcher that is gone right after the first alert that it told. */
async function killedAfterAlert(cwd: string) {
  const { child, next, code } = watch(cwd);
  const listening = await next();
  assert(listening.kind === "listening");
  await send(listening.url, span("a", 11));
  await next();
  child.kill("SIGKILL");
  await code;
}

test("a watcher that begins again says what is open still", async () => {
  const cwd = workspace(files);
  await killedAfterAlert(cwd);
  const again = watch(cwd);
  let line = await again.next();
  // What came in since its state was kept is learnt, and told, once more.
  while (line.kind === "alert") line = await again.next();
  assert(line.kind === "listening");
  assert.deepEqual(
    line.open.map(({ alert }) => alert.agentId),
    ["billing"],
  );
  again.child.disconnect();
  await again.code;
});

test("why it does not begin is one word for programs", async () => {
  const cwd = workspace(files);
  const first = watch(cwd);
  const listening = await first.next();
  assert(listening.kind === "listening");
  const tries = { "watched-already": watch(cwd), "port-in-use": watch(workspace(files), Number(new URL(listening.url).port)) };
  for (const [reason, { next, code }] of Object.entries(tries)) {
    const line = await next();
    assert(line.kind === "failed");
    assert.deepEqual([line.reason, await code], [reason, 2]);
  }
  first.child.disconnect();
  assert.equal(await first.code, 0);
});

test("a watcher that cannot begin says which alerts its webhook did not take", async (context) => {
  const cwd = workspace(files);
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  context.after(() => silent.close().closeAllConnections());
  await once(silent, "listening");
  await killedAfterAlert(cwd);
  // What it told last is told once more by the next, whose port is the receiver's.
  const { port } = z.object({ port: z.number() }).parse(silent.address());
  const { code, stderr } = await cockpit(["fleet", "watch", "--port", `${port}`, "--webhook", `http://127.0.0.1:${port}/`], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /the webhook at 127\.0\.0\.1:\d+ did not take an alert: /);
});

/** The first line that fits. */
async function find(watch: Watch, fits: (line: WatchNews) => boolean): Promise<WatchNews> {
  for (;;) {
    const line = await watch.next();
    if (fits(line)) return line;
  }
}

test("--agents: what each agent does, who is paused, and details of who is looked at; a watcher that begins again knows what was", async () => {
  const cwd = workspace(files);
  const first = watch(cwd, 0, ["--agents"]);
  const listening = await first.next();
  assert(listening.kind === "listening");
  const begin = await find(first, (it) => it.kind === "agents");
  assert(begin.kind === "agents");
  assert.deepEqual([begin.reset, begin.agents], [true, []]);
  await send(listening.url, span("a", 5));
  const told = await find(first, (it) => it.kind === "agents");
  assert(told.kind === "agents");
  assert.deepEqual(
    [told.reset, told.agents.map((it) => [it.agentId, it.callsPerMinute, it.tokensPerMinute])],
    [false, [["billing", 1, 5]]],
  );
  first.child.send({ kind: "look", agents: ["billing"], range: "1 h" });
  const detail = await find(first, (it) => it.kind === "detail");
  assert(detail.kind === "detail");
  assert.equal(detail.detail.stepMs, 60_000);
  first.child.disconnect();
  assert.equal(await first.code, 0);

  const again = watch(cwd, 0, ["--agents"]);
  const known = await find(again, (it) => it.kind === "agents");
  assert(known.kind === "agents");
  assert.deepEqual([known.reset, known.agents.map((it) => it.agentId)], [true, ["billing"]]);
  await cockpit(["fleet", "mothball", "--id", "billing", "--reason", "it loops", "--by", "me", "-f"], { cwd });
  const paused = await find(again, (it) => it.kind === "mothballs" && "billing" in it.mothballed);
  assert(paused.kind === "mothballs");
  assert.equal(paused.mothballed.billing?.reason, "it loops");
  again.child.disconnect();
  assert.equal(await again.code, 0);
});

test("--agents: the last lines are of all that was heard, also of an agent told a moment ago", async () => {
  const it = watch(workspace({}), 0, ["--agents"]);
  const listening = await it.next();
  assert(listening.kind === "listening");
  const callsTold = (calls: number) => find(it, (line) => line.kind === "agents" && line.agents[0]?.callsPerMinute === calls);
  await send(listening.url, span("a", 1));
  await callsTold(1);
  await send(listening.url, span("b", 1));
  it.child.disconnect();
  await callsTold(2);
  assert.equal(await it.code, 0);
});

test("for people: --verbose leaves a report with everyone in full", async () => {
  const cwd = workspace({});
  const child = spawn(process.execPath, [...command, "fleet", "watch", "--port", "0", "--verbose"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  children.push(child);
  const told = createInterface(child.stderr ?? assert.fail())[Symbol.asyncIterator]();
  const report = read(child.stdout);
  const [url = ""] = /http:\/\/\S+?:\d+/.exec(String((await told.next()).value)) ?? [];
  await send(url, span("a", 11));
  child.disconnect();
  assert.match(
    await report,
    /^green {5}billing( {2}not an agent of this workspace)?\n {2}calls\/min 1 · errors\/min 0 · tokens\/min 11 · /,
  );
});

test("for people: alerts are lines as they come, and a report is left, also where whoever started it is gone", async () => {
  const cwd = workspace(files);
  const child = spawn(process.execPath, [...command, "fleet", "watch", "--port", "0"], { cwd, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  children.push(child);
  const told = createInterface(child.stderr ?? assert.fail())[Symbol.asyncIterator]();
  const lines = createInterface(child.stdout ?? assert.fail())[Symbol.asyncIterator]();
  const [url = ""] = /http:\/\/\S+?:\d+/.exec(String((await told.next()).value)) ?? [];
  await send(url, span("a", 11));
  assert.match(String((await lines.next()).value), /^\S+ \S+ {2}alert {5}billing has spent more than its budget: 11 of 10 tokens an hour$/);
  child.disconnect();
  const rest: string[] = [];
  for (let it = await lines.next(); !it.done; it = await lines.next()) rest.push(it.value);
  assert.match(
    rest.join("\n"),
    /^critical {2}billing( {2}not an agent of this workspace)?\n {2}since .*\n {2}alert {2}billing has spent more .*\n[\s\S]*^1 agent\b.*\n1 critical\b/m,
  );
});
