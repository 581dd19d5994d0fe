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

export const logOf = (attributes: Record<string, unknown>) => ({
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
});

/** One gauge, one sum and one histogram. */
export const metricsOf = (attributes: Record<string, unknown>) => {
  const points = (value: unknown) => [{ startTime: at, endTime: at, attributes, value }];
  const descriptor = (name: string) => ({ name, description: "", unit: "1", valueType: 1, advice: {}, type: "GAUGE" });
  const histogram = { buckets: { boundaries: [1, 2], counts: [1, 1, 2] }, sum: 10, count: 4, min: 0.5, max: 5 };
  const metrics = [
    { descriptor: descriptor("queue"), aggregationTemporality: 1, dataPointType: 2, dataPoints: points(3.5) },
    { descriptor: descriptor("retries"), aggregationTemporality: 1, dataPointType: 3, isMonotonic: true, dataPoints: points(2) },
    { descriptor: descriptor("wait"), aggregationTemporality: 1, dataPointType: 0, dataPoints: points(histogram) },
  ];
  return { resource, scopeMetrics: [{ scope: instrumentationScope, metrics }] };
};
