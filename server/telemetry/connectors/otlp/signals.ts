/** What is read of an OTLP request, whichever way it was encoded. Times are milliseconds since 1970; ids are hexadecimal. */
import type { Attributes } from "../../attributes.ts";

export interface Span {
  kind: "span";
  resource: Attributes;
  traceId: string;
  spanId: string;
  startedAt: number;
  endedAt: number;
  attributes: Attributes;
  isError: boolean;
}

export interface LogRecord {
  kind: "log";
  resource: Attributes;
  time: number;
  traceId: string;
  spanId: string;
  name: string;
  /** Where the body is a text. */
  body: string;
  attributes: Attributes;
  isError: boolean;
}

/** One data point of a metric; of a histogram its mean. */
export interface DataPoint {
  kind: "metric";
  resource: Attributes;
  time: number;
  name: string;
  value: number;
  attributes: Attributes;
}

export type Signal = Span | LogRecord | DataPoint;

/** By the last part of the request's path, https://opentelemetry.io/docs/specs/otlp/#otlphttp-request. */
export const signalPaths = ["traces", "logs", "metrics"] as const;
export type SignalPath = (typeof signalPaths)[number];

/** Of a request; the exporters' own batches are far smaller, and a few bytes decode into a whole span. */
export const mostSignals = 100_000;

export class MalformedRequest extends Error {
  override name = "MalformedRequest";
}
