/** Which alerts pause their agent: none unless a policy says so, and never more of the fleet in an hour than it allows. */
import type { Alert, AlertKind } from "./alert.ts";

export interface MothballPolicy {
  readonly kinds: readonly AlertKind[];
  /** How sure the alert must be, 0 to 1. */
  readonly sure: number;
  /** Share of the fleet that may be paused within an hour, 0 to 1; 1 is all. */
  readonly share: number;
}

export interface Signal {
  readonly kind: "mothball";
  readonly agentId: string;
  readonly alertId: string;
  readonly time: number;
  /** True when the policy's limit for the fleet held it back: nothing is to be done but to tell. */
  readonly withheld: boolean;
}

export interface Paused {
  readonly agentId: string;
  readonly time: number;
  /** Told, but not paused. */
  readonly withheld: boolean;
}

export interface Fleet {
  /** Known an hour before, with model calls that told their tokens or cost: of them the share is taken. */
  readonly established: number;
  /** All names. */
  readonly heard: number;
}

const hour = 3_600_000;

/** `paused` holds whom this policy paused lately; it is brought up to date. `time` is the stream's: events of hours ago that come together pause agents within one hour. */
export function signalOf(policy: MothballPolicy, paused: Paused[], alert: Alert, time: number, fleet: () => Fleet): Signal | undefined {
  if (alert.status === "closed" || alert.sure < policy.sure || !policy.kinds.includes(alert.kind)) return undefined;
  const lately = paused.filter((it) => it.time > time - hour);
  paused.splice(0, paused.length, ...lately);
  const withheld = policy.share < 1 && lately.filter((it) => !it.withheld).length >= mostPaused(policy.share, fleet());
  // Told once; who was only told of may still be paused when the policy allows it.
  if (lately.some((it) => it.agentId === alert.agentId && (withheld || !it.withheld))) return undefined;
  paused.push({ agentId: alert.agentId, time, withheld });
  return { kind: "mothball", agentId: alert.agentId, alertId: alert.id, time, withheld };
}

/** After the time moved by so much more than has passed, ms: whom this policy paused within an hour it still did. */
export function holdPauses(paused: Paused[], ms: number): void {
  paused.splice(0, paused.length, ...paused.map((it) => ({ ...it, time: it.time + ms })));
}

/** Within an hour. While nobody is established the share is of all names, but one agent at most: names are made up at no cost. */
function mostPaused(share: number, { established, heard }: Fleet): number {
  const shareOf = (agents: number) => Math.floor(share * agents + 1e-9);
  return established > 0 ? shareOf(established) : Math.min(1, shareOf(heard));
}
