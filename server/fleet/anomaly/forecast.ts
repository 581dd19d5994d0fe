/**
 * What a series should be next. Several simple forecasts run side by side (the level alone, the level with the day's shape, with the week's), each is held to what
 * then came, and the one that erred least lately speaks. So a series without rhythm is not forced into one, and a rhythm is used as soon as it helps.
 */
import { type Autoregression, createAutoregression, foresee, learnNext } from "./autoregression.ts";
import { createProfile, day, expectedAt, learnAt, type Profile, slotOf, week } from "./profile.ts";

export interface Forecast {
  n: number;
  lastTime: number;
  last: number;
  /** Usual time between two values, ms. */
  step: number;
  /** The level over about a day. */
  level: number;
  /** How far values lie from the level, rhythm and all: a mean absolute deviation. */
  range: number;
  /** How far values lie from level and rhythm. */
  spread: number;
  daily: Profile | null;
  weekly: Profile | null;
  /** How far values lie from level and rhythm, by the time of the day: busy hours vary more. */
  unevenness: Profile | null;
  readonly smooth: Autoregression;
  /** For no rhythm, the day's and the week's: how the latest values deviate from level and rhythm. */
  recent: number[];
  /** Mean absolute errors: of the latest value as a forecast, then of level, rhythm and latest deviation for each rhythm, then of the weighted sum of the latest. */
  nearErrors: (number | null)[];
  /** Mean absolute errors of level and rhythm alone. */
  farErrors: (number | null)[];
}

export interface Residuals {
  /** Value less the best forecast from the moment before. */
  near: number;
  /** Value less level and rhythm. */
  far: number;
  /** By how much the value fits no rhythm better than the rhythm that is usual. */
  offbeat: number;
  /** Level and rhythm at this time. */
  expected: number;
  /** How much values vary at this time of the day, as a multiple of the usual. */
  unevenness: number;
}

export const createForecast = (): Forecast => ({
  n: 0,
  lastTime: 0,
  last: 0,
  step: 0,
  level: 0,
  range: 0,
  spread: 0,
  daily: null,
  weekly: null,
  unevenness: null,
  smooth: createAutoregression(),
  recent: [0, 0, 0],
  nearErrors: [0, 0, null, null, 0],
  farErrors: [0, null, null],
});

/** How many values make about a day: what "lately" means to the level. */
export const horizon = (it: Forecast) => Math.min(600, Math.max(60, day / Math.max(it.step, 1)));

/** For how long the series has been seen, pauses left out, ms. */
const watched = (it: Forecast) => it.n * it.step;

/** The least difference that can mean anything. */
export const resolution = (it: Forecast) => Math.max(1e-12, 0.05 * it.spread, 0.002 * Math.abs(it.level));

/** Compares a value with what was expected. Changes nothing. */
export function compare(it: Forecast, time: number, value: number): Residuals {
  const rhythms = rhythmsAt(it, time);
  const chosen = least(it.farErrors, rhythms);
  const rhythm = rhythms[chosen] ?? 0;
  const forecast = nearForecast(it, rhythms);
  const far = value - it.level - rhythm;
  const offbeat = chosen === 0 ? 0 : Math.abs(far) - Math.abs(value - it.level - (it.recent[0] ?? 0));
  return { near: value - forecast, far, offbeat, expected: it.level + rhythm, unevenness: unevennessAt(it, time) };
}

function nearForecast(it: Forecast, rhythms: readonly (number | undefined)[]) {
  const near = least(it.nearErrors, [0, ...rhythms, 0]);
  if (near === 0) return it.last;
  if (near === 4) return it.level + foresee(it.smooth);
  return it.level + (rhythms[near - 1] ?? 0) + (it.recent[near - 1] ?? 0);
}

/** Takes a value in. */
export function follow(it: Forecast, time: number, value: number): void {
  if (it.n++ === 0) begin(it, time, value);
  else adapt(it, time, value);
}

function adapt(it: Forecast, time: number, value: number) {
  pace(it, time);
  const rhythms = rhythmsAt(it, time);
  const far = rhythms.map((rhythm) => value - it.level - (rhythm ?? 0));
  const chosen = far[least(it.farErrors, rhythms)] ?? 0;
  const bound = it.n < 100 ? Number.POSITIVE_INFINITY : 3 * it.spread + resolution(it);
  const moved = clip(chosen, bound);
  const share = Math.max(1 / it.n, 1 / horizon(it));
  learnErrors(it, value, rhythms, far);
  for (let i = 0; i < 3; i++) it.recent[i] = (it.recent[i] ?? 0) + 0.3 * ((far[i] ?? 0) - (it.recent[i] ?? 0));
  it.range += share * (Math.min(Math.abs(far[0] ?? 0), bound * 2) - it.range);
  it.spread += Math.max(1 / it.n, share / 3) * (Math.abs(moved) - it.spread);
  learnRhythms(it, time, value - chosen + moved);
  if (it.unevenness) learnAt(it.unevenness, time, Math.abs(moved), pacing(it, it.unevenness));
  it.level += moved * share;
  it.last = value;
  it.lastTime = time;
}

