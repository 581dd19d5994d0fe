/** The Live Wire over a real lake: each event is learnt once, also by who starts again after a crash. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { AnomalyOptions } from "../../../server/fleet/anomaly/anomaly.ts";
import type { MothballPolicy } from "../../../server/fleet/anomaly/mothball.ts";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { openLake } from "../../../server/telemetry/lake/lake.ts";
import { openAlertsIn } from "../../../server/telemetry/lake/open-alerts.ts";
import { openLiveWire } from "../../../server/telemetry/live-wire.ts";
import type { News } from "../../../server/telemetry/sinks/sink.ts";
import { call, calls, failed, folder, start } from "./lakes.ts";

const limits = { keepMs: 30 * 86_400_000, maxBytes: Number.POSITIVE_INFINITY };
const budget = { agentId: "billing", unit: "tokens", per: "day" } as const;

const pausing: MothballPolicy = { kinds: ["budget"], sure: 0, share: 1 };
interface Around {
  anomalies?: Partial<AnomalyOptions>;
  limit?: number;
  now?(): number;
  uptime?(): number;
}

/** A watcher on this file. `crash` ends it as kill -9 would: nothing more is kept. */
async function watcher(file: string, { anomalies, limit = 1e9, now = () => start + 1e6, uptime }: Around = {}) {
  const lake = await openLake(file, { onMoved: failed, onLost: failed });
  const news: News[] = [];
  const learnt: string[] = [];
  const wire = await openLiveWire({
    lake,
    anomalies: { budgets: [{ ...budget, limit }], mothball: pausing, ...anomalies },
    limits,
    ...(uptime && { uptime }),
    sinks: [{ name: "test", tell: (it) => news.push(...it), close: async () => {} }],
    now,
    warn: failed,
    onEvent: ({ id }) => learnt.push(id),
  });
  const close = async () => {
    await wire.close();
    await lake.close();
  };
  return { wire, news, learnt, lake, crash: lake.close, close };
}

const spent = (events: readonly FleetEvent[]) => events.map((it) => ({ ...it, inputTokens: 10, outputTokens: 0 }));
const spentBy = ({ wire }: Awaited<ReturnType<typeof watcher>>) =>
  wire.anomalies.spending.map(({ windows }) => windows.reduce((sum, it) => sum + it.spent, 0));
const file = () => join(folder(), "lake.db");

test("what comes twice is learnt and counted once", async () => {
  const it = await watcher(file());
  await Promise.all([
    it.wire.take(spent(calls(30))),
    it.wire.take(spent(calls(40))),
    it.wire.take([...spent(calls(5)), ...spent(calls(5))]),
  ]);
  assert.deepEqual([it.wire.counts(), it.wire.anomalies.counts.events, it.learnt.length], [{ events: 40, repeated: 40 }, 40, 40]);
  assert.deepEqual(spentBy(it), [400]);
  await it.close();
});

test("after a crash each event is learnt once, in order, also when its sender sends it again", async () => {
  const at = file();
  const first = await watcher(at);
  await first.wire.take(spent(calls(50)));
  await first.wire.close();
  await first.wire.take(spent(calls(50, 50)));
  await first.crash();
  const second = await watcher(at);
  assert.deepEqual(
    second.learnt,
    calls(50, 50).map((it) => it.id),
  );
  await second.wire.take(spent(calls(90, 20)));
  assert.deepEqual([spentBy(second), second.wire.anomalies.counts.events], [[1100], 110]);
  await second.close();
  const third = await watcher(at);
  assert.deepEqual([third.learnt, spentBy(third)], [[], [1100]]);
  await third.close();
});

test("what comes in after all events were removed is learnt after a crash, as its numbers go on", async () => {
  const at = file();
  const first = await watcher(at);
  await first.wire.take(spent(calls(50)));
  await first.lake.prune({ keepMs: limits.keepMs, maxBytes: 0 }, start);
  await first.close();
  const second = await watcher(at);
  await second.wire.take(spent(calls(20, 50)));
  await second.crash();
  const third = await watcher(at);
  assert.deepEqual(
    third.learnt,
    calls(20, 50).map((it) => it.id),
  );
  await third.close();
});

