/** What is read of an OTLP request, whichever way it was encoded. Times are milliseconds since 1970; ids are hexadecimal. */
import type { Attributes } from "../../attributes.ts";
import type { Raw } from "./identity.ts";
import { Refusal } from "./refusal.ts";

export interface Span {
  kind: "span";
  resource: Attributes;
  traceId: string;
  spanId: string;
  /** Empty where it has none. */
  parentSpanId: string;
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
  attributes: Attributes;
  isError: boolean;
  /** Its span is sent, too. */
  isSampled: boolean;
  /** Of its resource and scope, a digest. */
  origin: string;
  raw: Raw;
}

/** Zeros alone are none: https://opentelemetry.io/docs/specs/otel/trace/api/#spancontext */
export const isId = (text: string): boolean => /[^0]/.test(text);

/** The lowest of the flags of W3C's trace context. */
export const isSampled = (flags: number): boolean => (flags & 1) === 1;

/** One data point of a metric. */
export interface DataPoint {
  kind: "metric";
  resource: Attributes;
  startedAt: number;
  time: number;
  name: string;
  /** Of a distribution (a histogram or a summary) its sum; NaN where it says none. */
  value: number;
  /** Of a distribution, how many values it sums up. */
  count: number | undefined;
  aggregation: Aggregation;
  attributes: Attributes;
  /** Of its resource and scope, a digest. */
  origin: string;
  raw: Raw;
  /** All of its attributes: with the origin and the name they are the series that it belongs to. */
  labels: readonly Raw[];
}

export interface Aggregation {
  /** Counted from `startedAt` on, not since the point before. */
  isCumulative: boolean;
  /** Only grows, as distributions do. */
  isMonotonic: boolean;
}

export type Signal = Span | LogRecord | DataPoint;

/** By the last part of the request's path, https://opentelemetry.io/docs/specs/otlp/#otlphttp-request. */
export const signalPaths = ["traces", "logs", "metrics"] as const;
export type SignalPath = (typeof signalPaths)[number];

/** Of a request; the exporters' own batches are far smaller, and a few bytes decode into a whole span. */
export const mostSignals = 20_000;

/** Of a request: a signal takes some twenty objects, its attributes with it. */
export const mostObjects = 25 * mostSignals;

export class MalformedRequest extends Refusal {
  override name = "MalformedRequest";

  constructor(message: string) {
    super("malformed", 400, message);
  }
}