/** The level is elsewhere now, for good. */
export function settle(it: Forecast, shift: number): void {
  it.level += shift;
  for (let i = 0; i < 3; i++) it.recent[i] = (it.recent[i] ?? 0) - shift;
  for (let i = 0; i < it.smooth.latest.length; i++) it.smooth.latest[i] = (it.smooth.latest[i] ?? 0) - shift;
}

function begin(it: Forecast, time: number, value: number) {
  it.lastTime = time;
  it.level = value;
  it.last = value;
}

/** The usual step follows the gaps by a fixed ratio a time, so that one long gap means little. */
function pace(it: Forecast, time: number) {
  const gap = time - it.lastTime;
  if (gap <= 0) return;
  const near = it.step === 0 || Math.abs(gap - it.step) < 0.05 * it.step;
  if (near) it.step = gap;
  else it.step *= gap > it.step ? 1.05 : 1 / 1.05;
}

function learnErrors(it: Forecast, value: number, rhythms: readonly (number | undefined)[], far: readonly number[]) {
  const share = Math.max(1 / it.n, 1 / 150);
  const bound = it.n < 100 ? Number.POSITIVE_INFINITY : 4 * (it.range + resolution(it));
  const towards = (errors: (number | null)[], at: number, error: number) => {
    const before = errors[at] ?? newcomer(errors);
    errors[at] = before + share * (Math.min(Math.abs(error), bound) - before);
  };
  towards(it.nearErrors, 0, value - it.last);
  towards(it.nearErrors, 4, value - it.level - foresee(it.smooth));
  learnNext(it.smooth, value - it.level, bound);
  for (let i = 0; i < 3; i++) {
    if (rhythms[i] === undefined) continue;
    towards(it.farErrors, i, far[i] ?? 0);
    towards(it.nearErrors, i + 1, (far[i] ?? 0) - (it.recent[i] ?? 0));
  }
}

/** A forecast that is heard for the first time has to earn its say: it begins as if it had erred a little more than the best. */
const newcomer = (errors: readonly (number | null)[]) => 1.1 * Math.min(...errors.filter((it) => it !== null));

/** The first cycle teaches a rhythm, which is heard from the second on. */
function rhythmsAt(it: Forecast, time: number): [number, number | undefined, number | undefined] {
  const heard = (profile: Profile | null) => (profile && watched(it) >= profile.cycle * 1.1 ? expectedAt(profile, time) : undefined);
  return [0, heard(it.daily), heard(it.weekly)];
}

function learnRhythms(it: Forecast, time: number, value: number) {
  if (it.n === 20 && it.step > 0 && it.step <= day / 8) {
    it.daily = createProfile(day, it.step <= day / 96 ? 48 : 24);
    it.unevenness = createProfile(day, 24);
  }
  if (it.daily && !it.weekly && watched(it) > day) it.weekly = createProfile(week, 168);
  for (const profile of [it.daily, it.weekly]) {
    if (profile) learnAt(profile, time, value - it.level, pacing(it, profile));
  }
}

/** So that one cycle moves a slot by about a quarter. */
const pacing = (it: Forecast, profile: Profile) => Math.min(0.5, (0.3 * it.step * profile.means.length) / profile.cycle);

function unevennessAt(it: Forecast, time: number) {
  const profile = it.unevenness;
  if (!profile || it.spread <= 0 || watched(it) < profile.cycle * 1.1) return 1;
  const count = profile.counts[slotOf(profile, time)] ?? 0;
  const ratio = (expectedAt(profile, time) ?? it.spread) / it.spread;
  const days = watched(it) / profile.cycle;
  const trust = (count / (count + 12)) * (days / (days + 4));
  return Math.min(4, Math.max(0.3, 1 + trust * (ratio - 1)));
}

/** Of those that have something to say, the one that erred least. */
function least(errors: readonly (number | null)[], said: readonly (number | undefined)[]) {
  let best = 0;
  for (let i = 1; i < errors.length; i++) {
    if (said[i] !== undefined && (errors[i] ?? Number.POSITIVE_INFINITY) < (errors[best] ?? 0)) best = i;
  }
  return best;
}

export const clip = (value: number, bound: number) => Math.min(bound, Math.max(-bound, value));
