/** The one model of the fleet: findings, live figures, alerts and pauses in, rows and totals out. Nothing else decides what health an agent has. */
import type { Alert } from "../anomaly/alert.ts";
import type { AuditedAgent, FleetRow, FleetTotals, LiveAgent, Pausing, Watching } from "./fleet-row.ts";

export interface FleetModel {
  /** Replaces what was known of these agents; `gone` are keys of agents that are no more. */
  audit(agents: readonly AuditedAgent[], gone?: readonly string[]): void;
  live(agents: readonly LiveAgent[], gone?: readonly string[]): void;
  alert(alert: Alert): void;
  /** All that are paused, by agent id; `*` stands for all. */
  pause(paused: ReadonlyMap<string, Pausing>): void;
  watch(watching: Watching): void;
  /** Forgets what was heard: another watcher begins. */
  resetLive(): void;
  /** Keys of rows that are other ones than when this was asked last. */
  takeChanged(): readonly string[];
  row(key: string): FleetRow | undefined;
  /** The worst first; an order that does not depend on live figures, so that rows keep their places. `now` in milliseconds since 1970. */
  rows(now: number): readonly FleetRow[];
  totals(now: number): FleetTotals;
}
