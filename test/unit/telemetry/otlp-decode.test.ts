/** What is read of OTLP requests: those of OpenTelemetry's own serializers, and whatever else may come to the port. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { eventOfSignal } from "../../../server/telemetry/connectors/otlp/events.ts";
import { decodeJson } from "../../../server/telemetry/connectors/otlp/json.ts";
import { decodeProtobuf } from "../../../server/telemetry/connectors/otlp/protobuf.ts";
import { createReadings } from "../../../server/telemetry/connectors/otlp/readings.ts";
import { MalformedRequest, type Signal, type SignalPath, signalPaths } from "../../../server/telemetry/connectors/otlp/signals.ts";
import { textAt } from "../../../server/telemetry/connectors/otlp/texts.ts";
import { logOf, metricsOf, serialized, spanId, spanOf, traceId } from "./otlp-requests.ts";

const decoders: Record<"json" | "protobuf", (path: SignalPath, bytes: Uint8Array) => Signal[]> = {
  json: (path, bytes) => decodeJson(path, Buffer.from(bytes).toString("utf8")),
  protobuf: decodeProtobuf,
};
const encodings = ["json", "protobuf"] as const;
const ended = 1_740_974_707_250;

/** Of a sender that has only begun. */
const eventOf = (signal: Signal) => eventOfSignal(signal, createReadings(0)().read);
/** An event without what is undefined. */
const plain = (it: unknown) => JSON.parse(JSON.stringify(it));
const eventsOf = (encoding: "json" | "protobuf", path: SignalPath, items: unknown) =>
  plain(decoders[encoding](path, serialized(path, encoding, items)).map(eventOf));

const base = { id: `${traceId}-${spanId}`, time: ended, agentId: "billing", durationMs: 1000, traceId, spanId, source: "otlp" };

/** Attributes of a span by each convention, and what is read of them. */
const conventions: [name: string, attributes: Record<string, unknown>, read: object][] = [
  [
    "OpenTelemetry",
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.response.model": "gpt-4o-2024-08-06",
      "gen_ai.agent.id": "desk",
      "gen_ai.usage.input_tokens": 120,
      "gen_ai.usage.output_tokens": 30,
      "cockpit.cost.usd": 0.0006,
    },
    {
      agentId: "desk",
      operation: "chat",
      provider: "openai",
      model: "gpt-4o-2024-08-06",
      inputTokens: 120,
      outputTokens: 30,
      costUsd: 0.0006,
    },
  ],
  [
    "OpenTelemetry before 1.37",
    {
      "gen_ai.operation.name": "chat",
      "gen_ai.system": "anthropic",
      "gen_ai.request.model": "claude",
      "gen_ai.usage.prompt_tokens": 5,
      "gen_ai.usage.completion_tokens": 6,
    },
    { operation: "chat", provider: "anthropic", model: "claude", inputTokens: 5, outputTokens: 6 },
  ],
  [
    "OpenInference",
    {
      "openinference.span.kind": "LLM",
      "llm.model_name": "gpt-4o",
      "llm.provider": "azure",
      "llm.token_count.prompt": 9,
      "llm.token_count.completion": 2,
      "llm.cost.total": 0.5,
    },
    { operation: "chat", provider: "azure", model: "gpt-4o", inputTokens: 9, outputTokens: 2, costUsd: 0.5 },
  ],
  [
    "OpenLLMetry",
    {
      "llm.request.type": "completion",
      "llm.vendor": "Cohere",
      "llm.request.model": "command",
      "llm.usage.prompt_tokens": 1,
      "llm.usage.completion_tokens": 2,
    },
    { operation: "text_completion", provider: "Cohere", model: "command", inputTokens: 1, outputTokens: 2 },
  ],
  [
    "OpenInference, where another model answers",
    { "openinference.span.kind": "LLM", "llm.request.model_name": "opus", "llm.model_name": "opus", "llm.response.model_name": "sonnet" },
    { operation: "chat", model: "sonnet" },
  ],
  [
    "OpenInference, a model that was only asked for",
    { "openinference.span.kind": "LLM", "llm.request.model_name": "opus" },
    { operation: "chat", model: "opus" },
  ],
  ["OpenLLMetry, a task", { "gen_ai.operation.name": "execute_task", "gen_ai.usage.input_tokens": 9 }, { operation: "execute_task" }],
  ["OpenLLMetry, a workflow", { "traceloop.span.kind": "workflow", "gen_ai.usage.input_tokens": 9 }, { operation: "invoke_workflow" }],
  [
    "LangSmith",
    {
      "langsmith.span.kind": "llm",
      "langsmith.trace.session_name": "shop",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": "12",
    },
    { agentId: "shop", operation: "chat", model: "gpt-4o", inputTokens: 12 },
  ],
  [
    "a tool's sums are not counted again",
    { "openinference.span.kind": "TOOL", "gen_ai.usage.input_tokens": 9, "cockpit.cost.usd": 1 },
    { operation: "execute_tool" },
  ],
  [
    "amounts that cannot be",
    { "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": -5, "gen_ai.usage.output_tokens": "many" },
    { operation: "chat" },
  ],
  [
    "amounts beyond all measure",
    { "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": "9007199254740993", "gen_ai.usage.output_tokens": 1e13 },
    { operation: "chat" },
  ],
  ["a kind that is the name of a method", { "gen_ai.operation.name": "constructor" }, { operation: "constructor" }],
  ["a kind that is the name of a prototype", { "gen_ai.operation.name": "__proto__" }, { operation: "__proto__" }],
  [
    "long words",
    { "gen_ai.operation.name": "chat", "gen_ai.agent.id": "x".repeat(5000) },
    { operation: "chat", agentId: `${"x".repeat(199)}…` },
  ],
];

