/**
 * What one agent did, by time: for each range sixty steps of calls, errors, tokens and dollars as numbers of four bytes, the p95 of a step as one byte, and counts of durations for the
 * steps that can still change. 5.1 kB an agent, whatever it does. Time is the number of a step since 1970; `to` is the step of now.
 */
import { buckets, codeOf, count, p95Of, valueOfCode } from "./durations.ts";
import { type Range, rangeNames, ranges } from "./fleet-row.ts";

export const stepsInRange = 60;
export const stepMsOf = (range: Range): number => ranges[range] / stepsInRange;

/** What an event adds. `undefined` is not told. */
export interface Amounts {
  readonly time: number;
  readonly isCall: boolean;
  readonly isError: boolean;
  readonly tokens: number | undefined;
  readonly usd: number | undefined;
  readonly durationMs: number | undefined;
}

/** Values of a step. NaN: no call told it. Infinite dollars: calls used tokens whose price nobody knows. */
const [calls, errors, tokens, usd] = [0, 1, 2, 3];
const width = 4;

/** How many of the latest steps keep counts of durations: of the finest range a minute, and of all one more than the one under way, for events that come late. */
const counted = [5, 2, 2, 2];
const stepMs = rangeNames.map(stepMsOf);
const countsFrom = counted.map((_, range) => counted.slice(0, range).reduce((sum, it) => sum + it, 0) * buckets);
const countsSize = counted.reduce((sum, it) => sum + it, 0) * buckets;

export interface Steps {
  /** By range: the latest step that has a place. */
  readonly heads: Int32Array;
  readonly values: Float32Array;
  readonly p95s: Uint8Array;
  readonly counts: Uint8Array;
}

const cells = rangeNames.length * stepsInRange;
const sizes = { heads: rangeNames.length * 4, values: cells * width * 4, p95s: cells, counts: countsSize };
export const bytesOfSteps = Object.values(sizes).reduce((sum, it) => sum + it, 0);

/** Many at once in one buffer: a buffer of their own would cost each some hundred bytes more. */
export function makeSteps(count: number): Steps[] {
  const buffer = new ArrayBuffer(count * bytesOfSteps);
  return Array.from({ length: count }, (_, i) => {
    let at = i * bytesOfSteps;
    const next = (size: number) => {
      at += size;
      return at - size;
    };
    return {
      heads: new Int32Array(buffer, next(sizes.heads), rangeNames.length),
      values: new Float32Array(buffer, next(sizes.values), cells * width),
      p95s: new Uint8Array(buffer, next(sizes.p95s), cells),
      counts: new Uint8Array(buffer, next(sizes.counts), countsSize),
    };
  });
}

/** `now` in milliseconds since 1970. */
export function clear(it: Steps, now: number): void {
  for (const [range, ms] of stepMs.entries()) {
    const to = Math.floor(now / ms);
    it.heads[range] = to;
    for (let step = to - stepsInRange + 1; step <= to; step++) empty(it, range, step);
  }
  it.counts.fill(0);
}

const cellOf = (range: number, step: number) => range * stepsInRange + (step % stepsInRange);
const countsOf = (range: number, step: number) => (countsFrom[range] ?? 0) + (step % (counted[range] ?? 1)) * buckets;
const isCounted = (it: Steps, range: number, step: number) => step > (it.heads[range] ?? 0) - (counted[range] ?? 0);

function empty(it: Steps, range: number, step: number) {
  const cell = cellOf(range, step);
  it.values[cell * width + calls] = 0;
  it.values[cell * width + errors] = 0;
  it.values[cell * width + tokens] = Number.NaN;
  it.values[cell * width + usd] = Number.NaN;
  it.p95s[cell] = 0;
}

/** Makes room up to `to`. A clock that was set back makes what was ahead of it void, and keeps the rest. */
function align(it: Steps, range: number, to: number) {
  const head = it.heads[range] ?? 0;
  if (to === head || to === head - 1) return;
  if (to < head) return retreat(it, range, head, to);
  for (let step = Math.max(head - (counted[range] ?? 0) + 1, 0); step <= head; step++) {
    if (step <= to - (counted[range] ?? 0)) settle(it, range, step);
  }
  it.heads[range] = to;
  for (let step = Math.max(head + 1, to - stepsInRange + 1); step <= to; step++) {
    empty(it, range, step);
    if (isCounted(it, range, step)) it.counts.fill(0, countsOf(range, step), countsOf(range, step) + buckets);
  }
}

/** A step can change no more: what is left of its durations is their p95. */
function settle(it: Steps, range: number, step: number) {
  it.p95s[cellOf(range, step)] = codeOf(p95Of(it.counts, [countsOf(range, step)]));
}

function retreat(it: Steps, range: number, head: number, to: number) {
  for (let step = to - stepsInRange + 1; step <= to; step++) if (step <= head - stepsInRange) empty(it, range, step);
  it.heads[range] = to;
  it.counts.fill(0, countsFrom[range], (countsFrom[range] ?? 0) + (counted[range] ?? 0) * buckets);
}

