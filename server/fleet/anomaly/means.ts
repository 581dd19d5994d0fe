/**
 * What an agent's calls are like, how long they take and how many tokens they use: the mean logarithm of every few calls, as a series. Logarithms, because both are spread over orders of magnitude.
 * The sums of five minutes (sums.ts) vary with how many calls there are; this does not, so a slow agent whose calls have grown shows here.
 */
import type { AlertKind, Judgement } from "./alert.ts";
import { createExemplars, type Exemplars, show } from "./exemplars.ts";
import { createSeries, observe, type Series } from "./series.ts";

export interface Means {
  readonly kind: AlertKind & ("latency" | "token-use");
  readonly about: string;
  readonly unit: string;
  /** How many calls go together. */
  readonly together: number;
  readonly series: Series;
  count: number;
  sum: number;
  since: number;
  exemplars: Exemplars;
  score: number;
}

export type Measure = Pick<Means, "kind" | "about" | "unit" | "together">;

export const latency: Measure = { kind: "latency", about: "", unit: "ms", together: 8 };
export const tokensOfCall: Measure = { kind: "token-use", about: "per call", unit: "tokens a call", together: 8 };

export const createMeans = (measure: Measure): Means => ({
  ...measure,
  series: createSeries("rise"),
  count: 0,
  sum: 0,
  since: 0,
  exemplars: createExemplars(),
  score: 0,
});

export function addCall(it: Means, id: string, at: number, value: number, told: boolean): Judgement | undefined {
  if (it.count++ === 0) it.since = at;
  it.sum += Math.log(Math.max(value, 1));
  show(it.exemplars, id, value);
  if (it.count < it.together) return undefined;
  const { score, expected, seen } = observe(it.series, at, it.sum / it.count);
  it.score = score;
  const { since, exemplars, kind, about, unit } = it;
  Object.assign(it, { count: 0, sum: 0, exemplars: createExemplars() });
  if (score < 0.5 && !told) return undefined;
  return { kind, about, sure: score, since, expected: Math.exp(expected), seen: Math.exp(seen), unit, events: exemplars.ids };
}