test("a budget is exact over a crash: the call that goes beyond it is the one that is told", async () => {
  const at = file();
  const first = await watcher(at, { limit: 595 });
  await first.wire.take(spent(calls(40)));
  await first.crash();
  const second = await watcher(at, { limit: 595 });
  await second.wire.take(spent(calls(59)));
  assert.equal(second.news.length, 0);
  await second.wire.take(spent([call(59)]));
  assert.deepEqual(
    second.news.map((it) => it.kind),
    ["alert", "signal"],
  );
  await second.close();
});

test("a signal is not given again after a crash: who resumed the agent meanwhile is not overruled", async () => {
  const at = file();
  const first = await watcher(at, { limit: 100 });
  await first.wire.take(spent(calls(30)));
  assert.equal(first.news.filter((it) => it.kind === "signal").length, 1);
  await first.wire.tick();
  await first.crash();
  const second = await watcher(at, { limit: 100 });
  assert.deepEqual(second.news, []);
  await second.close();
});

test("what no clock can have said is refused, counted, and learnt by nobody", async () => {
  const now = start + 1e6;
  const it = await watcher(file(), { now: () => now });
  const odd = [
    call(1, { time: now + 2 * 86_400_000 }),
    call(2, { time: now - 31 * 86_400_000 }),
    call(3, { time: Number.NaN }),
    call(4, { time: -1 }),
    call(5, { id: "" }),
    call(7, { agentId: "*" }),
    call(8, { agentId: "__proto__" }),
  ];
  const refused = { "from the future": 1, "too old to keep": 1, "without a time": 2, "without an id": 1, "named as no agent may be": 2 };
  assert.deepEqual(await it.wire.take([...odd, call(6)]), { refused });
  assert.deepEqual(it.learnt, ["id-6"]);
  const counted = Object.fromEntries(Object.entries(refused).map(([reason, count]) => [`refused: ${reason}`, count]));
  assert.deepEqual(it.wire.counts(), { ...counted, events: 1 });
  await it.close();
});

test("a sender whose clock is hours ahead makes nobody look silent, and is kept as it was sent", async () => {
  let now = start;
  const it = await watcher(file(), { now: () => now });
  for (let n = 0; n < 1000; n++) {
    now = start + n * 1000;
    const ahead = n === 900 ? [call(n, { id: "ahead", agentId: "ahead", time: now + 20 * 3_600_000 })] : [];
    await it.wire.take([call(n), ...ahead]);
    if (n % 10 === 0) await it.wire.tick();
  }
  assert.deepEqual(it.news, []);
  const [kept] = (await it.lake.after(0)).events.filter(({ id }) => id === "ahead");
  assert.equal(kept?.time, start + 900_000 + 20 * 3_600_000);
  await it.close();
});

