/** Reads OTLP requests from JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal, 64-bit numbers as strings or numbers. */
import * as z from "zod";
import { messageOf } from "../../../protocol/message-of.ts";
import { type Attributes, type AttributeValue, knownAttributes } from "../../attributes.ts";
import { digest } from "./identity.ts";
import { isSampled, MalformedRequest, mostObjects, mostSignals, type Signal, type SignalPath } from "./signals.ts";

export function decodeJson(path: SignalPath, source: string): Signal[] {
  const request = parse(source);
  refuseMore(path, request);
  const parsed = check(path, request);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MalformedRequest(`no OTLP request of ${path} in JSON: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
}

function check(path: SignalPath, request: unknown) {
  try {
    return requests[path].safeParse(request);
  } catch (error) {
    if (error instanceof RangeError)
      throw new MalformedRequest(`no OTLP request of ${path}: it is nested too deeply, or wrong in too many places`);
    throw error;
  }
}

function parse(source: string): unknown {
  // What is made of brackets or of commas alone would fill the memory; texts have some, too.
  if (hasMore(source, ["{", "["], 4 * mostObjects) || hasMore(source, [","], 8 * mostObjects)) throw tooMany();
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new MalformedRequest(`no JSON: ${messageOf(error)}`);
  }
}

function hasMore(source: string, marks: readonly string[], most: number): boolean {
  let count = 0;
  for (const mark of marks) for (let at = source.indexOf(mark); at >= 0 && count <= most; at = source.indexOf(mark, at + 1)) count++;
  return count > most;
}

/** Before anything is made of it: to look at an object closely takes far longer than to read it. */
function refuseMore(path: SignalPath, request: unknown) {
  if (signalsIn(request, nesting[path]) > mostSignals) throw tooMany();
  const open = [request];
  for (let seen = 0; open.length > 0; seen++) {
    if (seen + open.length > mostObjects) throw tooMany();
    for (const it of partsOf(open.pop())) if (typeof it === "object" && it !== null) open.push(it);
  }
}

/** An array is not copied. */
const partsOf = (it: unknown): readonly unknown[] => (Array.isArray(it) ? it : Object.values(Object(it)));

const tooMany = () => new MalformedRequest(`more than ${mostSignals} signals; send smaller batches`);

/** Under which names the signals of a request are, and what they stand in. */
const nesting: Readonly<Record<SignalPath, readonly string[]>> = {
  traces: ["resourceSpans", "scopeSpans", "spans"],
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics", "dataPoints"],
};

function signalsIn(value: unknown, [name, ...deeper]: readonly string[]): number {
  if (name === undefined || !isRecord(value)) return 0;
  // The points of a metric are below its kind.
  const lists = name === "dataPoints" ? Object.values(value).map((it) => (isRecord(it) ? it[name] : undefined)) : [value[name]];
  return lists.flat().reduce((sum: number, it) => sum + 1 + signalsIn(it, deeper), 0);
}

/** Absent and null are empty, as in protobuf. */
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((it) => it ?? []);
const text = z
  .string()
  .nullish()
  .transform((it) => it ?? "");
const number = z.union([z.number(), z.string().transform(Number)]);
/** Of nanoseconds. */
const milliseconds = number.nullish().transform((it) => (it ?? 0) / 1e6);

/** `AnyValue`: a text, a boolean or a number; undefined for lists and maps. */
const value = z
  .object({ stringValue: z.string(), boolValue: z.boolean(), intValue: number, doubleValue: number })
  .partial()
  .transform((it): AttributeValue | undefined => it.stringValue ?? it.boolValue ?? it.intValue ?? it.doubleValue);

/** Only those that somebody reads. */
const attributes = list(z.object({ key: text, value: z.unknown().optional() })).transform((pairs): Attributes => {
  const known = pairs.filter(({ key }) => knownAttributes.has(key)).map((it) => [it.key, value.safeParse(it.value).data] as const);
  return Object.fromEntries(known.flatMap(([key, it]) => (it === undefined ? [] : [[key, it]])));
});

/** What was written, as a text. */
const raw = z
  .unknown()
  .optional()
  .transform((it) => JSON.stringify(it) ?? "");

/** Beside what is read of it, what was written. */
const withRaw = (it: unknown) => (isRecord(it) ? { ...it, raw: it, labels: it.attributes } : it);
const isRecord = (it: unknown): it is Record<string, unknown> => typeof it === "object" && it !== null && !Array.isArray(it);

const resource = z.preprocess(withRaw, z.object({ attributes, raw }).nullish()).transform((it) => it ?? { attributes: {}, raw: "" });

const span = z
  .object({
    traceId: text,
    spanId: text,
    parentSpanId: text,
    startTimeUnixNano: milliseconds,
    endTimeUnixNano: milliseconds,
    attributes,
    status: z.object({ code: z.unknown().optional() }).nullish(),
  })
  .transform(({ traceId, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, attributes, status }) => ({
    kind: "span" as const,
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    parentSpanId: parentSpanId.toLowerCase(),
    startedAt: startTimeUnixNano,
    endedAt: endTimeUnixNano,
    attributes,
    isError: status?.code === 2 || status?.code === "STATUS_CODE_ERROR",
  }));

const log = z
  .preprocess(
    withRaw,
    z.object({
      timeUnixNano: milliseconds,
      observedTimeUnixNano: milliseconds,
      severityNumber: z.union([z.number(), z.string()]).optional().catch(undefined),
      attributes,
      traceId: text,
      spanId: text,
      eventName: text,
      flags: number.nullish(),
      raw,
    }),
  )
  .transform(({ timeUnixNano, observedTimeUnixNano, severityNumber, attributes, traceId, spanId, eventName, flags, raw }) => ({
    kind: "log" as const,
    time: timeUnixNano || observedTimeUnixNano,
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    name: eventName,
    attributes,
    isError: Number(severityNumber) >= 17 || /ERROR|FATAL/.test(String(severityNumber)),
    isSampled: isSampled(flags ?? 0),
    raw,
  }));

const point = z
  .preprocess(
    withRaw,
    z.object({
      startTimeUnixNano: milliseconds,
      timeUnixNano: milliseconds,
      asDouble: number.optional(),
      asInt: number.optional(),
      count: number.optional(),
      sum: number.optional(),
      attributes,
      raw,
      labels: raw,
    }),
  )
  .transform(({ startTimeUnixNano, timeUnixNano, asDouble, asInt, count, sum, attributes, raw, labels }) => ({
    kind: "metric" as const,
    startedAt: startTimeUnixNano,
    time: timeUnixNano,
    value: asDouble ?? asInt ?? sum ?? Number.NaN,
    count,
    attributes,
    raw,
    labels: [labels],
  }));

/** Of one kind of metric: a histogram or a summary is a distribution, and a summary says no temporality, being cumulative. */
const pointsOf = ({ isDistribution = false, isCumulative = false } = {}) =>
  z
    .object({ dataPoints: list(point), aggregationTemporality: z.unknown().optional(), isMonotonic: z.unknown().optional() })
    .nullish()
    .transform((it) => {
      const aggregation = {
        isCumulative: isCumulative || cumulative.has(it?.aggregationTemporality),
        isMonotonic: isDistribution || it?.isMonotonic === true,
      };
      return (it?.dataPoints ?? []).map((of) => ({ ...of, count: isDistribution ? (of.count ?? 0) : undefined, aggregation }));
    });
const cumulative: ReadonlySet<unknown> = new Set([2, "AGGREGATION_TEMPORALITY_CUMULATIVE"]);

const metric = z
  .object({
    name: text,
    gauge: pointsOf(),
    sum: pointsOf(),
    histogram: pointsOf({ isDistribution: true }),
    exponentialHistogram: pointsOf({ isDistribution: true }),
    summary: pointsOf({ isDistribution: true, isCumulative: true }),
  })
  .transform(({ name, ...kinds }) =>
    Object.values(kinds)
      .flat()
      .map((it) => ({ ...it, name })),
  );

const requests: Record<SignalPath, z.ZodType<Signal[]>> = {
  traces: z
    .object({ resourceSpans: list(z.object({ resource, scopeSpans: list(z.object({ spans: list(span) })) })) })
    .transform((it) =>
      it.resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans.flatMap(({ spans }) => spans.map((it) => ({ ...it, resource: resource.attributes }))),
      ),
    ),
  logs: z
    .object({ resourceLogs: list(z.object({ resource, scopeLogs: list(z.object({ scope: raw, logRecords: list(log) })) })) })
    .transform((it) =>
      it.resourceLogs.flatMap(({ resource, scopeLogs }) =>
        scopeLogs.flatMap(({ scope, logRecords }) => withOrigin(resource, scope, logRecords)),
      ),
    ),
  metrics: z
    .object({ resourceMetrics: list(z.object({ resource, scopeMetrics: list(z.object({ scope: raw, metrics: list(metric) })) })) })
    .transform((it) =>
      it.resourceMetrics.flatMap(({ resource, scopeMetrics }) =>
        scopeMetrics.flatMap(({ scope, metrics }) => withOrigin(resource, scope, metrics.flat())),
      ),
    ),
};

function withOrigin<T extends object>({ attributes, raw }: z.infer<typeof resource>, scope: string, signals: readonly T[]) {
  const origin = digest(raw, scope);
  return signals.map((it) => ({ ...it, resource: attributes, origin }));
}
