/** The fold: one case for each fault of a fleet, and for what the outside can do to the stream. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Alert, AlertKind } from "../../../server/fleet/anomaly/alert.ts";
import { type AnomalyOptions, type AnomalyState, createAnomalies, fold, tick } from "../../../server/fleet/anomaly/anomaly.ts";
import type { MothballPolicy } from "../../../server/fleet/anomaly/mothball.ts";
import { restore, save } from "../../../server/fleet/anomaly/saved.ts";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { normal, random } from "../../tools/random.ts";
import { calls, hour, minute, monday } from "./calls.ts";

const day = 24 * hour;

function replay(events: Iterable<FleetEvent>, state = createAnomalies()): Alert[] {
  return [...events].flatMap((it) => fold(state, it).alerts);
}

const opened = (alerts: readonly Alert[]) => alerts.filter((it) => it.status === "opened");

/** Streams side by side, until the first of them ends. */
function inOrder(...streams: FleetEvent[][]): FleetEvent[] {
  const end = Math.min(...streams.map((it) => it.at(-1)?.time ?? 0));
  return streams
    .flat()
    .filter((it) => it.time <= end)
    .sort((a, b) => a.time - b.time);
}

/** From the `from`th call on, `count` calls are changed. */
function changed(from: number, count: number, change: (event: FleetEvent, index: number) => FleetEvent, total = 18_000): FleetEvent[] {
  return calls("a", total).map((it, i) => (i >= from && i < from + count ? change(it, i - from) : it));
}

/** Five minutes hold many calls or few, so that their sum says little. */
const uneven = calls("a", 60_000).filter(({ time }, i) => i % 10 <= (Math.floor(time / (5 * minute)) * 7919) % 10);
const at = 16_000;
const faults: { name: string; events: FleetEvent[]; kind: AlertKind; within: number }[] = [
  {
    name: "calls that suddenly cost eight times as much",
    events: changed(at, 200, (it) => ({ ...it, costUsd: 8 * (it.costUsd ?? 0) })),
    kind: "cost-rate",
    within: 20 * minute,
  },
  {
    name: "calls that use eight times the tokens",
    events: changed(at, 200, (it) => ({ ...it, outputTokens: 8000 })),
    kind: "token-use",
    within: 20 * minute,
  },
  {
    name: "calls that have grown, of an agent that is busy now and then",
    events: uneven.slice(0, 18_000).map((it, i) => (i >= at && i < at + 60 ? { ...it, outputTokens: 3 * (it.outputTokens ?? 0) } : it)),
    kind: "token-use",
    within: hour,
  },
  {
    name: "calls that take three times as long",
    events: changed(at, 400, (it) => ({ ...it, durationMs: 3 * (it.durationMs ?? 0) })),
    kind: "latency",
    within: 20 * minute,
  },
  {
    name: "a burst of errors",
    events: changed(at, 100, (it, i) => (i % 2 ? it : { ...it, error: "500" })),
    kind: "error-rate",
    within: 5 * minute,
  },
  {
    name: "a loop without a trace",
    events: changed(at, 40, (it, i) => ({ ...it, inputTokens: 500 + 100 * i })),
    kind: "loop",
    within: 5 * minute,
  },
  {
    name: "a loop in a trace among other calls",
    events: changed(at, 80, (it, i) => (i % 2 ? it : { ...it, traceId: "t", inputTokens: 500 + 100 * i })),
    kind: "loop",
    within: 10 * minute,
  },
  { name: "a model never seen before", events: changed(at, 1, (it) => ({ ...it, model: "other" })), kind: "new-model", within: 0 },
];

for (const { name, events, kind, within } of faults) {
  test(`${name} raises ${kind}, once, and says what it saw`, () => {
    const alerts = replay(events);
    const since = events[at]?.time ?? 0;
    const found = opened(alerts).filter((it) => it.kind === kind && it.updated >= since);
    assert.equal(found.length, 1, JSON.stringify(opened(alerts)));
    const [alert] = found;
    assert.ok(alert && alert.updated <= since + within, `after ${((alert?.updated ?? 0) - since) / minute} min`);
    assert.ok(alert.seen > alert.expected && alert.sure >= 0.5 && alert.sure <= 1);
    assert.ok(alert.events.length > 0 && alert.events.length <= 10 && alert.events.every((id) => id.startsWith("a/")));
    assert.ok(
      alerts.some((it) => it.id === alert.id && it.status === "closed"),
      "it is closed when it is over",
    );
  });
}

