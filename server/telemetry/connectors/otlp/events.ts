/** Turns what OTLP carries into events. Spans and logs that are about no model and no agent are none. */
import type { FleetEvent } from "../../../fleet/event.ts";
import { eventOf } from "../../attribute-events.ts";
import { hasMeaning, textOf } from "../../attributes.ts";
import { digest } from "./identity.ts";
import type { ReadPoint } from "./readings.ts";
import { type DataPoint, isId, type LogRecord, type Signal, type Span } from "./signals.ts";

export function eventOfSignal(signal: Signal, readPoint: ReadPoint): FleetEvent | undefined {
  if (signal.kind === "metric") return metricEvent(signal, readPoint(signal));
  if (!hasMeaning(signal.attributes, "operation") && !hasMeaning(signal.attributes, "model")) return undefined;
  if (signal.kind === "span") return spanEvent(signal);
  return repeatsSpan(signal) ? undefined : logEvent(signal);
}

const source = "otlp";

// Times are rounded to what the lake keeps, so that who learns from it after a crash learns the same.

function spanEvent({ resource, attributes, traceId, spanId, startedAt, endedAt, isError }: Span): FleetEvent {
  const durationMs = startedAt > 0 ? Math.max(endedAt - startedAt, 0) : undefined;
  return eventOf(
    { ...resource, ...attributes },
    {
      id: isId(traceId) && isId(spanId) ? bounded(`${traceId}-${spanId}`) : "",
      time: Math.round(endedAt || startedAt),
      durationMs,
      traceId: bounded(traceId),
      spanId: bounded(spanId),
      isError,
      source,
    },
  );
}

/** A log has no id of its own, so what it says is its id. Its severity may say nothing of an error that its attributes name. */
function logEvent({ resource, attributes, time, traceId, spanId, isError, origin, raw }: LogRecord): FleetEvent {
  return eventOf(
    { ...resource, ...attributes },
    {
      id: digest(origin, raw),
      time: Math.round(time),
      traceId: isId(traceId) ? bounded(traceId) : undefined,
      spanId: isId(spanId) ? bounded(spanId) : undefined,
      isError: isError || textOf(attributes, "error") !== undefined,
      source,
    },
  );
}

/** Its span, which is sent where it is sampled, says the same: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-events/ */
const repeatsSpan = ({ name, attributes, traceId, spanId, isSampled }: LogRecord) =>
  isSampled && isId(traceId) && isId(spanId) && repeats.has(name || (textOf(attributes, "eventName") ?? ""));

const repeats: ReadonlySet<string> = new Set(["gen_ai.client.inference.operation.details", "gen_ai.client.operation.exception"]);

function metricEvent(point: DataPoint, value: number | undefined): FleetEvent | undefined {
  if (value === undefined || !Number.isFinite(value) || point.name === "") return undefined;
  const all = { ...point.resource, ...point.attributes };
  const id = digest(point.origin, point.name, point.raw);
  const metrics = { [metricName(point.name, textOf(all, "tokenType"))]: value };
  return { ...eventOf(all, { id, time: Math.round(point.time), isError: false, source, metrics }), operation: undefined };
}

/** One metric of OpenTelemetry counts the tokens of both directions. */
const metricName = (name: string, tokenType: string | undefined) => bounded(tokenType ? `${name}.${tokenType}` : name);

/** Ids of OpenTelemetry are far shorter; what some sender makes up is kept for each event. */
const bounded = (text: string) => (text.length > 128 ? digest(text) : text);
