/**
 * How often an agent's calls fail: a sequential test (Page's CUSUM of the log likelihood ratio) of the usual share of errors against a clearly larger one. Its
 * threshold comes from how many events a week are to pass without a false alarm, and from how far the errors' own bursts usually drive it.
 */
import type { Judgement } from "./alert.ts";
import { createTail, learn, type Tail, valueAt } from "./tail.ts";

export interface Errors {
  n: number;
  share: number;
  sum: number;
  peak: number;
  readonly peaks: Tail;
  /** The excursion of the sum that is under way. */
  since: number;
  events: number;
  failed: number;
  readonly ids: string[];
  score: number;
}

const enough = 100;
const memory = 3000;
const shown = 8;

export const createErrors = (): Errors => ({
  n: 0,
  share: 0,
  sum: 0,
  peak: 0,
  peaks: createTail(),
  since: 0,
  events: 0,
  failed: 0,
  ids: [],
  score: 0,
});

export function outcome(it: Errors, id: string, time: number, failed: boolean, perWeek: number, told: boolean): Judgement | undefined {
  const usual = (it.share * Math.min(it.n, memory) + 1) / (Math.min(it.n, memory) + 100);
  const raised = Math.min(0.95, Math.max(3 * usual, usual + 0.15));
  const step = failed ? Math.log(raised / usual) : Math.log((1 - raised) / (1 - usual));
  it.n++;
  it.share += ((failed ? 1 : 0) - it.share) / Math.min(it.n, memory);
  if (it.n <= enough) return undefined;
  const limit = threshold(it, perWeek);
  if (it.sum === 0 && !failed) return told ? judgement(it, usual, time) : undefined;
  excursion(it, id, time, failed);
  it.sum = Math.min(2 * limit, Math.max(0, it.sum + step));
  it.peak = Math.max(it.peak, it.sum);
  it.score = 1 - 2 ** -((it.sum / limit) ** 2);
  if (it.sum === 0) comeToRest(it);
  return told || it.score >= 0.5 ? judgement(it, usual, time) : undefined;
}

/** Wald: a sum of log likelihood ratios passes h by chance about once in e^h events. */
function threshold(it: Errors, perWeek: number) {
  const byChance = Math.log(Math.max(perWeek, 100)) + 3;
  return Math.min(3 * byChance, Math.max(byChance, valueAt(it.peaks, 3.5)));
}

function excursion(it: Errors, id: string, time: number, failed: boolean) {
  if (it.sum === 0) Object.assign(it, { since: time, events: 0, failed: 0 });
  it.events++;
  if (!failed) return;
  it.failed++;
  it.ids.push(id);
  if (it.ids.length > shown) it.ids.shift();
}

function comeToRest(it: Errors) {
  learn(it.peaks, it.peak, 0.5);
  Object.assign(it, { peak: 0, score: 0 });
  it.ids.length = 0;
}

function judgement(it: Errors, usual: number, time: number): Judgement {
  const seen = it.events ? it.failed / it.events : 0;
  return {
    kind: "error-rate",
    about: "",
    sure: it.score,
    since: it.since || time,
    expected: usual,
    seen,
    unit: "of calls",
    events: [...it.ids],
  };
}
