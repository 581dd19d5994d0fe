/** Events from outside: what is read, what is left out, what is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFleetEvent } from "../../../server/protocol/fleet-event.ts";

const time = Date.UTC(2025, 2, 3, 4, 5, 6);

const times: [given: unknown, read: number | undefined][] = [
  [time, time],
  [time / 1000, time],
  [time * 1000, time],
  [time * 1e6, time],
  [`${time}`, time],
  ["2025-03-03T04:05:06Z", time],
  ["2025-03-03T06:05:06+02:00", time],
  ["2025-03-03 04:05:06", time],
  ["2025-03-03", Date.UTC(2025, 2, 3)],
  ["yesterday", undefined],
  [Number.NaN, undefined],
  [-5, undefined],
  [null, undefined],
];

for (const [given, read] of times) {
  test(`time ${JSON.stringify(given)}`, () => {
    const result = readFleetEvent({ time: given, agentId: "a" });
    assert.equal("event" in result ? result.event.time : undefined, read);
    if (read === undefined) assert.ok("refused" in result && result.refused.startsWith("time: "));
  });
}

test("a line with a time, an agent and a value is enough, and twice the same is the same event", () => {
  const line = { time, agentId: "a", metrics: { value: 3 } };
  const [one, two] = [readFleetEvent(line), readFleetEvent(structuredClone(line))];
  assert.ok("event" in one && "event" in two);
  assert.deepEqual(one.event.metrics, { value: 3 });
  assert.equal(one.event.id, two.event.id);
  const other = readFleetEvent({ ...line, metrics: { value: 4 } });
  assert.ok("event" in other && other.event.id !== one.event.id);
});

test("two events of one span at one time are told apart by what they say", () => {
  const line = { time, agentId: "a", traceId: "t", spanId: "s", metrics: { value: 3 } };
  const ids = [line, structuredClone(line), { ...line, metrics: { value: 4 } }].map((it) => {
    const read = readFleetEvent(it);
    return "event" in read ? read.event.id : undefined;
  });
  assert.deepEqual([ids[0] === ids[1], new Set(ids).size], [true, 2]);
});

test("fields that cannot be true are left out and named", () => {
  const result = readFleetEvent({
    time,
    agentId: "a",
    id: "x",
    inputTokens: -1,
    costUsd: "0.5",
    durationMs: "soon",
    error: true,
    metrics: { a: "7", b: "x", c: null },
  });
  assert.ok("event" in result);
  assert.deepEqual(result.ignored, ["inputTokens", "durationMs"]);
  const { costUsd, error, metrics, inputTokens } = result.event;
  assert.deepEqual({ costUsd, error, metrics, inputTokens }, { costUsd: 0.5, error: "error", metrics: { a: 7 }, inputTokens: undefined });
});

for (const [error, kept] of [
  ["x".repeat(300), "x".repeat(256)],
  [{ message: "boom" }, "error"],
])
  test(`a call that failed with ${JSON.stringify(error).slice(0, 20)} is one that failed`, () => {
    assert.partialDeepStrictEqual(readFleetEvent({ time, agentId: "a", error }), { event: { error: kept }, ignored: [] });
  });

for (const input of [null, 7, "x", [], {}, { time }, { agentId: "a" }, { time, agentId: "" }, { time, agentId: "x".repeat(300) }]) {
  test(`${JSON.stringify(input).slice(0, 40)} is refused`, () => {
    const result = readFleetEvent(input);
    assert.ok("refused" in result && result.refused.length > 5 && result.refused.length < 300);
  });
}

test("an event without a time is told what a time is", () => {
  assert.deepEqual(readFleetEvent({ agentId: "a" }), { refused: "time: expected a number or a short text" });
});
