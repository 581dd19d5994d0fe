/** A place that alerts and signals go to. */
import { alertText } from "../../fleet/alert-text.ts";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { Outcome } from "../../fleet/anomaly/anomaly.ts";
import type { Signal } from "../../fleet/anomaly/mothball.ts";

/** A signal that says for itself who pauses the agent, and why. */
export type Pause = Signal & { readonly by: string; readonly reason: string };

export type News = { kind: "alert"; alert: Alert } | { kind: "signal"; signal: Pause };

export interface Sink {
  name: string;
  /** Never throws and never makes the caller wait; what cannot be delivered is counted and told in the sink's own way. */
  tell(news: readonly News[]): void;
  /** Delivers what can still be delivered in a moment. */
  close(): Promise<void>;
}

/** The alert that a signal is about is told together with it, and before it. */
export function newsOf({ alerts, signals }: Outcome): News[] {
  return [
    ...alerts.map((alert) => ({ kind: "alert" as const, alert })),
    ...signals.map((signal) => ({ kind: "signal" as const, signal: { ...signal, by: "cockpit", reason: reasonOf(signal, alerts) } })),
  ];
}

function reasonOf({ alertId }: Signal, alerts: readonly Alert[]): string {
  const alert = alerts.find((it) => it.id === alertId);
  return alert ? `${alertText(alert)} (alert ${alertId})` : `alert ${alertId}`;
}
