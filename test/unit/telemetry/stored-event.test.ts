/** Rows of a BigQuery table that others write to, too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readStoredEvent } from "../../../server/telemetry/lake/bigquery/stored-event.ts";

const time = Date.UTC(2025, 2, 3);
const row = {
  time,
  id: "a",
  agent: "billing",
  operation: "chat",
  model: null,
  input_tokens: 5,
  cost_usd: 0.5,
  trace: "t",
  metrics: '{"queue":3}',
};
const event = { time, id: "a", agentId: "billing", operation: "chat", inputTokens: 5, costUsd: 0.5, traceId: "t", metrics: { queue: 3 } };
const given = (it: object) => Object.fromEntries(Object.entries(it).filter(([, value]) => value !== undefined));

/** What is odd, and what is left of the event; without it the row is refused. */
const rows: [what: string, odd: object, left?: object][] = [
  ["nothing", {}, {}],
  ["metrics that are no JSON", { metrics: "latency=4" }, { metrics: undefined }],
  ["a cost without end", { cost_usd: Number.POSITIVE_INFINITY }, { costUsd: undefined }],
  ["negative tokens", { input_tokens: -5 }, { inputTokens: undefined }],
  ["an agent without a name", { agent: "" }],
  ["an agent with a name of a million characters", { agent: "x".repeat(1e6) }],
  ["no time", { time: null }],
];

for (const [what, odd, left] of rows)
  test(`a row with ${what}`, () => {
    const read = readStoredEvent({ ...row, ...odd });
    assert.deepEqual("event" in read ? given(read.event) : undefined, left && given({ ...event, ...left }));
  });
