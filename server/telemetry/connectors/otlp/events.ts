/** Turns what OTLP carries into events. Spans and logs that are about no model and no agent are none. */
import { hash } from "node:crypto";
import type { FleetEvent } from "../../../fleet/event.ts";
import { eventOf } from "../../attribute-events.ts";
import { hasMeaning } from "../../attributes.ts";
import type { DataPoint, LogRecord, Signal, Span } from "./signals.ts";

export function eventOfSignal(signal: Signal): FleetEvent | undefined {
  if (signal.kind === "metric") return metricEvent(signal);
  if (!hasMeaning(signal.attributes, "operation") && !hasMeaning(signal.attributes, "model")) return undefined;
  return signal.kind === "span" ? spanEvent(signal) : logEvent(signal);
}

const source = "otlp";

// Times are rounded to what the lake keeps, so that who learns from it after a crash learns the same.

function spanEvent({ resource, attributes, traceId, spanId, startedAt, endedAt, isError }: Span): FleetEvent {
  const durationMs = startedAt > 0 ? Math.max(endedAt - startedAt, 0) : undefined;
  return eventOf(
    { ...resource, ...attributes },
    {
      id: traceId && spanId ? bounded(`${traceId}-${spanId}`) : "",
      time: Math.round(endedAt || startedAt),
      durationMs,
      traceId: bounded(traceId),
      spanId: bounded(spanId),
      isError,
      source,
    },
  );
}

/** A log has no id of its own, so what it says is its id. */
function logEvent({ resource, attributes, time, traceId, spanId, name, body, isError }: LogRecord): FleetEvent {
  const all = { ...resource, ...attributes };
  const id = digest([time, traceId, spanId, name, body, all]);
  return eventOf(all, {
    id,
    time: Math.round(time),
    traceId: bounded(traceId) || undefined,
    spanId: bounded(spanId) || undefined,
    isError,
    source,
  });
}

function metricEvent({ resource, attributes, time, name, value }: DataPoint): FleetEvent | undefined {
  if (!Number.isFinite(value) || name === "") return undefined;
  const all = { ...resource, ...attributes };
  return {
    ...eventOf(all, { id: digest([time, name, all]), time: Math.round(time), isError: false, source, metrics: { [bounded(name)]: value } }),
    operation: undefined,
  };
}

/** Ids of OpenTelemetry are far shorter; what some sender makes up is kept for each event. */
const bounded = (text: string) => (text.length > 128 ? digest([text]) : text);

const digest = (parts: readonly unknown[]) => hash("sha256", JSON.stringify(parts), "base64url");