/** A watcher over ten agents, each calling every five seconds, who were heard for three hours. `fault` may refuse what they say. */
async function busyFleet(anomalies: Partial<AnomalyOptions> = { mothball: { kinds: ["silence"], sure: 0, share: 1 } }) {
  const at = file();
  const clock = { now: start };
  const fault = { isFull: false };
  const news: News[] = [];
  let n = 0;
  async function open() {
    const lake = await openLake(at, { onMoved: failed, onLost: failed });
    const append = (events: readonly FleetEvent[]) => (fault.isFull ? Promise.reject(new Error("no room")) : lake.append(events));
    const wire = await openLiveWire({
      lake: { ...lake, append },
      anomalies,
      limits,
      sinks: [{ name: "test", tell: (it) => news.push(...it), close: async () => {} }],
      now: () => clock.now,
      warn: () => {},
    });
    return { lake, wire };
  }
  let { lake, wire } = await open();
  const speak = () => {
    const times = Array.from({ length: 10 }, (_, i) => clock.now - ((n * 7 + i * 3) % 30) * 100);
    return wire.take(times.map((time, i) => call(n++, { time, agentId: `agent-${i}` }))).catch(() => {});
  };
  async function live(minutes: number) {
    for (const end = clock.now + minutes * 60_000; clock.now < end; ) {
      clock.now += 5000;
      await speak();
      await wire.tick();
    }
  }
  async function crash() {
    await lake.close();
    ({ lake, wire } = await open());
  }
  await live(180);
  return {
    at,
    clock,
    fault,
    news,
    live,
    speak,
    crash,
    take: (events: readonly FleetEvent[]) => wire.take(events),
    tick: () => wire.tick(),
    async restart(afterMinutes: number) {
      await wire.close();
      clock.now += afterMinutes * 60_000;
      await crash();
    },
    async ends() {
      await wire.close();
      await lake.close();
    },
  };
}

test("while the lake takes nothing, nobody is taken for silent, and who is silent afterwards is", async () => {
  const fleet = await busyFleet();
  fleet.fault.isFull = true;
  await fleet.live(10);
  fleet.fault.isFull = false;
  await fleet.live(2);
  const told = () => new Set(fleet.news.map((it) => (it.kind === "alert" ? it.alert.kind : it.kind)));
  assert.deepEqual(told(), new Set());
  for (const _ of Array(60)) {
    fleet.clock.now += 5000;
    await fleet.tick();
  }
  assert.deepEqual(told(), new Set(["silence", "signal"]));
  await fleet.ends();
});

test("an alert told just before a crash is closed by the next watcher when that does not know it, and the others stay open", async () => {
  const fleet = await busyFleet({ budgets: [{ ...budget, limit: 5 }] });
  await fleet.take(spent([call(0, { time: fleet.clock.now })]));
  await fleet.live(1);
  while (!fleet.news.some((it) => it.kind === "alert" && it.alert.kind === "silence")) {
    fleet.clock.now += 7000;
    await fleet.tick();
  }
  const open = () => openAlertsIn(fleet.at, 0).map(({ agentId, kind }) => `${agentId} ${kind}`);
  const told = open();
  assert.deepEqual([told.length > 1, told.at(-1)], [true, "billing budget"]);
  fleet.news.length = 0;
  await fleet.crash();
  await fleet.tick();
  assert.deepEqual(open(), ["billing budget"]);
  const closed = fleet.news.map((it) => (it.kind === "alert" ? `${it.alert.agentId} ${it.alert.kind} ${it.alert.closed}` : it.kind));
  assert.deepEqual(
    closed,
    told.slice(0, -1).map((it) => `${it} the watcher was started again`),
  );
  await fleet.ends();
});

test("that nobody watched for a while is nobody's silence", async () => {
  const fleet = await busyFleet();
  for (const minutes of [1, 5, 60]) {
    await fleet.restart(minutes);
    for (const _ of [1, 2, 3]) {
      fleet.clock.now += 1000;
      await fleet.tick();
    }
    await fleet.live(3);
  }
  assert.deepEqual(fleet.news, []);
  await fleet.ends();
});

test("that the machine slept is nobody's silence, whether it wakes to a tick or to an event", async () => {
  const fleet = await busyFleet();
  for (const wake of [fleet.tick, fleet.speak]) {
    fleet.clock.now += 2 * 3_600_000;
    await wake();
    await fleet.live(3);
  }
  assert.deepEqual(fleet.news, []);
  await fleet.ends();
});