for (const encoding of encodings) {
  for (const [name, attributes, read] of conventions)
    test(`${encoding}: attributes of ${name}`, () => {
      assert.deepEqual(eventsOf(encoding, "traces", [spanOf(attributes)]), [{ ...base, ...read }]);
    });

  test(`${encoding}: who does not say who they are are one agent, unknown`, () => {
    const nobody = { resource: { attributes: {}, asyncAttributesPending: false } };
    const [event] = eventsOf(encoding, "traces", [spanOf({ "gen_ai.operation.name": "chat", "gen_ai.agent.id": "" }, nobody)]);
    assert.equal(event.agentId, "unknown");
  });

  test(`${encoding}: a span that failed says how; one that is about no model is none`, () => {
    const chat = { "gen_ai.operation.name": "chat" };
    const status = { code: 2, message: "no" };
    const [named, unnamed, other] = eventsOf(encoding, "traces", [
      spanOf({ ...chat, "error.type": "RateLimitError" }, { status }),
      spanOf(chat, { status }),
      spanOf({ "http.request.method": "GET" }),
    ]);
    assert.deepEqual([named.error, unnamed.error, other], ["RateLimitError", "error", null]);
  });

  test(`${encoding}: logs and metrics`, () => {
    const attributes = { "gen_ai.operation.name": "chat", "gen_ai.agent.id": "desk", "error.type": "timeout" };
    const [{ id, ...log }] = eventsOf(encoding, "logs", [logOf(attributes)]);
    assert.equal(id.length, 43);
    assert.deepEqual(log, { time: ended - 1000, agentId: "desk", operation: "chat", error: "timeout", traceId, spanId, source: "otlp" });
    const metrics: { metrics: object; agentId: string }[] = eventsOf(encoding, "metrics", metricsOf({ "gen_ai.agent.id": "desk" }));
    assert.deepEqual(
      metrics.map((it) => it.metrics),
      [{ queue: 3.5 }, { retries: 2 }, { wait: 2.5 }],
    );
    assert.deepEqual([...new Set(metrics.map((it) => it.agentId))], ["desk"]);
  });
}

for (const encoding of encodings)
  test(`${encoding}: the log of a call whose span is sent is no call more; one whose span is not, or that is about something else, is`, () => {
    const attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "m",
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 10,
      "cockpit.cost.usd": 1,
    };
    const eventName = "gen_ai.client.inference.operation.details";
    const spans = {
      unsampled: { traceId, spanId, traceFlags: 0 },
      none: { traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 1 },
    };
    const [details, exception, older, ...calls] = eventsOf(encoding, "logs", [
      logOf(attributes, { eventName }),
      logOf({ ...attributes, "exception.type": "Timeout" }, { eventName: "gen_ai.client.operation.exception" }),
      logOf({ ...attributes, "event.name": eventName }, { eventName: undefined }),
      logOf(attributes, { eventName, spanContext: undefined }),
      logOf(attributes, { eventName, spanContext: spans.none }),
      logOf(attributes, { eventName, spanContext: spans.unsampled }),
      logOf(attributes),
    ]);
    assert.deepEqual([details, exception, older], [null, null, null]);
    const amounts = { inputTokens: 100, outputTokens: 10, costUsd: 1 };
    const said = { time: ended - 1000, agentId: "billing", operation: "chat", model: "m", ...amounts, error: "error", source: "otlp" };
    const ids = { traceId, spanId };
    assert.deepEqual(
      calls.map(({ id: _, ...it }: FleetEvent) => it),
      [said, said, { ...said, ...ids }, { ...said, ...ids }],
    );
  });