test("quiet calls stay quiet", () => {
  for (const seed of [1, 2, 3]) assert.deepEqual(opened(replay(calls("a", 30_000, monday, seed))), [], `seed ${seed}`);
});

test("an agent that falls silent among others is seen by the stream's own time, and heard again", () => {
  const silent = calls("a", 9000).filter((_, i) => i < 5000 || i > 5500);
  const alerts = replay(inOrder(silent, calls("b", 9000, monday, 2)));
  assert.deepEqual(
    alerts.map((it) => `${it.agentId} ${it.kind} ${it.status}`).filter((it) => !it.endsWith("updated")),
    ["a silence opened", "a silence closed"],
  );
});

/** Calls in bursts of half an hour or so, some dense and some not, with pauses of an hour or so between them, at any time of the day. */
function bursts(days: number, seed: number): FleetEvent[] {
  const chance = random(seed);
  const about = (usual: number) => usual * Math.exp(normal(chance));
  const events: FleetEvent[] = [];
  for (let time = monday; time < monday + days * day; time += about(hour)) {
    const [end, apart] = [time + about(hour / 2), about(20_000)];
    for (; time < end; time += -Math.log(1 - chance()) * apart)
      events.push({ id: `a/${events.length}`, time, agentId: "a", operation: "chat", model: "large-1" });
  }
  return events;
}

test("the pauses of an agent that works in bursts are seldom silence, and two days without one are", () => {
  const end = monday + 14 * day;
  const silences = [1, 2, 3, 4, 5, 6].map((seed) => {
    const others = calls("b", 150_000, monday, seed + 10);
    const all = [...bursts(14, seed), ...others].filter(({ time }) => time < end + 2 * day).sort((a, b) => a.time - b.time);
    return opened(replay(all)).filter((it) => it.agentId === "a" && it.kind === "silence");
  });
  const inWork = silences.flat().filter(({ updated }) => updated < end);
  assert.ok(inWork.length <= 12, `one a week: ${inWork.length}`);
  for (const [i, all] of silences.entries()) assert.equal(all.filter(({ updated }) => updated >= end).length, 1, `seed ${i + 1}`);
});

test("when nobody speaks, a tick tells the time", () => {
  const state = createAnomalies();
  const events = calls("a", 5000);
  replay(events, state);
  const last = events.at(-1)?.time ?? 0;
  assert.deepEqual(tick(state, last + 3000).alerts, []);
  assert.deepEqual(
    tick(state, last + 30 * minute).alerts.map((it) => it.kind),
    ["silence"],
  );
});

test("time in which nothing could be heard is nobody's silence, and what is silent afterwards is", () => {
  const state = createAnomalies();
  const events = calls("a", 5000);
  replay(events, state);
  const last = events.at(-1)?.time ?? 0;
  tick(state, last + 3000);
  assert.deepEqual(tick(state, last + 30 * minute, true).alerts, []);
  assert.deepEqual(tick(state, last + 30 * minute + 5000).alerts, []);
  const [alert] = tick(state, last + 60 * minute).alerts;
  assert.deepEqual([alert?.kind, alert?.since, alert?.seen], ["silence", last, 30 * minute]);
});

test("a fold that begins again over what was kept takes nobody for silent since then", () => {
  const state = createAnomalies();
  const before = inOrder(calls("a", 5000), calls("b", 5000, monday, 2));
  const resumed = (before.at(-1)?.time ?? 0) + 10 * minute;
  replay(before, state);
  tick(state, resumed, true);
  const after = inOrder(calls("a", 500, resumed, 3), calls("b", 500, resumed, 4));
  assert.deepEqual(opened(replay(after, state)), []);
});

