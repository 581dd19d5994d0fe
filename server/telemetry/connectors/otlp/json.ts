/** Reads OTLP requests from JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal, 64-bit numbers as strings or numbers. */
import * as z from "zod";
import { type Attributes, type AttributeValue, knownAttributes } from "../../attributes.ts";
import { MalformedRequest, mostSignals, type Signal, type SignalPath } from "./signals.ts";

export function decodeJson(path: SignalPath, source: string): Signal[] {
  const parsed = requests[path].safeParse(parse(source));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MalformedRequest(`no OTLP request of ${path} in JSON: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
}

/** A signal takes some twenty objects. What is made of braces alone would fill the memory. */
const mostObjects = 20 * mostSignals;

function refuseMore(source: string) {
  let objects = 0;
  for (let at = source.indexOf("{"); at >= 0; at = source.indexOf("{", at + 1))
    if (++objects > mostObjects) throw new MalformedRequest(`more than ${mostSignals} signals; send smaller batches`);
}

function parse(source: string): unknown {
  refuseMore(source);
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new MalformedRequest(`no JSON: ${error instanceof Error ? error.message : error}`);
  }
}

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
const milliseconds = number.nullish().transform((it) => (it ?? 0) / 1e6);

const value = z
  .object({ stringValue: z.string(), boolValue: z.boolean(), intValue: number, doubleValue: number })
  .partial()
  .transform((it): AttributeValue | undefined => it.stringValue ?? it.boolValue ?? it.intValue ?? it.doubleValue);

const attributes = list(z.object({ key: z.string(), value: z.unknown().optional() })).transform((pairs): Attributes => {
  const known = pairs.filter(({ key }) => knownAttributes.has(key)).map((it) => [it.key, value.safeParse(it.value).data] as const);
  return Object.fromEntries(known.flatMap(([key, it]) => (it === undefined ? [] : [[key, it]])));
});

const resource = z
  .object({ attributes })
  .nullish()
  .transform((it) => it?.attributes ?? {});

const span = z
  .object({
    traceId: text,
    spanId: text,
    startTimeUnixNano: milliseconds,
    endTimeUnixNano: milliseconds,
    attributes,
    status: z.object({ code: z.unknown().optional() }).nullish(),
  })
  .transform(({ traceId, spanId, startTimeUnixNano, endTimeUnixNano, attributes, status }) => ({
    kind: "span" as const,
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    startedAt: startTimeUnixNano,
    endedAt: endTimeUnixNano,
    attributes,
    isError: status?.code === 2 || status?.code === "STATUS_CODE_ERROR",
  }));

const log = z
  .object({
    timeUnixNano: milliseconds,
    observedTimeUnixNano: milliseconds,
    severityNumber: z.union([z.number(), z.string()]).optional().catch(undefined),
    body: value.nullish(),
    attributes,
    traceId: text,
    spanId: text,
    eventName: text,
  })
  .transform(({ timeUnixNano, observedTimeUnixNano, severityNumber, body, attributes, traceId, spanId, eventName }) => ({
    kind: "log" as const,
    time: timeUnixNano || observedTimeUnixNano,
    traceId: traceId.toLowerCase(),
    spanId: spanId.toLowerCase(),
    name: eventName,
    body: String(body ?? ""),
    attributes,
    isError: Number(severityNumber) >= 17 || /ERROR|FATAL/.test(String(severityNumber)),
  }));

const point = z
  .object({
    timeUnixNano: milliseconds,
    asDouble: number.optional(),
    asInt: number.optional(),
    count: number.optional(),
    sum: number.optional(),
    attributes,
  })
  .transform(({ timeUnixNano, asDouble, asInt, count, sum, attributes }) => ({
    kind: "metric" as const,
    time: timeUnixNano,
    value: asDouble ?? asInt ?? (sum ?? Number.NaN) / (count ?? 0),
    attributes,
  }));
const points = z
  .object({ dataPoints: list(point) })
  .nullish()
  .transform((it) => it?.dataPoints ?? []);
const metric = z
  .object({ name: text, gauge: points, sum: points, histogram: points })
  .transform(({ name, gauge, sum, histogram }) => [...gauge, ...sum, ...histogram].map((it) => ({ ...it, name })));

const requests: Record<SignalPath, z.ZodType<Signal[]>> = {
  traces: z.object({ resourceSpans: list(z.object({ resource, scopeSpans: list(z.object({ spans: list(span) })) })) }).transform((it) =>
    it.resourceSpans.flatMap((group) =>
      inResource(
        group.resource,
        group.scopeSpans.flatMap(({ spans }) => spans),
      ),
    ),
  ),
  logs: z.object({ resourceLogs: list(z.object({ resource, scopeLogs: list(z.object({ logRecords: list(log) })) })) }).transform((it) =>
    it.resourceLogs.flatMap((group) =>
      inResource(
        group.resource,
        group.scopeLogs.flatMap(({ logRecords }) => logRecords),
      ),
    ),
  ),
  metrics: z
    .object({ resourceMetrics: list(z.object({ resource, scopeMetrics: list(z.object({ metrics: list(metric) })) })) })
    .transform((it) =>
      it.resourceMetrics.flatMap((group) =>
        inResource(
          group.resource,
          group.scopeMetrics.flatMap(({ metrics }) => metrics.flat()),
        ),
      ),
    ),
};

const inResource = <T extends object>(resource: Attributes, signals: readonly T[]) => signals.map((it) => ({ ...it, resource }));
