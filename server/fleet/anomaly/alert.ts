/** Alerts: one open alert for an agent and what is wrong with it, updated while it lasts, closed when it is over. */

export const alertKinds = [
  "cost-rate",
  "token-use",
  "latency",
  "error-rate",
  "silence",
  "loop",
  "new-model",
  "budget",
  "spike",
  "level-shift",
  "trend",
  "changed-variance",
  "missing-rhythm",
] as const;
export type AlertKind = (typeof alertKinds)[number];

export interface Alert {
  readonly id: string;
  /** The id of the first of the alerts that belong together. */
  readonly groupId: string;
  readonly kind: AlertKind;
  readonly agentId: string;
  /** What was measured, where a kind can be about several things: a metric's name, a budget's, a model. */
  readonly about: string;
  readonly status: "opened" | "updated" | "closed";
  /** Event times, ms. */
  readonly since: number;
  readonly updated: number;
  readonly expected: number;
  readonly seen: number;
  /** Of `expected` and `seen`. */
  readonly unit: string;
  /** 0 to 1. */
  readonly sure: number;
  /** Ids of some of the events that show it, the latest last. */
  readonly events: readonly string[];
  /** Why it was closed. */
  readonly closed?: string;
}

/** What a detector says about an agent now; an alert comes of it when it is sure enough. */
export interface Judgement {
  readonly kind: AlertKind;
  readonly about: string;
  readonly sure: number;
  readonly since: number;
  readonly expected: number;
  readonly seen: number;
  readonly unit: string;
  readonly events: readonly string[];
}

/** An alert that is not closed yet. */
export interface OpenAlert {
  alert: Alert;
  /** How many judgements in a row have found nothing. */
  calm: number;
  /** Event time of the last judgement that was sure of it. */
  touched: number;
}

/** The latest alerts of the fleet, to find out what belongs together. */
export interface Grouping {
  opened: number;
  readonly recent: { kind: AlertKind; groupId: string; time: number }[];
}

export const opensAt = 0.5;
/** By how much something must be surer to be told again. */
export const clearly = 0.15;
const calmBelow = 0.25;
const related = 5 * 60_000;
const maxEvents = 10;
/** Of one agent; what else is wrong with it then is told once something is over. Budgets are exact: theirs always open, and are few. */
const mostOpen = 50;

/** Opens, updates or closes what the judgement is about; returns what changed for those who listen. */
export function consider(
  open: OpenAlert[],
  grouping: Grouping,
  agentId: string,
  it: Judgement,
  time: number,
  patience: number,
): Alert | undefined {
  const found = open.find(({ alert }) => alert.kind === it.kind && alert.about === it.about);
  if (it.sure < opensAt) return found && it.sure < calmBelow && ++found.calm >= patience ? close(open, found, time, "over") : undefined;
  if (found) return update(found, it, time);
  if (open.length >= mostOpen && it.kind !== "budget") return undefined;
  const alert = begin(open, grouping, agentId, it, time);
  open.push({ alert, calm: 0, touched: time });
  return alert;
}

export function close(open: OpenAlert[], it: OpenAlert, time: number, why: string): Alert {
  open.splice(open.indexOf(it), 1);
  return closed(it.alert, time, why);
}

export const closed = (it: Alert, time: number, why: string): Alert => ({
  ...it,
  status: "closed",
  updated: Math.max(time, it.updated),
  closed: why,
});

function begin(open: readonly OpenAlert[], grouping: Grouping, agentId: string, it: Judgement, time: number): Alert {
  const id = `${it.kind}-${Math.floor(time).toString(36)}-${++grouping.opened}`;
  const sameAgent = open.at(-1)?.alert.groupId;
  const sameKind = grouping.recent.find((other) => other.kind === it.kind && Math.abs(time - other.time) <= related)?.groupId;
  const groupId = sameAgent ?? sameKind ?? id;
  grouping.recent.push({ kind: it.kind, groupId, time });
  if (grouping.recent.length > 32) grouping.recent.shift();
  return { ...it, id, groupId, agentId, status: "opened", updated: time, events: it.events.slice(-maxEvents) };
}

/** Told again only when it has become clearly surer or clearly worse. */
function update(found: OpenAlert, it: Judgement, time: number): Alert | undefined {
  found.calm = 0;
  found.touched = Math.max(found.touched, time);
  const before = found.alert;
  const worse = Math.abs(it.seen - it.expected) > 2 * Math.abs(before.seen - before.expected);
  if (it.sure < before.sure + clearly && !worse) return undefined;
  const events = [...new Set([...before.events, ...it.events])].slice(-maxEvents);
  const sure = Math.max(before.sure, it.sure);
  found.alert = { ...before, status: "updated", updated: time, expected: it.expected, seen: it.seen, sure, events };
  return found.alert;
}