test("a stream that stops as a whole and goes on makes nobody look silent", () => {
  const before = inOrder(calls("a", 5000), calls("b", 5000, monday, 2));
  const resumed = (before.at(-1)?.time ?? 0) + 5 * hour;
  const after = inOrder(calls("a", 500, resumed, 3), calls("b", 500, resumed, 4));
  assert.deepEqual(opened(replay([...before, ...after])), []);
});

test("a night that is always quiet is no silence", () => {
  const state = createAnomalies();
  const days = [0, 1, 2, 3].flatMap((it) =>
    calls("a", 3000, monday + it * day, it).filter((call) => call.time < monday + it * day + 8 * hour),
  );
  const alerts = opened(replay(inOrder(days, calls("b", 30_000, monday, 9)), state));
  const later = alerts.filter((it) => it.kind === "silence" && it.updated > monday + day + 7 * hour);
  assert.deepEqual(later, [], "after the first night");
});

test("alerts of one agent at one time belong together", () => {
  const worse = (it: FleetEvent) => ({ ...it, error: "500", costUsd: 20 * (it.costUsd ?? 0), model: "other" });
  const alerts = opened(replay(changed(at, 100, worse)));
  assert.ok(new Set(alerts.map((it) => it.kind)).size >= 3);
  assert.equal(new Set(alerts.map((it) => it.groupId)).size, 1);
});

interface Spent {
  name: string;
  costs: [minutes: number, usd: number][];
  /** Places of the costs at which an alert is opened. */
  over: number[];
}

const budgets: Spent[] = [
  {
    name: "exactly the limit is allowed",
    costs: [
      [0, 0.1],
      [1, 0.2],
      [2, 0.7],
    ],
    over: [],
  },
  {
    name: "a billionth more is not",
    costs: [
      [0, 0.1],
      [1, 0.2],
      [2, 0.700000001],
    ],
    over: [2],
  },
  {
    name: "a new hour begins anew",
    costs: [
      [0, 0.9],
      [60, 0.9],
    ],
    over: [],
  },
  {
    name: "a late event counts in its own hour",
    costs: [
      [59, 0.9],
      [61, 0.9],
      [58, 0.2],
    ],
    over: [2],
  },
  ...[30_240, -30_240].flatMap((off): Spent[] => [
    {
      name: `a clock that is off by ${off} minutes is held to its own hour`,
      costs: [
        [0, 0.1],
        [off, 0.9],
        [off + 1, 0.2],
      ],
      over: [2],
    },
    {
      name: `a clock that is off by ${off} minutes takes nothing from this hour`,
      costs: [
        [0, 0.9],
        [off, 0.9],
        [1, 0.2],
      ],
      over: [2],
    },
  ]),
  {
    name: "a negative cost wins nothing back",
    costs: [
      [0, 0.9],
      [1, -5],
      [2, 0.2],
    ],
    over: [2],
  },
];

for (const { name, costs, over } of budgets) {
  test(`budgets: ${name}`, () => {
    for (const agentId of ["*", "a"]) {
      const state = createAnomalies({ budgets: [{ agentId, unit: "usd", per: "hour", limit: 1 }] });
      const told = costs.flatMap(([minutes, costUsd], i) => {
        const { alerts } = fold(state, { id: `${i}`, time: monday + minutes * minute, agentId: "a", costUsd });
        return opened(alerts).map((it) => [it.kind, i]);
      });
      assert.deepEqual(
        told,
        over.map((it) => ["budget", it]),
      );
    }
  });
}

test("a clock that is weeks ahead does not let more of the fleet be paused within an hour", () => {
  const mothball: MothballPolicy = { kinds: ["budget"], sure: 0, share: 0.5 };
  const state = createAnomalies({ budgets: [{ agentId: "*", unit: "usd", per: "hour", limit: 1 }], mothball });
  const signals = ["a", "b"].flatMap((agentId, i) => {
    fold(state, { id: `${i}`, time: monday, agentId: "b" });
    return fold(state, { id: agentId, time: monday + i * 30 * day, agentId, costUsd: 2 }).signals;
  });
  assert.deepEqual(
    signals.map((it) => [it.agentId, it.time, it.withheld]),
    [
      ["a", monday, false],
      ["b", monday, true],
    ],
  );
});