for (const [what, sleptMs, paused] of [
  ["a clock that jumps ahead does not let more of the fleet be paused within an hour", 0, ["agent-0"]],
  ["hours in which the machine slept are hours, of which each has its share", 2 * 3_600_000, ["agent-0", "agent-1"]],
] as const)
  test(what, async () => {
    let [now, up] = [start, 0];
    const anomalies = { budgets: [{ ...budget, agentId: "*", limit: 100 }], mothball: { ...pausing, share: 0.1 } };
    const it = await watcher(file(), { anomalies, now: () => now, uptime: () => up });
    const spend = (agentId: string, inputTokens: number) =>
      it.wire.take([{ ...call(0), id: `${agentId} ${inputTokens}`, agentId, time: now, inputTokens }]);
    for (let i = 0; i < 10; i++) await spend(`agent-${i}`, 1);
    await spend("agent-0", 200);
    now += 2 * 3_600_000;
    up += sleptMs;
    await it.wire.tick();
    await spend("agent-1", 200);
    const signals = it.news.flatMap((news) => (news.kind === "signal" && !news.signal.withheld ? [news.signal.agentId] : []));
    assert.deepEqual(signals, paused);
    await it.close();
  });

test("a clock set back does not stop the keeping of what was learnt", async () => {
  const at = file();
  let now = start + 1e6;
  const first = await watcher(at, { now: () => now });
  await first.wire.take(calls(10));
  now -= 3_600_000;
  await first.wire.tick();
  await first.crash();
  const second = await watcher(at);
  assert.deepEqual(second.learnt, []);
  await second.close();
});

test("while the clock jumps to and fro, what is taken is kept and learnt once, and nothing is removed", async () => {
  const at = file();
  let now = start + 1e6;
  const it = await watcher(at, { now: () => now });
  const jumps = [0, 3_600_000, -3_600_000, 20 * 86_400_000, -20 * 86_400_000, 0];
  for (const [i, jump] of jumps.entries()) {
    now = start + 1e6 + jump;
    const { refused } = await it.wire.take(spent(calls(100, i * 100)));
    // Of a clock that is weeks behind, everybody else's is in the future: refused, and said, is not acknowledged.
    assert.deepEqual(refused, jump < -86_400_000 ? { "from the future": 100 } : {});
    await it.wire.tick();
    await it.wire.tick();
  }
  await it.crash();
  const again = await watcher(at);
  const ids = [...it.learnt, ...again.learnt];
  assert.deepEqual([ids.length, new Set(ids).size, again.wire.anomalies.counts.events], [500, 500, 500]);
  assert.equal((await again.lake.after(0)).events.length, 500);
  await again.close();
});

test("that events can no longer be kept is said once, and that they can again", async () => {
  let isFull = true;
  const lake = await openLake(file(), { onMoved: failed, onLost: failed });
  const said: string[] = [];
  const append = (events: readonly FleetEvent[]) => (isFull ? Promise.reject(new Error("no room")) : lake.append(events));
  const wire = await openLiveWire({
    lake: { ...lake, append },
    anomalies: {},
    limits,
    sinks: [],
    now: () => start + 1e6,
    warn: (it) => said.push(it),
  });
  for (const _ of [1, 2]) await assert.rejects(wire.take(calls(3)), /no room/);
  isFull = false;
  for (const _ of [1, 2]) await wire.take(calls(3));
  assert.deepEqual(said, ["no room; until it can, senders are told to come again", "the lake takes events again"]);
  assert.deepEqual(wire.counts(), { events: 3, repeated: 3 });
  await lake.close();
});

test("evidence that cannot be written waits for the next tick, in its order, which is said once", async () => {
  const lake = await openLake(file(), { onMoved: failed, onLost: failed });
  let isFull = true;
  const said: string[] = [];
  const wire = await openLiveWire({
    lake: { ...lake, record: (evidence) => (isFull ? Promise.reject(new Error("no room")) : lake.record(evidence)) },
    anomalies: { budgets: ["a", "b"].map((agentId) => ({ ...budget, agentId, limit: 5 })) },
    limits,
    sinks: [],
    now: () => start + 1e6,
    warn: (it) => said.push(it),
  });
  for (const [n, agentId] of ["a", "b"].entries()) await wire.take(spent([call(n, { agentId })]));
  await wire.tick();
  assert.deepEqual((await lake.evidenceAfter(0)).records, []);
  isFull = false;
  await wire.tick();
  const kept = (await lake.evidenceAfter(0)).records.map(({ body }) => body);
  assert.deepEqual(
    kept,
    [...wire.anomalies.newcomers.values()].flatMap(({ open }) => open.map(({ alert }) => alert)),
  );
  assert.equal(kept.length, 2);
  assert.deepEqual(said, ["alerts cannot be kept as evidence: no room; the last 1,000 records wait until they can"]);
  await lake.close();
});

