/** OTLP requests as OpenTelemetry's own serializers write them. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Encoding } from "../../../server/telemetry/connectors/otlp/body.ts";
import type { SignalPath } from "../../../server/telemetry/connectors/otlp/signals.ts";
import { npmTool } from "../../tools/npm.ts";

interface Serializer {
  serializeRequest(items: unknown): Uint8Array;
}

const home = await npmTool("@opentelemetry/otlp-transformer", "0.301.1");
const transformer: Record<string, Serializer> = await import(pathToFileURL(join(home, "dist/index.mjs")).href);
const names = { traces: "Trace", logs: "Logs", metrics: "Metrics" } as const;

export function serialized(path: SignalPath, encoding: Encoding, items: unknown): Uint8Array {
  const serializer = transformer[`${encoding === "json" ? "Json" : "Protobuf"}${names[path]}Serializer`];
  if (!serializer) throw new Error(`no serializer of ${path}`);
  return serializer.serializeRequest(items);
}

export const traceId = "0af7651916cd43dd8448eb211c80319c";
export const spanId = "b7ad6b7169203331";
const resource = { attributes: { "service.name": "billing" }, asyncAttributesPending: false };
const instrumentationScope = { name: "test", version: "1" };
const at: [seconds: number, nanos: number] = [1_740_974_706, 250_000_000];

/** As the SDK hands a span to its exporter. */
export const spanOf = (attributes: Record<string, unknown>, more: object = {}) => ({
  name: "chat gpt-4o",
  kind: 2,
  spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
  startTime: at,
  endTime: [at[0] + 1, at[1]],
  duration: [1, 0],
  status: { code: 0 },
  attributes,
  links: [],
  events: [],
  ended: true,
  resource,
  instrumentationScope,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  ...more,
});

export const logOf = (attributes: Record<string, unknown>, more: object = {}) => ({
  hrTime: at,
  hrTimeObserved: at,
  spanContext: { traceId, spanId, traceFlags: 1 },
  severityNumber: 17,
  severityText: "ERROR",
  body: "it went wrong",
  eventName: "gen_ai.failure",
  resource,
  instrumentationScope,
  attributes,
  droppedAttributesCount: 0,
  ...more,
});

/** As the SDK's `DataPointType` and `AggregationTemporality`; an exponential histogram is written as its own kind. */
export const kinds = { histogram: 0, exponential: 1, gauge: 2, sum: 3 } as const;
export const temporalities = { delta: 0, cumulative: 1 } as const;

export interface MetricPoint {
  attributes?: Record<string, unknown>;
  value: unknown;
  /** Seconds since `at`. */
  after?: number;
  /** When its sum began, seconds since `at`. */
  since?: number;
}

export const metricOf = (
  name: string,
  kind: keyof typeof kinds,
  temporality: keyof typeof temporalities,
  points: readonly MetricPoint[],
  isMonotonic = true,
) => ({
  descriptor: { name, description: "", unit: "1", valueType: 1, advice: {}, type: "GAUGE" },
  aggregationTemporality: temporalities[temporality],
  dataPointType: kinds[kind],
  isMonotonic,
  dataPoints: points.map(({ attributes = {}, value, after = 0, since = 0 }) => ({
    startTime: [at[0] + since, at[1]],
    endTime: [at[0] + after, at[1]],
    attributes,
    value,
  })),
});

export const histogramOf = (count: number, sum: number) => ({
  buckets: { boundaries: [1, 2], counts: [count, 0, 0] },
  sum,
  count,
  min: 0,
  max: sum,
});

export const exponentialOf = (count: number, sum: number) => ({
  scale: 1,
  zeroCount: 0,
  positive: { offset: 0, bucketCounts: [count] },
  negative: { offset: 0, bucketCounts: [] },
  sum,
  count,
  min: 0,
  max: sum,
});

export const metricsRequest = (metrics: readonly unknown[]) => ({ resource, scopeMetrics: [{ scope: instrumentationScope, metrics }] });

/** One gauge, one sum and one histogram. */
export const metricsOf = (attributes: Record<string, unknown>) =>
  metricsRequest([
    metricOf("queue", "gauge", "cumulative", [{ attributes, value: 3.5 }]),
    metricOf("retries", "sum", "cumulative", [{ attributes, value: 2 }]),
    metricOf("wait", "histogram", "cumulative", [{ attributes, value: histogramOf(4, 10) }]),
  ]);