test("names that one sender makes up do not let more of the fleet be paused", () => {
  const mothball: MothballPolicy = { kinds: ["budget"], sure: 0, share: 0.5 };
  const state = createAnomalies({ budgets: [{ agentId: "*", unit: "usd", per: "day", limit: 100 }], mothball });
  const fleet = ["a", "b", "c", "d"];
  replay(inOrder(...fleet.map((agentId, i) => calls(agentId, 1000, monday, i))), state);
  for (let i = 0; i < 40_000; i++) fold(state, { id: `made up ${i}`, time: monday + 3 * hour, agentId: `x${i % 1000}` });
  const signals = fleet.flatMap(
    (agentId) => fold(state, { id: `${agentId} spends`, time: monday + 3 * hour, agentId, costUsd: 200 }).signals,
  );
  assert.deepEqual(
    signals.map((it) => [it.agentId, it.withheld]),
    [
      ["a", false],
      ["b", false],
      ["c", true],
      ["d", true],
    ],
  );
});

const spending: MothballPolicy = { kinds: ["budget"], sure: 0, share: 0.5 };
const withBudget = { budgets: [{ agentId: "*", unit: "usd" as const, per: "day" as const, limit: 100 }], mothball: spending };
/** Who is paused when each of them spends too much at one time. */
const pausedOf = (state: AnomalyState, names: readonly string[], time: number) =>
  names
    .flatMap((agentId) => fold(state, { id: `${agentId} spends`, time, agentId, costUsd: 200 }).signals)
    .filter((it) => !it.withheld)
    .map((it) => it.agentId);

test("a flush of events of days ago does not let more of the fleet be paused within an hour", () => {
  const state = createAnomalies(withBudget);
  replay(inOrder(...["a", "b", "c", "d"].map((agentId, i) => calls(agentId, 1000, monday, i))), state);
  const { now } = state.clock;
  tick(state, now);
  assert.deepEqual(pausedOf(state, ["a", "b"], now), ["a", "b"]);
  replay(calls("d", 51, now - 2 * day), state);
  assert.ok(state.clock.now < now - day, "the stream is believed to be elsewhere");
  assert.deepEqual(pausedOf(state, ["c"], state.clock.now), []);
  tick(state, now + 1000);
  assert.deepEqual(pausedOf(state, ["d"], now + 1000), []);
});

test("names that are kept alive for hours without model calls do not let more of the fleet be paused, however much they say", () => {
  const state = createAnomalies(withBudget);
  const fleet = ["a", "b", "c", "d"];
  const made = (i: number): FleetEvent => ({
    id: `${i}`,
    time: monday + i * 300,
    agentId: `x${i % 1000}`,
    operation: "chat",
    durationMs: 10,
  });
  const flood = Array.from({ length: 40_000 }, (_, i) => made(i));
  replay(inOrder(flood, ...fleet.map((agentId, i) => calls(agentId, 1000, monday, i))), state);
  assert.ok(state.agents.size > 1000);
  assert.deepEqual(pausedOf(state, fleet, state.clock.now), ["a", "b"]);
});

test("while nobody is known for an hour a policy pauses one agent at most, and none of a fleet of which its share is less", () => {
  const state = createAnomalies(withBudget);
  for (let i = 0; i < 1000; i++) fold(state, { id: `${i}`, time: monday, agentId: `x${i}` });
  assert.deepEqual(pausedOf(state, ["a", "b", "c"], monday + minute), ["a"]);
  assert.deepEqual(pausedOf(createAnomalies(withBudget), ["a"], monday), []);
});

test("calls that come hours late do not let more of the fleet be paused within an hour", () => {
  const state = createAnomalies(withBudget);
  const fleet = ["a", "b", "c", "d"];
  replay(inOrder(...fleet.map((agentId, i) => calls(agentId, 3000, monday, i))), state);
  const { now } = state.clock;
  const late = (agentId: string, i: number): FleetEvent => ({ id: agentId, time: now - (4 - i) * 61 * minute, agentId, costUsd: 200 });
  const signals = fleet.flatMap((agentId, i) => fold(state, late(agentId, i)).signals);
  assert.deepEqual(
    signals.map((it) => [it.agentId, it.time, it.withheld]),
    [
      ["a", now, false],
      ["b", now, false],
      ["c", now, true],
      ["d", now, true],
    ],
  );
});

