/** Rates and series of the live fleet against sums computed plainly; what time and crowds can do to them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { type Range, rangeNames } from "../../../server/fleet/model/fleet-row.ts";
import { amountsOf, createLiveFleet } from "../../../server/fleet/model/live-fleet.ts";
import { bytesOfSteps } from "../../../server/fleet/model/steps.ts";
import { random } from "../../tools/random.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** On a step of every range. */
const begin = Math.floor(1_790_000_000_000 / (24 * minute)) * 24 * minute;

let ids = 0;
const call = (time: number, more: Partial<FleetEvent> = {}): FleetEvent => ({
  ...{ id: `e${ids++}`, time, agentId: "a", operation: "chat", inputTokens: 80, outputTokens: 20, costUsd: 0.01, durationMs: 500 },
  ...more,
});

function heard(events: readonly FleetEvent[], now: number, fleet = createLiveFleet()) {
  for (const it of events) fleet.hear(it, now);
  return fleet;
}

const sumOf = (values: readonly (number | null)[] | undefined) => (values ?? []).reduce<number>((sum, it) => sum + (it ?? 0), 0);

test("the last minute: as it was, then falling to 0", () => {
  const fleet = heard([call(begin), call(begin + second, { error: "429", costUsd: 0.03 })], begin + second);
  const [first] = fleet.takeChanged(begin + second).agents;
  assert.deepEqual(first, {
    ...{
      agentId: "a",
      heard: begin + second,
      callsPerMinute: 2,
      errorsPerMinute: 1,
      tokensPerMinute: 200,
      usdPerHour: 2.4,
      p95Ms: first?.p95Ms,
    },
  });
  assert.ok(Math.abs((first?.p95Ms ?? 0) / 500 - 1) < 0.08, `${first?.p95Ms}`);
  const calls: number[] = [];
  for (let now = begin + 2 * second; now < begin + 3 * minute; now += second)
    calls.push(...fleet.takeChanged(now).agents.map((it) => it.callsPerMinute));
  assert.deepEqual(
    calls.toSorted((a, b) => b - a),
    calls,
  );
  assert.equal(calls.at(-1), 0);
  assert.ok(calls.length < 20, `${calls.length} times told`);
});

test("an agent is told once a second at most, and as few at a time as asked", () => {
  const fleet = createLiveFleet();
  const names = Array.from({ length: 30 }, (_, i) => `agent-${i}`);
  const told: string[] = [];
  for (let now = begin; now < begin + 2 * second; now += 100) {
    for (const agentId of names) fleet.hear(call(now, { agentId }), now);
    const { agents } = fleet.takeChanged(now, { most: 10 });
    assert.ok(agents.length <= 10);
    told.push(...agents.map((it) => it.agentId));
  }
  for (const it of names) assert.equal(told.filter((other) => other === it).length, 2, it);
});

test("what is unknown is not 0", () => {
  const fleet = heard(
    [
      call(begin, { costUsd: undefined, durationMs: undefined }),
      call(begin, { agentId: "quiet", inputTokens: undefined, outputTokens: undefined, costUsd: undefined }),
      call(begin, {
        agentId: "log",
        operation: undefined,
        inputTokens: undefined,
        outputTokens: undefined,
        costUsd: undefined,
        error: "no",
      }),
    ],
    begin,
  );
  const told = new Map(fleet.takeChanged(begin).agents.map((it) => [it.agentId, it]));
  assert.deepEqual([told.get("a")?.usdPerHour, told.get("a")?.p95Ms], [null, null]);
  assert.deepEqual([told.get("quiet")?.usdPerHour, told.get("quiet")?.tokensPerMinute], [null, null]);
  const { callsPerMinute, errorsPerMinute, tokensPerMinute, usdPerHour } = told.get("log") ?? {};
  assert.deepEqual([callsPerMinute, errorsPerMinute, tokensPerMinute, usdPerHour], [0, 0, 0, 0], "what is no call fails no call");
  const series = fleet.series("a", "15 min", begin + 15 * second);
  assert.deepEqual([series.usd.at(-2), series.p95Ms.at(-2), series.calls.at(-2)], [null, null, 1]);
  assert.equal(fleet.series("quiet", "15 min", begin)?.tokens.at(-1), null);
  assert.ok(fleet.series("nobody", "1 h", begin).calls.every((it) => it === null));
});

test("when nobody watched is a gap, and when somebody did is 0", () => {
  const fleet = heard([call(begin)], begin);
  fleet.takeChanged(begin + minute);
  fleet.takeChanged(begin + 2 * minute);
  const { calls, start, stepMs } = fleet.series("a", "15 min", begin + 2 * minute);
  const at = (time: number) => calls[(time - start) / stepMs];
  assert.deepEqual(
    [at(begin - minute), at(begin), at(begin + 15 * second), at(begin + minute), at(begin + 2 * minute)],
    [null, 1, null, 0, 0],
  );
});

