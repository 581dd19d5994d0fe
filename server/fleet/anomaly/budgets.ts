/** Hard budgets: sums over calendar hours and days (UTC), exact, apart from all statistics. */
import type { FleetEvent } from "../event.ts";
import type { Judgement } from "./alert.ts";

export interface Budget {
  /** One agent, or "*" for each agent on its own. */
  readonly agentId: string;
  readonly unit: "usd" | "tokens";
  readonly per: "hour" | "day";
  readonly limit: number;
}

/** What was spent of one budget: in the newest window and in the one before it, which late events belong to. Money in billionths of a dollar, to add exactly. */
export interface Spending {
  start: number;
  spent: number;
  before: number;
}

const lengths = { hour: 3_600_000, day: 86_400_000 };

export const createSpending = (): Spending => ({ start: 0, spent: 0, before: 0 });

export const budgetName = (it: Budget) => `${it.unit}/${it.per}`;

/** Adds an event; a judgement when its window has spent more than the limit. */
export function spend(budget: Budget, it: Spending, event: FleetEvent): Judgement | undefined {
  const amount = amountOf(budget, event);
  const length = lengths[budget.per];
  const start = Math.floor(event.time / length) * length;
  if (start > it.start) Object.assign(it, { before: start === it.start + length ? it.spent : 0, start, spent: 0 });
  if (start < it.start - length || amount === 0) return undefined;
  const window = start === it.start ? "spent" : "before";
  it[window] += amount;
  const spent = it[window];
  const scale = budget.unit === "usd" ? 1e9 : 1;
  if (spent <= Math.round(budget.limit * scale)) return undefined;
  const about = budgetName(budget);
  return {
    kind: "budget",
    about,
    sure: 1,
    since: event.time,
    expected: budget.limit,
    seen: spent / scale,
    unit: `${budget.unit} ${budget.per === "hour" ? "an hour" : "a day"}`,
    events: [event.id],
  };
}

/** Whether the window of an alert is over. */
export function windowOver(about: string, since: number, now: number): boolean {
  const length = about.endsWith("day") ? lengths.day : lengths.hour;
  return Math.floor(now / length) > Math.floor(since / length);
}

function amountOf(budget: Budget, event: FleetEvent) {
  if (budget.unit === "usd") return Math.round((event.costUsd ?? 0) * 1e9);
  return (event.inputTokens ?? 0) + (event.outputTokens ?? 0);
}