test("a pause made by a clock that was weeks ahead holds others back for an hour, not for weeks", () => {
  const state = createAnomalies(withBudget);
  const pausedAt = (time: number, ...names: string[]) => pausedOf(state, names, time);
  const move = (time: number) =>
    replay(
      Array.from({ length: 60 }, (_, i) => ({ id: `${time} ${i}`, time, agentId: "d" })),
      state,
    );
  for (const agentId of ["a", "b", "c", "d"]) fold(state, { id: agentId, time: monday, agentId });
  move(monday + 20 * day);
  assert.deepEqual(pausedAt(monday + 20 * day, "a"), ["a"]);
  move(monday + minute);
  assert.deepEqual(pausedAt(monday + minute, "b"), []);
  assert.deepEqual(pausedAt(monday + 2 * hour, "c"), ["c"]);
});

test("of agents that tell cost alone, or tokens alone, a share may be paused", () => {
  const state = createAnomalies(withBudget);
  const ofCost = calls("cost", 1000).map(({ inputTokens: _, outputTokens: __, ...it }) => it);
  const ofTokens = calls("tokens", 1000, monday, 2).map(({ costUsd: _, ...it }) => it);
  replay(inOrder(ofCost, ofTokens, calls("a", 1000, monday, 3), calls("b", 1000, monday, 4)), state);
  assert.deepEqual(pausedOf(state, ["cost", "tokens", "a"], state.clock.now), ["cost", "tokens"]);
});

test("budgets: an alert says since when the limit is passed, and is over with the window", () => {
  const state = createAnomalies({ budgets: [{ agentId: "a", unit: "usd", per: "hour", limit: 1 }] });
  const passed = monday + 40 * minute;
  const { alerts } = fold(state, { id: "1", time: passed, agentId: "a", costUsd: 2 });
  assert.deepEqual([alerts[0]?.since, alerts[0]?.unit], [passed, "USD an hour"]);
  tick(state, passed);
  assert.deepEqual(tick(state, monday + hour - 1).alerts, []);
  assert.deepEqual(
    tick(state, monday + hour).alerts.map((it) => it.status),
    ["closed"],
  );
});

test("a million names from one sender neither grow the state nor crowd out who is known", () => {
  const state = createAnomalies({ maxAgents: 10, maxNewcomers: 100 });
  replay(calls("known", 500), state);
  for (let i = 0; i < 100_000; i++) fold(state, { id: `${i}`, time: monday + 2 * hour + i, agentId: `x${i}`, costUsd: 1 });
  assert.deepEqual([state.agents.size, state.newcomers.size, state.counts.foldedNewcomers], [1, 100, 99_900]);
  for (let i = 0; i < 30; i++) replay(calls(`y${i}`, 30, monday + 3 * hour, i), state);
  assert.deepEqual([state.agents.size, state.counts.foldedAgents], [10, 21]);
});

test("an agent that makes up models has few alerts open, and its own model is no news afterwards", () => {
  const state = createAnomalies();
  replay(calls("a", 3000), state);
  const from = state.clock.now;
  const told = Array.from({ length: 8000 }, (_, i) =>
    opened(fold(state, { id: `m${i}`, time: from + i, agentId: "a", operation: "chat", model: `model ${i}` }).alerts),
  ).flat();
  assert.ok(told.length > 0 && told.length <= 32, String(told.length));
  const after = replay(calls("a", 3000, from + minute), state);
  assert.deepEqual(
    opened(after).filter((it) => it.kind === "new-model"),
    [],
  );
});

test("late events are tolerated, very late ones counted, and neither raises anything", () => {
  const shuffled = calls("a", 8000)
    .map((it, i) => ({ it, order: i + (i % 7) * 3 }))
    .sort((a, b) => a.order - b.order)
    .map(({ it }) => it);
  const state = createAnomalies();
  assert.deepEqual(opened(replay(shuffled, state)), []);
  assert.equal(state.counts.late, 0);
  assert.equal(fold(state, { id: "old", time: monday + hour, agentId: "a", durationMs: 1e9 }).score, 0);
  assert.equal(state.counts.late, 1);
});

