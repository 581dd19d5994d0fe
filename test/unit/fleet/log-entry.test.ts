/** What becomes of Cloud Logging's entries, in the shapes that agents write them in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readLogEntry } from "../../../server/telemetry/connectors/gcp-logging/log-entry.ts";

const head = { insertId: "abc", logName: "projects/p/logs/l", timestamp: "2026-11-25T10:00:00.123456789Z" };
const time = Date.parse("2026-11-25T10:00:00.123Z");
const read = (entry: object) => readLogEntry(JSON.stringify(entry));
const chat = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 12 };
const expected = { id: `abc@${head.timestamp}`, time, operation: "chat", model: "m", inputTokens: 12, source: "gcp-logging" };

const shapes: Record<string, object> = {
  "flat attributes": { jsonPayload: { ...chat, "gen_ai.agent.id": "a" } },
  "nested attributes": {
    jsonPayload: { gen_ai: { operation: { name: "chat" }, request: { model: "m" }, usage: { input_tokens: 12 }, agent: { id: "a" } } },
  },
  "attributes below a key": { jsonPayload: { message: "done", attributes: chat, resource: { attributes: { "service.name": "a" } } } },
  "attributes as OTLP writes them": {
    jsonPayload: {
      attributes: [
        { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
        { key: "gen_ai.request.model", value: { stringValue: "m" } },
        { key: "gen_ai.usage.input_tokens", value: { intValue: "12" } },
        { key: "gen_ai.agent.id", value: { stringValue: "a" } },
      ],
    },
  },
  "labels, as Google's exporters write them": {
    textPayload: "done",
    labels: { ...chat, "gen_ai.usage.input_tokens": "12", "service.name": "a" },
  },
  "a name from what runs it": { jsonPayload: chat, resource: { labels: { service_name: "a" } } },
  "JSON in a text": { textPayload: JSON.stringify({ ...chat, "agent.id": "a" }) },
  "an event of ours": { jsonPayload: { agentId: "a", operation: "chat", model: "m", inputTokens: 12 } },
  "an event in snake_case": { jsonPayload: { agent_id: "a", operation: "chat", model: "m", input_tokens: "12" } },
};

for (const [name, shape] of Object.entries(shapes))
  test(name, () => {
    const answer = read({ ...head, ...shape });
    assert.partialDeepStrictEqual(answer, { event: { ...expected, agentId: "a" } });
  });

test("trace, span, error and duration are the entry's", () => {
  const entry = {
    ...head,
    severity: "ERROR",
    trace: "projects/p/traces/t1",
    spanId: "s1",
    httpRequest: { latency: "1.5s" },
    jsonPayload: chat,
  };
  assert.partialDeepStrictEqual(read(entry), { event: { ...expected, traceId: "t1", spanId: "s1", error: "error", durationMs: 1500 } });
  const named = { ...head, jsonPayload: { ...chat, "error.type": "timeout", duration_ms: 7 } };
  assert.partialDeepStrictEqual(read(named), { event: { error: "timeout", durationMs: 7 } });
});

const plain = { agentId: "a", model: "m" };
const plainShapes: Record<string, [entry: object, event: object]> = {
  "the error is the payload's": [{ severity: "ERROR", jsonPayload: { ...plain, error: "timeout" } }, { error: "timeout" }],
  "an error that only the severity tells": [{ severity: "ERROR", jsonPayload: plain }, { error: "error" }],
  "trace and span of the payload": [{ jsonPayload: { ...plain, trace_id: "t", span_id: "s" } }, { traceId: "t", spanId: "s" }],
  "the entry's trace before the payload's": [{ trace: "projects/p/traces/t1", jsonPayload: { ...plain, traceId: "t" } }, { traceId: "t1" }],
  "the payload's time": [{ jsonPayload: { ...plain, time: "2026-11-25T09:00:00Z" } }, { time: Date.parse("2026-11-25T09:00:00Z") }],
  "the entry's time where the payload's is none": [{ jsonPayload: { ...plain, time: "2026-11-25 10:00:00,123" } }, { time }],
  "our names beside a convention's": [{ jsonPayload: { ...chat, agent_id: "a", costUsd: 0.5 } }, { ...expected, costUsd: 0.5 }],
};
for (const [name, [entry, event]] of Object.entries(plainShapes))
  test(`of a payload that names an agent: ${name}`, () => {
    const runs = { resource: { labels: { service_name: "what runs it" } } };
    assert.partialDeepStrictEqual(read({ ...head, ...runs, ...entry }), { event: { agentId: "a", ...event } });
  });

test("the id is the same each time, and another's is another", () => {
  const withoutId = { logName: "l", timestamp: head.timestamp, jsonPayload: chat };
  const idOf = (entry: object) => {
    const answer = read(entry);
    return "event" in answer ? answer.event.id : assert.fail(JSON.stringify(answer));
  };
  assert.equal(idOf(withoutId), idOf(withoutId));
  assert.notEqual(idOf(withoutId), idOf({ ...withoutId, jsonPayload: { ...chat, x: 1 } }));
  assert.notEqual(idOf({ ...head, jsonPayload: chat }), idOf({ ...head, timestamp: "2026-11-25T10:00:00.123456788Z", jsonPayload: chat }));
});

test("lines about nothing are skipped; what nobody can read says why", () => {
  assert.deepEqual(read({ ...head, textPayload: "GET /health" }), { skipped: true });
  assert.deepEqual(read({ ...head, jsonPayload: { agent: "a", message: "hello" } }), { skipped: true });
  assert.deepEqual(read({ ...head, jsonPayload: { agent: { name: "filebeat" }, error: { message: "no" } } }), { skipped: true });
  assert.partialDeepStrictEqual(read({ ...head, jsonPayload: { agentId: 7, model: "m" } }), {
    malformed: "agentId: Invalid input: expected string, received number",
  });
  assert.deepEqual(readLogEntry("{"), { malformed: "no JSON object" });
  assert.deepEqual(readLogEntry("[1]"), { malformed: "no JSON object" });
  assert.deepEqual(read({ ...head, timestamp: "soon", jsonPayload: chat }), { malformed: 'the entry\'s time "soon" is none' });
  assert.partialDeepStrictEqual(read({ ...head, labels: 3 }), {
    malformed: "no LogEntry: labels: Invalid input: expected record, received number",
  });
});

test("a payload that is deep or wide costs no more than its bound", () => {
  let deep: object = chat;
  for (let i = 0; i < 3000; i++) deep = { x: deep };
  assert.deepEqual(read({ ...head, jsonPayload: deep }), { skipped: true });
  assert.deepEqual(read({ ...head, jsonPayload: { wide: Array.from({ length: 50_000 }, () => ({ key: "gen_ai.system", value: {} })) } }), {
    skipped: true,
  });
});
