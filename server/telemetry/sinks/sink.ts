/** A place that alerts and signals go to. */
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { Signal } from "../../fleet/anomaly/mothball.ts";

export type News = { kind: "alert"; alert: Alert } | { kind: "signal"; signal: Signal };

export interface Sink {
  name: string;
  /** Never throws and never makes the caller wait; what cannot be delivered is counted and told in the sink's own way. */
  tell(news: readonly News[]): void;
  /** Delivers what can still be delivered in a moment. */
  close(): Promise<void>;
}