for (const encoding of encodings)
  test(`${encoding}: a log that names an error is of one, whatever its severity; a span of zeros alone has no id`, () => {
    const chat = { "gen_ai.operation.name": "chat" };
    const calm = { severityNumber: 0, severityText: undefined };
    const [failed, well] = eventsOf(encoding, "logs", [logOf({ ...chat, "error.type": "timeout" }, calm), logOf(chat, calm)]);
    assert.deepEqual([failed.error, well.error], ["timeout", undefined]);
    const spanContext = () => ({ traceId: "0".repeat(32), spanId, traceFlags: 1 });
    assert.equal(eventsOf(encoding, "traces", [spanOf(chat, { spanContext })])[0].id, "");
  });

for (const encoding of encodings)
  test(`${encoding}: of a log all is read but its body, which may be a prompt`, () => {
    const [signal] = decoders[encoding]("logs", serialized("logs", encoding, [logOf({ "gen_ai.operation.name": "chat" })]));
    assert.deepEqual(Object.keys(signal ?? {}).toSorted(), [
      "attributes",
      "isError",
      "isSampled",
      "kind",
      "name",
      "origin",
      "raw",
      "resource",
      "spanId",
      "time",
      "traceId",
    ]);
  });

/** Logs and data points have no ids of their own: theirs are digests of what was written. */
const withoutDigest = (path: SignalPath, events: FleetEvent[]) =>
  path === "traces" ? events : events.map((it) => ({ ...it, id: it.id.length }));

test("both encodings of a request are the same events", () => {
  const all = {
    traces: conventions.map(([, it]) => spanOf(it)),
    logs: [logOf({ "gen_ai.operation.name": "chat" })],
    metrics: metricsOf({}),
  };
  for (const path of signalPaths) {
    const [json, protobuf] = encodings.map((it) => withoutDigest(path, eventsOf(it, path, all[path])));
    assert.deepEqual(json, protobuf, path);
  }
});

test("spans that say no ids, or endless ones, are told apart and bounded", () => {
  const span = (traceId: string, spanId: string) => ({
    traceId,
    spanId,
    endTimeUnixNano: "1740974707250000000",
    attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "chat" } }],
  });
  const long = ["a", "b"].map((it) => it.repeat(1_000_000));
  const spans = [span("", ""), span(traceId, ""), ...long.map((it) => span(it, it))];
  const events = decodeJson("traces", JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })).map(eventOf);
  const ids = events.map((it) => it?.id ?? "?");
  assert.deepEqual(ids.slice(0, 2), ["", ""]);
  assert.equal(new Set(ids.slice(2)).size, 2);
  assert.ok(events.every((it) => JSON.stringify(it).length < 1000));
});

/** A result, or a MalformedRequest; anything else fails. */
function isJudged(decode: () => Signal[]): boolean {
  try {
    for (const signal of decode()) eventOf(signal);
    return true;
  } catch (error) {
    if (error instanceof MalformedRequest) return false;
    throw error;
  }
}

const samples = {
  traces: conventions.map(([, it]) => spanOf(it)),
  logs: [logOf({ "gen_ai.operation.name": "chat", "error.type": "timeout" })],
  metrics: metricsOf({ "gen_ai.agent.id": "desk" }),
};

for (const path of signalPaths) {
  const whole = serialized(path, "protobuf", samples[path]);
  test(`protobuf of ${path}: any bytes, cut or changed ones are judged`, () => {
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const changed = changes.map((all) => all.reduce((bytes, [i, value]) => bytes.with(i, value), whole));
    const cut = fc.nat(whole.length).map((end) => whole.slice(0, end));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), changed, cut), (bytes) => void isJudged(() => decodeProtobuf(path, bytes))),
      { numRuns: 2000 },
    );
    assert.equal(
      isJudged(() => decodeProtobuf(path, whole)),
      true,
    );
    assert.equal(
      isJudged(() => decodeProtobuf(path, whole.slice(0, -1))),
      false,
    );
  });

  test(`JSON of ${path}: any JSON, also where something else was expected, is judged`, () => {
    const document: unknown = JSON.parse(Buffer.from(serialized(path, "json", samples[path])).toString());
    const places = placesIn(document);
    const replaced = fc
      .tuple(fc.constantFrom(...places), fc.jsonValue())
      .map(([at, value]) => JSON.stringify(withValue(document, at, value)));
    const text = fc.oneof(fc.string(), fc.json(), replaced);
    fc.assert(
      fc.property(text, (it) => void isJudged(() => decodeJson(path, it))),
      { numRuns: 2000 },
    );
    assert.equal(
      isJudged(() => decodeJson(path, JSON.stringify(document))),
      true,
    );
  });
}

