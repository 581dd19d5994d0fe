import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { createAlertNews } from "../../../client/live/alert-news.ts";
import { lineReader } from "../../../client/live/lines.ts";
import { afterLine, type LiveState } from "../../../client/live/live-state.ts";
import { outcomeOf } from "../../../client/live/outcome.ts";
import { shownText } from "../../../client/live/shown-text.ts";
import { type Run, supervise } from "../../../client/live/supervisor.ts";
import { createThrottle } from "../../../client/live/throttle.ts";
import { liveText } from "../../../client/status/status-text.ts";
import { type ToldAlert, type WatchLine, watchLineSchema } from "../../../server/protocol/fleet-watch.ts";

/** A clock that is moved by hand. */
function clock() {
  let now = 0;
  const timers = new Map<() => void, number>();
  return {
    now: () => now,
    later(run: () => void, ms: number) {
      timers.set(run, now + ms);
      return () => void timers.delete(run);
    },
    async pass(ms: number) {
      now += ms;
      for (const [run] of [...timers].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b)) {
        timers.delete(run);
        run();
      }
      await settled();
    },
    waiting: () => timers.size,
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("lines are put together from any pieces", () => {
  const lines: string[] = [];
  const read = lineReader((it) => lines.push(it));
  for (const piece of ["a", "b\n", "\n \nc\r\nd", "", "e\nrest"]) read(piece);
  assert.deepEqual(lines, ["ab", "c", "de"]);
});

test("a line without an end costs no more than its limit, and is dropped alone", () => {
  const lines: string[] = [];
  const read = lineReader((it) => lines.push(it));
  for (let i = 0; i < 30; i++) read("x".repeat(100_000));
  read("end\nnext\n");
  assert.deepEqual(lines, ["next"]);
});

test("words of agents draw no links, icons or lines", () => {
  assert.equal(shownText("[x](command:y) $(flame)\n\u001b[31m\u202eabc"), "[x] (command:y) $ (flame)\ufffd\ufffd[31m\ufffdabc");
  assert.equal(shownText("x".repeat(1000)).length, 240);
});

test("the first alert is shown at once, the next ones together", async () => {
  const { later, pass } = clock();
  const shown: (readonly number[])[] = [];
  const throttle = createThrottle<number>({ everyMs: 30, later, show: (items) => shown.push(items) });
  throttle.add(1);
  await pass(10);
  for (const it of [2, 3, 4]) throttle.add(it);
  throttle.drop((it) => it === 3);
  await pass(10);
  assert.deepEqual(shown, [[1]]);
  await pass(10);
  assert.deepEqual(shown, [[1], [2, 4]]);
  throttle.add(5);
  await pass(29);
  assert.equal(shown.length, 2);
  await pass(1);
  await pass(30);
  throttle.add(6);
  assert.deepEqual(shown, [[1], [2, 4], [5], [6]]);
  throttle.add(7);
  throttle.dispose();
  await pass(100);
  assert.equal(shown.length, 4);
});

const alert = (id: string, status: "opened" | "updated" | "closed" = "opened") => ({
  version: 1 as const,
  kind: "alert" as const,
  text: `${id} spends`,
  alert: {
    ...{ id, groupId: id, kind: "budget" as const, agentId: id, about: "usd/hour", status, since: 1, updated: 2 },
    ...{ expected: 1, seen: null, unit: "USD an hour", sure: 1, events: ["e"] },
  },
});

test("what was to be notified is forgotten when Live Wire is stopped, and not when its watcher is started again", async () => {
  const { later, pass } = clock();
  const shown: string[][] = [];
  let state: LiveState = { kind: "starting" };
  const listeners = new EventEmitter();
  const onDid = (name: string) => (listen: (told: ToldAlert) => void) => {
    listeners.on(name, listen);
    return { dispose: () => listeners.off(name, listen) };
  };
  const live = { state: () => state, onDidTell: onDid("tell"), onDidChange: onDid("change") };
  const news = createAlertNews(live, { later, show: (alerts) => shown.push(alerts.map((it) => it.alert.id)) });
  const open = (id: string) => listeners.emit("tell", watchLineSchema.parse(alert(id)));
  const become = (kind: "off" | "starting") => {
    state = { kind };
    listeners.emit("change");
  };
  open("a");
  open("b");
  become("starting");
  await pass(30_000);
  open("c");
  become("off");
  await pass(30_000);
  open("b");
  open("d");
  assert.deepEqual(shown, [["a"], ["b"], ["d"]]);
  news.dispose();
  open("e");
  await pass(30_000);
  assert.equal(shown.length, 3);
});

const counts = (time: number, events: number): WatchLine => ({ version: 1, kind: "counts", time, counts: { events } });
const listening = (open = [alert("old")]): WatchLine => ({ version: 1, kind: "listening", url: "http://127.0.0.1:4318", open });

const after = (lines: readonly WatchLine[]): LiveState =>
  lines.reduce<LiveState>((state, it) => afterLine(state, watchLineSchema.parse(JSON.parse(JSON.stringify(it)))), { kind: "starting" });

const failed: WatchLine = { version: 1, kind: "failed", reason: "port-in-use", message: "port 4318 is in use" };

const told: Record<string, [lines: WatchLine[], text: string, tooltip: string]> = {
  "nothing yet": [[], "$(broadcast)$(sync~spin)", "Live Wire is starting"],
  "an alert before it listens": [[alert("a")], "$(broadcast)$(sync~spin)", "Live Wire is starting"],
  quiet: [[listening([])], "$(broadcast)", "Live Wire listens on http://127.0.0.1:4318, no open alerts"],
  "what was open before": [[listening()], "$(broadcast)$(bell-dot) 1", "Live Wire listens on http://127.0.0.1:4318, 1 open alert"],
  "opened, updated, closed": [
    [listening(), alert("a"), alert("a", "updated"), alert("old", "closed"), alert("b")],
    "$(broadcast)$(bell-dot) 2",
    "Live Wire listens on http://127.0.0.1:4318, 2 open alerts",
  ],
  "events a second": [
    [listening([]), counts(10_000, 7), counts(15_000, 69)],
    "$(broadcast)",
    "Live Wire listens on http://127.0.0.1:4318: 12.4 events/s, no open alerts",
  ],
  "a port in use": [[failed], "$(broadcast)$(error)", "Live Wire does not run: port 4318 is in use"],
};

for (const [name, [lines, text, tooltip]] of Object.entries(told))
  test(`the status item says of Live Wire: ${name}`, () => {
    assert.deepEqual(liveText(after(lines)), { text, tooltip, problem: lines.includes(failed) });
  });

test("while Live Wire is off the status item says nothing of it", () => {
  assert.deepEqual(liveText({ kind: "off" }), { text: "", tooltip: "", problem: false });
});

test("of endless alerts the latest are kept", () => {
  const state = after([listening(), ...Array.from({ length: 1500 }, (_, i) => alert(String(i)))]);
  assert(state.kind === "listening");
  assert.deepEqual([state.open.size, state.open.has("old"), state.open.has("1499")], [1000, false, true]);
});

/** Runs that the test ends, and what the supervisor says. */
function supervised({ hasStarted = true, hasGivenUp = false } = {}) {
  const time = clock();
  const said: string[] = [];
  const ends: ((why: string) => void)[] = [];
  const launch = (): Run => {
    const ended = new Promise<string>((resolve) => ends.push(resolve));
    return { ended, hasStarted: () => hasStarted, hasGivenUp: () => hasGivenUp, stop: () => ends.at(-1)?.("stopped") };
  };
  const supervisor = supervise({
    launch,
    onWait: (why, ms) => said.push(`${why}: ${ms}`),
    onGivenUp: (why) => said.push(`given up: ${why}`),
    ...time,
  });
  const die = async (why: string) => {
    ends.at(-1)?.(why);
    await settled();
  };
  return { supervisor, said, die, launched: () => ends.length, ...time };
}

test("what dies is started again, after longer and longer waits, until it is given up", async () => {
  const { said, die, pass, launched } = supervised();
  for (let i = 0; i < 9; i++) {
    await die("killed");
    await pass(60_000);
  }
  const waits = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
  assert.deepEqual(said, [...waits.map((it) => `killed: ${it}`), "given up: killed"]);
  assert.equal(launched(), 9);
});

test("what ran well for a while begins with short waits again", async () => {
  const { said, die, pass } = supervised();
  for (const ms of [0, 0, 61_000]) {
    await pass(ms);
    await die("x");
    await pass(60_000);
  }
  assert.deepEqual(said, ["x: 1000", "x: 2000", "x: 1000"]);
});

test("what cannot run at all is not tried again", async () => {
  const { said, die, launched, waiting } = supervised({ hasStarted: false, hasGivenUp: true });
  await die("port in use");
  assert.deepEqual([said, launched(), waiting()], [["given up: port in use"], 1, 0]);
});

test("what was stopped stays stopped, also while it waits", async () => {
  for (const dies of [false, true]) {
    const { supervisor, die, pass, launched } = supervised();
    if (dies) await die("x");
    await supervisor.stop();
    await pass(100_000);
    assert.equal(launched(), 1);
  }
});

const pausing = { by: "ana", at: "2026-01-01T00:00:00Z", reason: "it\u202e loops" };
/** What the command said, and what a person is told of it. */
const outcomes: [kind: "mothball" | "resume", agentId: string, said: object | string, isDone: boolean, text: string][] = [
  ["mothball", "a", { state: "done", before: null, others: {} }, true, "a is mothballed: its next call is refused."],
  [
    ...(["mothball", "a", { state: "unchanged", before: pausing, others: {} }, false] as const),
    "Nothing was changed: a was mothballed already, by ana: it\ufffd loops.",
  ],
  ["resume", "a", { state: "done", before: pausing, others: {} }, true, "a is resumed."],
  ["resume", "a", { state: "unchanged", before: null, others: {} }, false, "Nothing was changed: a is not mothballed."],
  [
    ...(["resume", "a", { state: "done", before: pausing, others: { "*": pausing } }, false] as const),
    "Only a's own pause is lifted: it stays mothballed with all agents, by ana: it\ufffd loops.",
  ],
  ["resume", "*", { state: "done", before: pausing, others: {} }, true, "All agents are resumed."],
  [
    "resume",
    "*",
    { state: "done", before: pausing, others: { a: pausing } },
    true,
    "All agents are resumed, but for 1 mothballed by name.",
  ],
  ["resume", "*", { state: "unchanged", before: null, others: {} }, false, "Nothing was changed: there is no pause of all agents."],
  ["resume", "a", "cockpit: one\ncockpit: a is paused with all agents\n", false, "Nothing was changed: a is paused with all agents"],
];
for (const [kind, agentId, said, isDone, text] of outcomes)
  test(`${kind} ${agentId}, answered ${JSON.stringify(said).slice(0, 60)}: ${text}`, () => {
    const result =
      typeof said === "string" ? { stdout: "", stderr: said } : { stdout: JSON.stringify({ version: 1, ...said }), stderr: "" };
    assert.deepEqual(outcomeOf(kind, agentId, result), { isDone, text });
  });
