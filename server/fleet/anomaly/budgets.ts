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

/** What was spent of one budget, in the few windows that events came from lately, the latest last: late events, and those of a clock that is weeks off, count in their own. */
export interface Spending {
  readonly windows: Window[];
}

interface Window {
  readonly start: number;
  /** Money in billionths of a dollar, to add exactly. */
  spent: number;
}

const mostWindows = 4;

const lengths = { hour: 3_600_000, day: 86_400_000 };

export const createSpending = (): Spending => ({ windows: [] });

export const budgetName = (it: Budget) => `${it.unit}/${it.per}`;

/** Adds an event; a judgement when its window has spent more than the limit. */
export function spend(budget: Budget, it: Spending, event: FleetEvent): Judgement | undefined {
  const amount = amountOf(budget, event);
  if (amount === 0) return undefined;
  const length = lengths[budget.per];
  const window = windowAt(it.windows, Math.floor(event.time / length) * length);
  window.spent += amount;
  const scale = budget.unit === "usd" ? 1e9 : 1;
  if (window.spent <= Math.round(budget.limit * scale)) return undefined;
  const about = budgetName(budget);
  return {
    kind: "budget",
    about,
    sure: 1,
    since: event.time,
    expected: budget.limit,
    seen: window.spent / scale,
    unit: `${budget.unit === "usd" ? "USD" : budget.unit} ${budget.per === "hour" ? "an hour" : "a day"}`,
    events: [event.id],
  };
}

function windowAt(windows: Window[], start: number): Window {
  const last = windows.at(-1);
  if (last?.start === start) return last;
  const at = windows.findIndex((it) => it.start === start);
  const [window = { start, spent: 0 }] = at < 0 ? [] : windows.splice(at, 1);
  windows.push(window);
  if (windows.length > mostWindows) windows.shift();
  return window;
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