test("a log that is nested too deeply is malformed", () => {
  const deep = 100_000;
  const body = `{"arrayValue":${"[".repeat(deep)}${"]".repeat(deep)}}`;
  const request = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":${body}}]}]}]}`;
  assert.throws(
    () => decodeJson("logs", request),
    new MalformedRequest("no OTLP request of logs: it is nested too deeply, or wrong in too many places"),
  );
});

test("a severity that is an object is none", () => {
  for (const severityNumber of ['{"toString":1,"valueOf":1}', '{"__proto__":null}', "[17]", "null"]) {
    const record = `{"timeUnixNano":"1700000000000000000","severityNumber":${severityNumber},"body":{"stringValue":"x"}}`;
    const [signal] = decodeJson("logs", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`);
    assert.equal(signal?.kind === "log" && signal.isError, false);
  }
});

test("texts that are kept are never taken for each other, however many there are", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `${"agént-".repeat(i % 12)}${i}`);
  const bytes = Buffer.from(names.join(""));
  for (const _ of [1, 2]) {
    let at = 0;
    for (const name of names) {
      const end = at + Buffer.byteLength(name);
      assert.equal(textAt(bytes, at, end), name);
      at = end;
    }
  }
});

type Place = readonly string[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, it]) => placesIn(it, [...at, key]))];
}

function withValue(from: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(from)) return from.map((it, i) => (String(i) === key ? withValue(it, rest, value) : it));
  const entries: [string, unknown][] = Object.entries(Object(from));
  return Object.fromEntries(entries.map(([name, it]) => [name, name === key ? withValue(it, rest, value) : it]));
}

test("a request that is all braces or empty spans is refused before it fills the memory", () => {
  const many = 4_000_000;
  const spans = Buffer.alloc(2 * many);
  for (let i = 0; i < spans.length; i += 2) spans[i] = 0x12;
  const since = process.memoryUsage().heapUsed;
  assert.throws(() => decodeProtobuf("traces", wrap(wrap(spans, 0x12), 0x0a)), /more than 20000 of them; send smaller batches/);
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{}${",{}".repeat(many)}]}]}]}`;
  assert.throws(() => decodeJson("traces", text), /more than 20000 signals; send smaller batches/);
  assert.ok(process.memoryUsage().heapUsed - since < 200e6);
});

test("a request of commas, or of data points with nothing but attributes, is refused, too", () => {
  const attributes = Buffer.alloc(2 * 1_000_000);
  for (let i = 0; i < attributes.length; i += 2) attributes[i] = 0x3a;
  const request = [0x0a, 0x3a, 0x12, 0x12, 0x0a].reduce(wrap, attributes);
  assert.throws(() => decodeProtobuf("metrics", request), /too many attributes of data points; send smaller batches/);
  assert.throws(() => decodeJson("traces", `{"resourceSpans":[],"x":[1${",1".repeat(5_000_000)}]}`), /send smaller batches/);
});

const wrap = (bytes: Buffer, tag: number) => Buffer.concat([Buffer.from([tag, ...varint(bytes.length)]), bytes]);

/** Requests of JSON that are little to send and much to look at closely. */
const laborious: [path: SignalPath, text: string][] = [
  ["traces", `{"resourceSpans":[{"scopeSpans":[{"spans":[{}${",{}".repeat(20_000)}]}]}]}`],
  ["logs", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}${",{}".repeat(20_000)}]}]}]}`],
  ["metrics", `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{}${",{}".repeat(20_000)}]}}]}]}]}`],
  ["metrics", `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{}${",{}".repeat(20_000)}]}]}]}`],
  ["traces", `{"resourceSpans":[{}${",{}".repeat(20_000)}]}`],
  ["traces", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[[]${",[]".repeat(500_000)}]}]}]}]}`],
];
for (const [path, text] of laborious)
  test(`${path} of ${text.slice(0, 90)}… are refused before they are looked at`, () => {
    assert.throws(() => decodeJson(path, text), /more than 20000 signals; send smaller batches/);
  });

function varint(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)];
}

test("JSON may leave out what protobuf may: a status without a code, a key, a value, a severity", () => {
  const attributes = [
    { value: { stringValue: "of no key" } },
    { key: "gen_ai.agent.id", value: { stringValue: "billing" } },
    { key: "gen_ai.request.model" },
  ];
  const spans = [{ traceId: "a", spanId: "b", status: {}, attributes }];
  const [span] = decodeJson("traces", JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  assert.deepEqual(span?.attributes, { "gen_ai.agent.id": "billing" });
  const logRecords = [{ timeUnixNano: "1000000" }];
  const [log] = decodeJson("logs", JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
  assert.equal(log?.kind === "log" && log.time, 1);
});
