/** How an agent went over a range, as curves and in words. */
import type { AgentDetail, Range } from "../server/fleet/model/fleet-row.ts";
import { age, count, duration, unknown, usd } from "./figures.ts";

export interface Curve {
  name: string;
  /** One value a step; `null` where it is not known. */
  of(detail: AgentDetail): readonly (number | null)[];
  say(value: number): string;
}

export const curves: readonly Curve[] = [
  { name: "Cost", of: (it) => perMinute(it, it.usd).map(times60), say: (it) => `${usd(it)}/h` },
  { name: "Tokens", of: (it) => perMinute(it, it.tokens), say: (it) => `${count(it)}/min` },
  { name: "Latency p95", of: (it) => it.p95Ms, say: duration },
  { name: "Errors", of: (it) => perMinute(it, it.errors), say: (it) => `${count(it)}/min` },
];

const times60 = (value: number | null) => value && value * 60;

/** The step under way counts by what has passed of it; of its beginning alone nothing is said. */
function perMinute({ start, stepMs, until }: AgentDetail, sums: readonly (number | null)[]): (number | null)[] {
  const last = sums.length - 1;
  const passed = Math.min((until - start) / stepMs - last, 1);
  return sums.map((sum, step) => {
    if (sum === null || (step === last && passed < leastPassed)) return null;
    return (sum * 60_000) / (step === last ? stepMs * passed : stepMs);
  });
}

const leastPassed = 0.25;

/** The same for who does not see the curve. */
export function says(values: readonly (number | null)[], say: (value: number) => string, range: Range): string {
  const known = values.filter((it) => it !== null);
  const last = known.at(-1);
  if (last === undefined) return `${unknown} not known in the last ${range}`;
  return `${say(last)} last, ${say(Math.max(...known))} at most`;
}

/** What is told no more, as in a view that is paused, does not end now. */
export function spanOf({ start, stepMs, calls }: AgentDetail, now: number): string {
  const ms = stepMs * calls.length;
  const behind = now - start - ms;
  return behind < stepMs ? `Each from ${age(ms)} ago to now` : `Each from ${age(now - start)} ago to ${age(behind)} ago`;
}