test("one wrong clock moves nobody else's time", () => {
  const state = createAnomalies();
  const wrong = calls("wrong", 500).map((it) => ({ ...it, time: it.time + 3650 * day }));
  const mixed = calls("a", 5000).flatMap((it, i) => (i >= 4000 && wrong[i - 4000] ? [it, wrong[i - 4000] ?? it] : [it]));
  assert.deepEqual(opened(replay(mixed, state)), []);
  assert.equal(state.counts.stray, 500);
  assert.ok(state.clock.now < monday + 10 * day);
});

for (const [name, shift] of [
  ["forward", 400 * day],
  ["back", -400 * day],
] as const) {
  test(`a stream that really is elsewhere in time is believed: ${name}`, () => {
    const state = createAnomalies();
    replay(calls("a", 5000), state);
    const later = calls("a", 5000, monday + shift, 2).map((it, i) => (i > 4000 && i < 4100 ? { ...it, error: "500" } : it));
    const alerts = opened(replay(later, state));
    assert.deepEqual(
      alerts.map((it) => it.kind),
      ["error-rate"],
    );
    assert.ok(state.counts.stray < 60);
  });
}

test("written and read again, the state goes on exactly as it would have", () => {
  const options: Partial<AnomalyOptions> = { budgets: [{ agentId: "*", unit: "usd", per: "day", limit: 3 }] };
  const events = changed(6000, 60, (it) => ({ ...it, error: "500", metrics: { value: 1 } }), 9000);
  const state = createAnomalies(options);
  replay(events.slice(0, 6030), state);
  const again = restore(JSON.parse(JSON.stringify(save(state))), options);
  assert.ok(again);
  const rest = events.slice(6030);
  assert.deepEqual(
    rest.map((it) => fold(again, it)),
    rest.map((it) => fold(state, it)),
  );
  assert.deepEqual(save(again), save(state));
});

test("what is no saved state is not restored", () => {
  for (const saved of [[], [""], [{}], [null], [[1]], [{ version: 1, agents: [], newcomers: [] }]]) assert.equal(restore(saved), undefined);
});

const hostile = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -1e300, 1e300, Number.MAX_VALUE];

test("values that cannot be true do no harm", () => {
  const state = createAnomalies({ budgets: [{ agentId: "*", unit: "tokens", per: "day", limit: 1e15 }] });
  for (const [i, event] of calls("a", 3000).entries()) {
    const bad = hostile[i % hostile.length] ?? 0;
    const { score } = fold(
      state,
      i % 3
        ? event
        : { ...event, inputTokens: bad, costUsd: bad, durationMs: bad, metrics: { value: bad, __proto__: bad, constructor: bad } },
    );
    assert.ok(score >= 0 && score <= 1, `${score}`);
  }
  for (const time of hostile) fold(state, { id: "t", time, agentId: "a" });
  assert.deepEqual(
    numbersOf(state).filter((it) => !Number.isFinite(it)),
    [],
  );
});

function numbersOf(it: unknown): number[] {
  if (typeof it === "number") return [it];
  if (it instanceof Map) return [...it.values()].flatMap(numbersOf);
  return it !== null && typeof it === "object" ? Object.values(it).flatMap(numbersOf) : [];
}

test("a policy pauses agents, but never more of the fleet than it may", () => {
  const mothball = { kinds: ["new-model" as const], sure: 0.5, share: 0.5 };
  const names = ["a", "b", "c", "d"];
  const run = (state: AnomalyState) =>
    inOrder(...names.map((name, i) => calls(name, 1000, monday, i))).flatMap(
      (it, i) => fold(state, i > 3600 ? { ...it, model: "other" } : it).signals,
    );
  assert.deepEqual(run(createAnomalies()), [], "off by default");
  const signals = run(createAnomalies({ mothball }));
  assert.equal(signals.filter((it) => !it.withheld).length, 2);
  assert.ok(signals.some((it) => it.withheld));
});