/** Where the time of the event has a step. `settled` takes the durations of a step that has no counts any more. */
export function add(it: Steps, event: Amounts, now: number, settled?: (range: number, step: number, ms: number) => void): void {
  for (let range = 0; range < stepMs.length; range++) {
    const ms = stepMs[range] ?? 1;
    align(it, range, Math.floor(now / ms));
    const step = Math.floor(event.time / ms);
    if (step > (it.heads[range] ?? 0) - stepsInRange) addTo(it, range, step, event, settled);
  }
}

function addTo(it: Steps, range: number, step: number, event: Amounts, settled?: (range: number, step: number, ms: number) => void) {
  const at = cellOf(range, step) * width;
  const { values } = it;
  if (event.isCall) values[at + calls] = (values[at + calls] ?? 0) + 1;
  if (event.isError) values[at + errors] = (values[at + errors] ?? 0) + 1;
  if (event.tokens !== undefined) values[at + tokens] = (values[at + tokens] || 0) + event.tokens;
  if (event.usd !== undefined) values[at + usd] = (values[at + usd] || 0) + event.usd;
  if (!event.isCall || event.durationMs === undefined) return;
  if (isCounted(it, range, step)) count(it.counts, countsOf(range, step), event.durationMs);
  else if (settled) settled(range, step, event.durationMs);
  else if (it.p95s[cellOf(range, step)] === 0) it.p95s[cellOf(range, step)] = codeOf(event.durationMs);
}

/** The p95 of a step whose durations were counted elsewhere. */
export function setP95(it: Steps, range: number, step: number, ms: number | null): void {
  const head = it.heads[range] ?? 0;
  if (step <= head && step > head - stepsInRange && !isCounted(it, range, step)) it.p95s[cellOf(range, step)] = codeOf(ms);
}

export interface Figures {
  calls: number;
  errors: number;
  /** `null` where there were calls and none told its tokens. */
  tokens: number | null;
  /** US dollars; `null` where calls used tokens whose price nobody knows, or told nothing of it. */
  usd: number | null;
  p95Ms: number | null;
}

const finest = 0;
const slice = 5000;

/** The last minute, to five seconds: four steps, and as much of a fifth as belongs to it. */
export function lastMinute(it: Steps, now: number): Figures {
  const ms = stepMs[finest] ?? 1;
  const to = Math.floor(now / ms);
  align(it, finest, to);
  const sums = { calls: 0, errors: 0, tokens: Number.NaN, usd: Number.NaN };
  const froms: number[] = [];
  for (let back = 0; back <= 4; back++) {
    const part = back < 4 ? 1 : 1 - (Math.floor((now - to * ms) / slice) * slice) / ms;
    const at = cellOf(finest, to - back) * width;
    sums.calls += part * (it.values[at + calls] ?? 0);
    sums.errors += part * (it.values[at + errors] ?? 0);
    sums.tokens = told(sums.tokens, it.values[at + tokens], part);
    sums.usd = told(sums.usd, it.values[at + usd], part);
    froms.push(countsOf(finest, to - back));
  }
  const known = (sum: number) => (Number.isFinite(sum) ? sum : Number.isNaN(sum) && sums.calls === 0 ? 0 : null);
  return { ...sums, tokens: known(sums.tokens), usd: known(sums.usd), p95Ms: p95Of(it.counts, froms) };
}

/** NaN until something is told. */
const told = (sum: number, value = Number.NaN, part = 1): number =>
  part === 0 || Number.isNaN(value) ? sum : (Number.isNaN(sum) ? 0 : sum) + part * value;

export interface Series {
  calls: (number | null)[];
  errors: (number | null)[];
  tokens: (number | null)[];
  usd: (number | null)[];
  p95Ms: (number | null)[];
}

/** All steps of a range up to now, the latest last. `isKnown` says of which steps it is known that nothing else happened. */
export function seriesOf(it: Steps, name: Range, now: number, isKnown: (step: number) => boolean): Series {
  const range = rangeNames.indexOf(name);
  const to = Math.floor(now / stepMsOf(name));
  align(it, range, to);
  const series: Series = { calls: [], errors: [], tokens: [], usd: [], p95Ms: [] };
  for (let step = to - stepsInRange + 1; step <= to; step++) {
    const at = cellOf(range, step) * width;
    const value = (metric: number) => (isKnown(step) ? (it.values[at + metric] ?? null) : null);
    /** What no call told is unknown; without calls it is 0. */
    const told = (metric: number) => {
      const sum = value(metric);
      if (sum === null || Number.isFinite(sum)) return sum;
      return Number.isNaN(sum) && value(calls) === 0 ? 0 : null;
    };
    series.calls.push(value(calls));
    series.errors.push(value(errors));
    series.tokens.push(told(tokens));
    series.usd.push(told(usd));
    series.p95Ms.push(isKnown(step) ? p95At(it, range, step) : null);
  }
  return series;
}

const p95At = (it: Steps, range: number, step: number) =>
  isCounted(it, range, step) ? p95Of(it.counts, [countsOf(range, step)]) : valueOfCode(it.p95s[cellOf(range, step)] ?? 0);
