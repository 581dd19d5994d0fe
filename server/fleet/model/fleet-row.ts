/** What the cockpit says of an agent and of a fleet, wherever it says it: the Forest, the terminal, `fleet status` and the JSON outputs. */
import type { Alert } from "../anomaly/alert.ts";

/** Worst first. */
export const healths = ["critical", "warning", "green"] as const;
export type Health = (typeof healths)[number];

/** What an audit found of an agent: the report's shape and the editor's both fit. `key` tells apart agents of one id in several folders. */
export interface AuditedAgent {
  readonly key: string;
  readonly id: string;
  /** The workspace folder's URI or path; empty where there is only one. */
  readonly folder: string;
  /** Relative to `folder`, `/`-separated. */
  readonly root: string;
  readonly language: string;
  readonly frameworks: readonly string[];
  /** As CODEOWNERS names them. */
  readonly owners: readonly string[];
  readonly findings: readonly AuditedFinding[];
  readonly notRun: readonly { readonly file: string; readonly reason: string }[];
}

export interface AuditedFinding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly file: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
  readonly fix: null | { readonly title: string; readonly safety: "safe" | "suggestion" };
}

/** What Live Wire knows of an agent now. Rates are those of the last minute; whoever has not spoken in it has 0 of everything. */
export interface LiveAgent {
  readonly agentId: string;
  /** Time of its last event, milliseconds since 1970. */
  readonly heard: number;
  readonly callsPerMinute: number;
  readonly errorsPerMinute: number;
  /** `null` where calls told no tokens. */
  readonly tokensPerMinute: number | null;
  /** US dollars. `null` where calls used tokens whose price nobody knows. */
  readonly usdPerHour: number | null;
  /** Milliseconds; `null` where no call told its duration. */
  readonly p95Ms: number | null;
}

export interface Pausing {
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/**
 * How far what is known of an agent can be trusted to be of now. `live`: heard by a watcher that runs. `quiet`: a watcher runs, and has not heard it for a while. `stale`: it was
 * heard, and no watcher runs or answers now, or one that has begun has not told of it yet. `unheard`: no event of it is known, so only its findings speak.
 */
export const freshnesses = ["live", "quiet", "stale", "unheard"] as const;
export type Freshness = (typeof freshnesses)[number];

export interface FleetRow {
  readonly key: string;
  readonly agentId: string;
  readonly health: Health;
  /** Why it is not green, the worst first: a sentence each. It may hold senders' words: who shows it escapes it. */
  readonly reasons: readonly Reason[];
  /** Since when at least it is as unwell as it is, milliseconds since 1970; `undefined` where no reason of that health knows, as findings do not. */
  readonly since: number | undefined;
  readonly freshness: Freshness;
  readonly paused: Pausing | undefined;
  /** `undefined` for who is heard and is no agent of the workspace. */
  readonly audited: AuditedAgent | undefined;
  readonly live: LiveAgent | undefined;
  /** Open ones, the latest last. */
  readonly alerts: readonly Alert[];
}

export interface Reason {
  readonly health: Health;
  readonly text: string;
  readonly since: number | undefined;
}

/** Sums over rows. What is not known is `null`, never 0. */
export interface FleetTotals {
  readonly agents: number;
  readonly byHealth: Readonly<Record<Health, number>>;
  readonly byFreshness: Readonly<Record<Freshness, number>>;
  readonly paused: number;
  readonly usdPerHour: number | null;
  /** Agents whose spend is not known and not in `usdPerHour`. */
  readonly unpriced: number;
  readonly tokensPerMinute: number | null;
  readonly callsPerMinute: number | null;
  /** Share of calls, 0 to 1; `null` without calls. */
  readonly errorRate: number | null;
  /** Milliseconds since the latest event; `null` where none is known. */
  readonly dataAgeMs: number | null;
}

/** What somebody who looks closely at an agent sees: values by time over a range, and the last events. */
export interface AgentDetail {
  readonly agentId: string;
  /** Begin of the first step, milliseconds since 1970. */
  readonly start: number;
  readonly stepMs: number;
  /** Up to when it tells, milliseconds since 1970: the last step is under way. */
  readonly until: number;
  /** One value a step; `null` where nothing is known of the step: nobody watched then, or no call told it. */
  readonly calls: readonly (number | null)[];
  readonly errors: readonly (number | null)[];
  readonly tokens: readonly (number | null)[];
  readonly usd: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  /** The latest last. */
  readonly lastEvents: readonly DetailEvent[];
}

export interface DetailEvent {
  readonly id: string;
  readonly time: number;
  readonly operation: string | null;
  readonly model: string | null;
  readonly tokens: number | null;
  readonly costUsd: number | null;
  readonly durationMs: number | null;
  readonly error: string | null;
}

/** Time ranges of `AgentDetail`, milliseconds. */
export const ranges = { "15 min": 900_000, "1 h": 3_600_000, "6 h": 21_600_000, "24 h": 86_400_000 } as const;
export type Range = keyof typeof ranges;
export const rangeNames = ["15 min", "1 h", "6 h", "24 h"] as const satisfies readonly Range[];

/** Whether there is a watcher, as far as who looks can tell. */
export type Watching =
  | { readonly kind: "off" }
  | { readonly kind: "watching"; readonly eventsPerSecond: number | null }
  /** There was one, and it does not answer. */
  | { readonly kind: "lost"; readonly since: number; readonly message: string };