test("an event from the past belongs to its step, one from the future to now, one too old to nothing", () => {
  const now = begin + 30 * second;
  const fleet = heard([call(now - 10 * minute), call(now + hour), call(now - 25 * hour), call(now - 20 * minute)], now);
  const calls = (range: Range) => fleet.series("a", range, now).calls;
  assert.deepEqual(
    rangeNames.map((it) => sumOf(calls(it))),
    [2, 3, 3, 3],
  );
  assert.deepEqual([calls("15 min").at(-1), calls("15 min").at(-41)], [1, 1]);
  assert.equal(fleet.takeChanged(now).agents[0]?.heard, now);
});

const jumps: { name: string; to: number; left: number }[] = [
  { name: "back by a second", to: -second, left: 10 },
  { name: "back by five minutes", to: -5 * minute, left: 0 },
  { name: "back by a day", to: -24 * hour, left: 0 },
  { name: "ahead by a minute and back again", to: minute, left: 10 },
];
for (const { name, to, left } of jumps)
  test(`a clock that jumps ${name}`, () => {
    const fleet = createLiveFleet();
    for (let i = 0; i < 10; i++) fleet.hear(call(begin + i * second), begin + i * second);
    let now = begin + 10 * second + to;
    fleet.hear(call(now, { durationMs: 700 }), now);
    if (to > 0) now -= to;
    fleet.hear(call(now, { durationMs: 700 }), now);
    const [told] = fleet.takeChanged(now).agents;
    assert.equal(told?.callsPerMinute, left + (to > 0 ? 1 : 2));
    for (const range of rangeNames) {
      const series = fleet.series("a", range, now);
      assert.ok(sumOf(series.calls) <= 12 && sumOf(series.calls) >= 1, range);
      assert.ok(series.p95Ms.every((it) => it === null || (it > 400 && it < 800)));
    }
    for (let i = 1; i <= 20; i++) fleet.hear(call(now + i * second), now + i * second);
    const later = fleet.takeChanged(now + 20 * second).agents[0];
    assert.ok((later?.callsPerMinute ?? 0) >= 20, "it goes on as if nothing had been");
  });

const someEvents = fc.array(
  fc.record({
    ago: fc.oneof(fc.integer({ min: 0, max: 20 * minute }), fc.integer({ min: 0, max: 25 * hour })),
    passes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 * second }), fc.integer({ min: 0, max: 3 * hour })),
    error: fc.boolean(),
    tokens: fc.integer({ min: 0, max: 1000 }),
  }),
  { maxLength: 60 },
);

