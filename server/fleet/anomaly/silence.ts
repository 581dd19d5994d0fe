/**
 * An agent that should speak and does not. Silence is counted in events that should have come by then, by the agent's own week, and held against its past pauses:
 * a night that is always quiet adds nothing.
 */
import type { Judgement } from "./alert.ts";
import { createProfile, learnAt, type Profile, slotOf, week } from "./profile.ts";
import { createTail, learn, surprise, type Tail, valueAt } from "./tail.ts";

export interface Silence {
  n: number;
  started: number;
  heard: number;
  lastId: string;
  /** Usual distance between two events lately, ms. */
  gap: number;
  readonly rates: Profile;
  readonly pauses: Tail;
  /** Of the five minutes under way: when they began, how many events came. */
  start: number;
  count: number;
  /** How far counts of five minutes lay from what their hour of the week had been before, lately: sums of the squares, and of what it had been. */
  scatter: number;
  usual: number;
  /** Events an hour in the hour `ratedAt` (since 1970), by the week's profile; null when that is not known. */
  rate: number | null;
  ratedAt: number;
}

const hour = 3_600_000;
const five = 5 * 60_000;
const enough = 100;
/** A pause is one value, however long: unlike a long anomaly it teaches once. */
const largest = 6;
/** Of how many five minutes the dispersion is remembered: two weeks. */
const scattered = (2 * week) / five;
/** By how much five minutes move the rate of their hour at least: about three weeks are remembered. */
const slowest = 0.03;

export const createSilence = (time: number): Silence => ({
  n: 0,
  started: time,
  heard: time,
  lastId: "",
  gap: 0,
  rates: createProfile(week, 168),
  pauses: createTail(0.15),
  start: Math.floor(time / five) * five,
  count: 0,
  scatter: 0,
  usual: 0,
  rate: null,
  ratedAt: 0,
});

/** `now` is the stream's time before this event: until then the agent looked silent. */
export function hear(it: Silence, id: string, time: number, now: number, resumed: number): void {
  const from = Math.max(it.heard, resumed);
  const pause = Math.max(time, now) - from;
  if (it.n++ > 0 && pause >= 0) learn(it.pauses, missed(it, from, from + pause), 0.5, largest);
  const gap = Math.max(0, time - it.heard);
  it.gap = it.n < 3 ? gap : it.gap + (Math.min(gap, 20 * it.gap + 1000) - it.gap) / Math.min(it.n, 30);
  countIn(it, time);
  it.heard = Math.max(it.heard, time);
  it.lastId = id;
}

/** Is it too quiet by now? */
export function silenceAt(it: Silence, now: number, resumed: number): Judgement | undefined {
  const from = Math.max(it.heard, resumed);
  if (it.n < enough || now - from < 5 * it.gap) return undefined;
  const pauses = missed(it, from, now);
  const perWeek = week / Math.max(it.gap, 1);
  const alarm = Math.min(7, Math.max(4, Math.log10(perWeek) + 1));
  const ratio = surprise(it.pauses, pauses) / alarm;
  if (ratio < 1) return undefined;
  const usual = it.gap * Math.max(1, valueAt(it.pauses, 3));
  const sure = 1 - 2 ** -(ratio * ratio);
  return {
    kind: "silence",
    about: "",
    sure,
    since: it.heard,
    expected: usual,
    seen: now - from,
    unit: "ms without an event",
    events: [it.lastId],
  };
}

/** How many events should have come between two times: the less of what the week says and what was usual just before. */
function missed(it: Silence, from: number, to: number) {
  const lately = (to - from) / Math.max(it.gap, 1);
  let byWeek = 0;
  for (let at = from, steps = 0; at < to && steps < 168; steps++) {
    const next = Math.min(to, (Math.floor(at / hour) + 1) * hour);
    const rate = rateAt(it, at);
    if (rate === null) return lately;
    byWeek += (rate * (next - at)) / hour;
    at = next;
  }
  return Math.min(lately, byWeek);
}

function rateAt(it: Silence, time: number): number | null {
  const at = Math.floor(time / hour);
  if (at === it.ratedAt) return it.rate;
  it.ratedAt = at;
  it.rate = lookUp(it, time);
  return it.rate;
}

/** This hour of this weekday; before it has been seen, the least that the hour was on other days, and nothing on a first weekend. */
function lookUp(it: Silence, time: number): number | null {
  const slot = slotOf(it.rates, time);
  if ((it.rates.counts[slot] ?? 0) > 0) return atLeast(it, slot);
  if (time - it.started < 24 * hour) return null;
  const others = [1, 2, 3, 4, 5, 6].map((days) => (slot + 24 * days) % 168).filter((at) => (it.rates.counts[at] ?? 0) > 0);
  return others.length === 0 || nearWeekend(time) ? 0 : Math.min(...others.map((at) => atLeast(it, at)));
}

/** The rate that the hour has at least, two standard deviations of a count below what was seen: a few calls in a few nights promise none, nor do a few bursts. */
function atLeast(it: Silence, slot: number) {
  const hours = Math.min(it.rates.counts[slot] ?? 0, 1 / slowest) / 12;
  const seen = (it.rates.means[slot] ?? 0) * hours;
  return Math.max(0, seen - 2 * Math.sqrt(seen * dispersion(it))) / hours;
}

/** Variance of a count over its mean: 1 where calls come by themselves, more where they come in bursts. */
const dispersion = ({ scatter, usual }: Silence) => Math.max(1, usual > 0 ? scatter / usual : 1);

function scatterIn(it: Silence) {
  const slot = slotOf(it.rates, it.start);
  if ((it.rates.counts[slot] ?? 0) === 0) return;
  const usual = (it.rates.means[slot] ?? 0) / 12;
  it.scatter += (it.count - usual) ** 2 - it.scatter / scattered;
  it.usual += usual - it.usual / scattered;
}

/** It is Saturday or Sunday somewhere. */
function nearWeekend(time: number) {
  const shifted = new Date(time).getUTCDay() * 24 + new Date(time).getUTCHours();
  return shifted >= 5 * 24 + 10 || shifted < 24 + 12;
}

function countIn(it: Silence, time: number) {
  for (let steps = 0; time >= it.start + five && steps < 2016; steps++) {
    scatterIn(it);
    learnAt(it.rates, it.start, it.count * 12, slowest);
    it.start += five;
    it.count = 0;
  }
  if (time >= it.start + five) it.start = Math.floor(time / five) * five;
  it.count++;
}
