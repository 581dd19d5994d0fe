/** How long an agent's calls take: the mean logarithm of every few calls, as a series. Logarithms, because durations are spread over orders of magnitude. */
import type { Judgement } from "./alert.ts";
import { createExemplars, type Exemplars, show } from "./exemplars.ts";
import { createSeries, observe, type Series } from "./series.ts";

export interface Latency {
  readonly series: Series;
  count: number;
  sum: number;
  since: number;
  exemplars: Exemplars;
  score: number;
}

const together = 8;

export const createLatency = (): Latency => ({
  series: createSeries("rise"),
  count: 0,
  sum: 0,
  since: 0,
  exemplars: createExemplars(),
  score: 0,
});

export function time(it: Latency, id: string, at: number, durationMs: number, told: boolean): Judgement | undefined {
  if (it.count++ === 0) it.since = at;
  it.sum += Math.log(Math.max(durationMs, 1));
  show(it.exemplars, id, durationMs);
  if (it.count < together) return undefined;
  const { score, expected, seen } = observe(it.series, at, it.sum / it.count);
  it.score = score;
  const { since, exemplars } = it;
  Object.assign(it, { count: 0, sum: 0, exemplars: createExemplars() });
  if (score < 0.5 && !told) return undefined;
  return {
    kind: "latency",
    about: "",
    sure: score,
    since,
    expected: Math.exp(expected),
    seen: Math.exp(seen),
    unit: "ms",
    events: exemplars.ids,
  };
}