test("series are sums over steps, in whatever order events come", () => {
  fc.assert(
    fc.property(someEvents, (all) => {
      const fleet = createLiveFleet();
      const events: FleetEvent[] = [];
      let now = begin;
      for (const { ago, passes, error, tokens } of all) {
        now += passes;
        const event = call(now - ago, { inputTokens: tokens, outputTokens: 0, costUsd: 0.25, error: error ? "500" : undefined });
        fleet.hear(event, now);
        events.push(event);
      }
      for (const range of rangeNames) {
        const series = fleet.series("a", range, now);
        if (all.length === 0) return;
        assert.equal(series.calls.length, 60);
        for (const [i, calls] of series.calls.entries()) {
          const from: number = series.start + i * series.stepMs;
          // What was too old for the range when it came has no place in it.
          const here: FleetEvent[] = events.filter((it) => it.time >= from && it.time < from + series.stepMs);
          const sum = (of: (it: FleetEvent) => number) => here.reduce((total, it) => total + of(it), 0);
          if (here.length === 0) assert.ok(calls === null || calls === 0);
          else
            assert.deepEqual(
              [calls, series.errors[i], series.tokens[i], series.usd[i]],
              [here.length, sum((it) => Number(it.error !== undefined)), sum((it) => it.inputTokens ?? 0), here.length / 4],
            );
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("the p95 of a step is that of its calls, to 8 %", () => {
  const chance = random(7);
  const events = Array.from({ length: 20_000 }, (_, i) => call(begin + i * 100, { durationMs: 2 ** (5 + 8 * chance()) }));
  const fleet = createLiveFleet();
  for (const it of events) fleet.hear(it, it.time);
  const now = events.at(-1)?.time ?? 0;
  for (const range of rangeNames) {
    const { p95Ms, start, stepMs } = fleet.series("a", range, now);
    for (const [i, seen] of p95Ms.entries()) {
      const from = start + i * stepMs;
      const all = events.filter((it) => it.time >= from && it.time < from + stepMs).map((it) => it.durationMs ?? 0);
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.95) - 1];
      if (exact === undefined) assert.equal(seen, null);
      else assert.ok(Math.abs(Math.log((seen ?? 0) / exact)) < 0.1, `${range} ${i}: ${seen} for ${exact} of ${all.length}`);
    }
  }
});

test("what is recalled, the latest first, gives the series that hearing it would have given", () => {
  const chance = random(3);
  const events = Array.from({ length: 5000 }, (_, i) => call(begin + i * 4000, { durationMs: 100 + 900 * chance() }));
  const now = events.at(-1)?.time ?? 0;
  const [heardThen, recalls] = [createLiveFleet(), createLiveFleet()];
  for (const it of events) heardThen.hear(it, it.time);
  for (const it of events.toReversed()) recalls.recall("a", amountsOf(it, now), now);
  recalls.recalled(0);
  for (const range of rangeNames) assert.deepEqual(recalls.series("a", range, now), heardThen.series("a", range, now), range);
  assert.deepEqual(recalls.takeChanged(now), heardThen.takeChanged(now));
});

test("what was recalled of one who is forgotten is nobody else's", () => {
  const fleet = createLiveFleet({ maxAgents: 2 });
  const now = begin + hour;
  const recall = (agentId: string, ago: number, durationMs: number) =>
    fleet.recall(agentId, amountsOf(call(now - ago, { agentId, durationMs }), now), now);
  recall("old", 50 * minute, 9000);
  for (const agentId of ["b", "c"]) fleet.hear(call(now, { agentId }), now);
  for (const ago of [50 * minute, 55 * minute]) recall("c", ago, 100);
  fleet.recalled(0);
  const told = fleet.series("c", "1 h", now).p95Ms.filter((it) => it !== null);
  assert.equal(told.length, 3);
  assert.ok(
    told.every((it) => it < 600),
    `${told}`,
  );
});

test("a flood of new names pushes out itself, not those who are known", () => {
  const fleet = createLiveFleet({ maxAgents: 100 });
  for (let i = 0; i < 80 * 25; i++) fleet.hear(call(begin + i, { agentId: `known-${i % 80}` }), begin + i);
  fleet.takeChanged(begin + 2000);
  const gone: string[] = [];
  for (let i = 0; i < 5000; i++) {
    fleet.hear(call(begin + 2000 + i, { agentId: `flood-${i}` }), begin + 2000 + i);
    if (i % 10 === 0) gone.push(...fleet.takeChanged(begin + 2000 + i).gone);
  }
  assert.ok(gone.length > 100 && gone.every((it) => it.startsWith("flood-")));
  for (let i = 0; i < 80; i++) assert.equal(sumOf(fleet.series(`known-${i}`, "1 h", begin + 7000).calls), 25, `known-${i}`);
  const back = createLiveFleet({ maxAgents: 1 });
  heard([call(begin), call(begin + minute, { agentId: "b" }), call(begin + 2 * minute)], begin + 2 * minute, back);
  const { calls, start, stepMs } = back.series("a", "15 min", begin + 2 * minute);
  assert.deepEqual([calls[(begin - start) / stepMs], calls[(begin + minute - start) / stepMs], calls.at(-1)], [null, null, 1]);
});

test("to make room goes who was not heard for longest, also of those whose past was recalled", () => {
  const fleet = createLiveFleet({ maxAgents: 4 });
  const now = begin + hour;
  const hear = (agentId: string, at: number) => fleet.hear(call(at, { agentId }), at);
  for (const [place, agentId] of ["late", "middle", "early"].entries())
    for (let i = 0; i < 30; i++) fleet.recall(agentId, amountsOf(call(now - place * minute - i, { agentId }), now), now);
  fleet.recalled(0);
  for (let i = 0; i < 30; i++) hear("heard", now + i);
  hear("middle", now + 40);
  fleet.takeChanged(now + minute);
  const goneFor = (newcomer: string, at: number) => {
    for (let i = 0; i < 30; i++) hear(newcomer, at + i);
    return fleet.takeChanged(at + minute).gone;
  };
  assert.deepEqual(
    ["new 1", "new 2", "new 3", "new 4"].map((it, i) => goneFor(it, now + (i + 1) * hour)),
    [["early"], ["late"], ["heard"], ["middle"]],
  );
});

test("ten thousand agents take some 55 MB, and an event a few microseconds", () => {
  assert.ok(bytesOfSteps <= 5300, `${bytesOfSteps} bytes`);
  const fleet = createLiveFleet();
  const before = process.memoryUsage();
  const names = Array.from({ length: 10_000 }, (_, i) => `agent-${i}`);
  for (const [i, agentId] of names.entries()) fleet.hear(call(begin + i, { agentId }), begin + i);
  const megabytes = (process.memoryUsage().arrayBuffers - before.arrayBuffers) / 1e6;
  assert.ok(megabytes < 55, `${megabytes.toFixed(1)} MB`);
  const batches = Array.from({ length: 20 }, (_, batch) => {
    const events = Array.from({ length: 5000 }, (_, i) => call(begin + batch * 5000 + i, { agentId: names[(i * 7) % names.length] ?? "" }));
    const start = process.cpuUsage();
    for (const it of events) fleet.hear(it, it.time);
    return process.cpuUsage(start).user / events.length;
  });
  // The machine has other things to do, too.
  const each = Math.min(...batches);
  assert.ok(each < 10, `${each.toFixed(2)} µs`);
});