test("a lake crowded by evidence is said once, and again only after it was over", async () => {
  const lake = await openLake(file(), { onMoved: failed, onLost: failed });
  let [isCrowded, now] = [false, start];
  const said: string[] = [];
  const wire = await openLiveWire({
    lake: { ...lake, prune: async (...given) => ({ ...(await lake.prune(...given)), isCrowded }) },
    anomalies: {},
    limits: { ...limits, maxBytes: 64 * 2 ** 20 },
    sinks: [],
    now: () => now,
    warn: (it) => said.push(it),
  });
  const warned: number[] = [];
  for (isCrowded of [false, true, true, true, false, true, true]) {
    now += 60_000;
    await wire.tick();
    warned.push(said.length);
  }
  assert.deepEqual(warned, [0, 1, 1, 1, 1, 2, 2]);
  const crowded =
    "the evidence, which is never removed, takes more than half of the lake's 64 MB; events are kept in the other half: give fleet.maxMegabytes more";
  assert.deepEqual(said, [crowded, crowded]);
  await lake.close();
});

test("that old events cannot be removed is said once, tried with each tick, and said again only after they could be", async () => {
  const lake = await openLake(file(), { onMoved: failed, onLost: failed });
  let [isFull, now, tried] = [false, start, 0];
  const said: string[] = [];
  async function prune() {
    tried++;
    if (isFull) throw new Error("no room");
    return { more: false, isCrowded: false };
  }
  const wire = await openLiveWire({
    lake: { ...lake, prune },
    anomalies: {},
    limits,
    sinks: [],
    now: () => now,
    warn: (it) => said.push(it),
  });
  for (isFull of [true, true, true, false, true, true]) {
    await wire.tick();
    now += isFull ? 1000 : 60_000;
  }
  assert.deepEqual([tried, said], [6, Array(2).fill("old events are not removed: no room")]);
  await lake.close();
});

/** A watcher over a lake of which `parts` of what is beyond the limits are left; removing one takes `ms`. */
async function crowdedLake(parts: number, ms = 0) {
  const lake = await openLake(file(), { onMoved: failed, onLost: failed });
  const left = { parts, asked: 0 };
  async function prune() {
    await setTimeout(ms);
    left.asked++;
    left.parts = Math.max(0, left.parts - 1);
    return { more: left.parts > 0, isCrowded: false };
  }
  const wire = await openLiveWire({ lake: { ...lake, prune }, anomalies: {}, limits, sinks: [], now: () => start + 1e6, warn: failed });
  return { wire, left, close: lake.close };
}

test("a tick removes all that is beyond the limits, and the next looks again when many events have come in", async () => {
  const { wire, left, close } = await crowdedLake(10);
  await wire.tick();
  assert.deepEqual(left, { parts: 0, asked: 10 });
  await wire.take(calls(9999));
  await wire.tick();
  assert.equal(left.asked, 10);
  await wire.take(calls(1, 9999));
  await wire.tick();
  await wire.tick();
  assert.equal(left.asked, 11);
  await close();
});

test("a tick removes for half a second at most, and the next goes on", async () => {
  const { wire, left, close } = await crowdedLake(40, 20);
  await wire.tick();
  assert.ok(left.asked > 1 && left.asked <= 26, `${left.asked} parts`);
  while (left.parts > 0) await wire.tick();
  assert.equal(left.asked, 40);
  await close();
});
