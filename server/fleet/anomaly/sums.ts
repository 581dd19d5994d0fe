/**
 * What an agent spends (money, tokens) in every five minutes, as a series. The square root of a sum varies about as much on busy as on quiet hours, so that is what
 * the series is made of. A sum that is already more than it may be says so before its five minutes are over.
 */
import type { AlertKind, Judgement } from "./alert.ts";
import { createExemplars, type Exemplars, show } from "./exemplars.ts";
import { alarmAt, createSeries, observe, type Series, type Verdict } from "./series.ts";

export interface Sums {
  readonly kind: AlertKind & ("cost-rate" | "token-use");
  readonly unit: string;
  readonly series: Series;
  start: number;
  sum: number;
  /** Sum at which to raise the alarm at once; null while there is not enough data. */
  alarm: number | null;
  expected: number;
  exemplars: Exemplars;
  score: number;
}

export const width = 5 * 60_000;
/** After a longer pause, quiet buckets teach nothing more. */
const mostEmpty = 24;

export const createSums = (kind: Sums["kind"], unit: string): Sums => ({
  kind,
  unit,
  series: createSeries("rise"),
  start: 0,
  sum: 0,
  alarm: null,
  expected: 0,
  exemplars: createExemplars(),
  score: 0,
});

/** `told` is whether its alert is open: then every bucket's end is judged, so that it can be closed. */
export function add(it: Sums, id: string, time: number, amount: number, told: boolean): Judgement | undefined {
  const ended = it.start === 0 ? undefined : moveTo(it, time, told);
  if (it.start === 0) begin(it, time);
  it.sum += amount;
  show(it.exemplars, id, amount);
  if (it.alarm === null || it.sum <= it.alarm) return ended;
  it.alarm = it.sum * 1.5;
  it.score = Math.max(it.score, 0.6);
  return judgement(it, it.score, it.sum, it.expected);
}

/** Ends the buckets before that time. */
export function moveTo(it: Sums, time: number, told: boolean): Judgement | undefined {
  if (it.start === 0 || time < it.start + width) return undefined;
  let worst: Judgement | undefined;
  for (let empty = 0; time >= it.start + width && empty < mostEmpty; empty++) {
    const ended = end(it);
    if ((told || it.score >= 0.5) && (!worst || ended.sure > worst.sure)) worst = ended;
    begin(it, it.start + width);
  }
  if (time >= it.start + width) begin(it, time);
  return worst;
}

function begin(it: Sums, time: number) {
  it.start = Math.floor(time / width) * width;
  it.sum = 0;
  it.exemplars = createExemplars();
  const alarm = alarmAt(it.series, it.start + width);
  it.alarm = alarm === undefined ? null : Math.max(0, alarm) ** 2;
  it.expected = Math.max(0, it.series.forecast.level) ** 2;
}

function end(it: Sums): Judgement {
  const verdict: Verdict = observe(it.series, it.start + width, Math.sqrt(it.sum));
  it.score = verdict.direction === "up" ? verdict.score : 0;
  return judgement(it, it.score, it.sum, Math.max(0, verdict.expected) ** 2);
}

function judgement(it: Sums, sure: number, seen: number, expected: number): Judgement {
  return { kind: it.kind, about: "", sure, since: it.start, expected, seen, unit: it.unit, events: it.exemplars.ids };
}
