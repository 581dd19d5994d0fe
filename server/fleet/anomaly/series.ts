/**
 * One measured series, value by value: how unusual is this one, and in which way. Every statistic (a point off the forecast, a level, a trend, a spread, a rhythm)
 * is held against its own past (tail.ts), so that nothing here knows what is large in the units of the series.
 */
import { clip, compare, createForecast, type Forecast, follow, horizon, type Residuals, resolution, settle } from "./forecast.ts";
import { createTail, learn, surprise, type Tail, valueAt } from "./tail.ts";

export type SeriesKind = "spike" | "level" | "trend" | "spread" | "rhythm";

export interface Series {
  readonly watch: "all" | "rise";
  readonly forecast: Forecast;
  readonly tails: Tail[];
  /** Means over a few values: of what lies off the level (in its own unit, then in units of what is usual at that time, as all that follows), of the size of
   *  forecast errors, of surprise; and over a part of a day, off the level and off the beat. */
  shift: number;
  off: number;
  offLong: number;
  errors: number;
  usualErrors: number;
  unrest: number;
  /** How far a value lies from the one before, lately and usually. */
  motion: number;
  usualMotion: number;
  drift: number;
  offbeat: number;
  /** For how many values the level has been elsewhere; its sign says where. */
  elsewhere: number;
  held: number;
}

export interface Verdict {
  /** How unusual, 0 to 1; at 0.5 as much as quiet data shows about once in ten weeks. */
  readonly score: number;
  /** The way in which it is most unusual. */
  readonly kind: SeriesKind;
  readonly direction: "up" | "down";
  readonly expected: number;
  readonly seen: number;
  /** False while there is not enough data to say anything. */
  readonly ready: boolean;
}

interface Statistic {
  readonly kind: SeriesKind;
  readonly direction: "up" | "down";
  readonly of: (series: Series, residuals: Residuals) => number;
  readonly heaviness?: number;
}

const statistics: readonly Statistic[] = [
  { kind: "spike", direction: "up", of: (it, { near, unevenness }) => near / unevenness / nearScale(it) },
  { kind: "spike", direction: "down", of: (it, { near, unevenness }) => -near / unevenness / nearScale(it) },
  { kind: "spike", direction: "up", of: (it, { far, unevenness }) => far / unevenness / farScale(it) },
  { kind: "spike", direction: "down", of: (it, { far, unevenness }) => -far / unevenness / farScale(it) },
  { kind: "level", direction: "up", of: (it) => it.off, heaviness: 0.15 },
  { kind: "level", direction: "down", of: (it) => -it.off, heaviness: 0.15 },
  { kind: "level", direction: "up", of: (it) => it.offLong, heaviness: 0.25 },
  { kind: "level", direction: "down", of: (it) => -it.offLong, heaviness: 0.25 },
  { kind: "spread", direction: "up", of: (it) => logRatio(it) },
  { kind: "spread", direction: "down", of: (it) => Math.log((it.usualMotion + 1e-12) / (it.motion + 0.02 * it.usualMotion + 1e-12)) },
  { kind: "spread", direction: "up", of: (it) => it.unrest },
  { kind: "trend", direction: "up", of: (it) => it.drift, heaviness: 0.25 },
  { kind: "trend", direction: "down", of: (it) => -it.drift, heaviness: 0.25 },
  { kind: "rhythm", direction: "up", of: (it) => it.offbeat, heaviness: 0.25 },
];
const watched: Readonly<Record<Series["watch"], readonly Statistic[]>> = {
  all: statistics,
  rise: statistics.filter((it) => it.direction === "up" && (it.kind === "spike" || it.kind === "level" || it.kind === "trend")),
};
/** Several statistics look at each value: one of them is surprised more often than each. */
const handicap = (it: Series) => Math.log10(it.tails.length / 2);

/** `rise`: only more than usual is of interest, as of what costs money or time. */
export const createSeries = (watch: Series["watch"] = "all"): Series => ({
  watch,
  forecast: createForecast(),
  tails: watched[watch].map((it) => createTail(it.heaviness)),
  shift: 0,
  off: 0,
  offLong: 0,
  errors: 0,
  usualErrors: 0,
  unrest: 0,
  motion: 0,
  usualMotion: 0,
  drift: 0,
  offbeat: 0,
  elsewhere: 0,
  held: 0,
});

/** Of a statistic: in a series that hardly ever changes the usual is next to nothing, and every change would be beyond all that can be learnt. */
const largest = 1e6;

/** Before so many values not even the level is known. */
const first = 10;

/** Judges a value, then learns from it. */
export function observe(it: Series, time: number, value: number): Verdict {
  const residuals = compare(it.forecast, time, value);
  const ready = readiness(it);
  if (it.forecast.n >= first) blend(it, residuals, Math.abs(value - it.forecast.last));
  const { surprising, pointwise, statistic } = judge(it, residuals);
  const score = ready * scored(surprising / alarming(it));
  it.unrest += (Math.min(pointwise, 6) - it.unrest) / 8;
  follow(it.forecast, time, value);
  acceptNewLevel(it, score);
  it.held = Math.max(score, it.held * 0.8);
  const { kind, direction } = statistic;
  return { score: it.held, kind, direction, expected: residuals.expected, seen: value, ready: ready === 1 };
}

/** Nothing is said before a day, or a hundred values; then gradually more. */
function readiness(it: Series) {
  const needed = Math.min(300, Math.max(100, horizon(it.forecast)));
  return Math.min(1, Math.max(0, (it.forecast.n - needed * 0.7) / (needed * 0.3)));
}

function blend(it: Series, { near, far, offbeat, unevenness }: Residuals, moved: number) {
  const part = horizon(it.forecast) / 4;
  const share = (over: number) => 1 / Math.min(over, it.forecast.n);
  const scale = farScale(it) * unevenness;
  const bound = 8 * farScale(it);
  it.shift += share(6) * (clip(far, bound) - it.shift);
  it.off += share(6) * (clip(far / scale, 8) - it.off);
  it.offLong += share(30) * (clip(far / scale, 3) - it.offLong);
  it.drift += share(part) * (clip(far / scale, 8) - it.drift);
  it.offbeat += share(part) * (clip(offbeat / scale, 8) - it.offbeat);
  const size = Math.min(Math.abs(near) / unevenness, bound);
  const usual = it.forecast.n < 100 ? size : Math.min(size, 3 * it.usualErrors + resolution(it.forecast));
  it.errors += share(12) * (size - it.errors);
  it.usualErrors += share(3 * horizon(it.forecast)) * (usual - it.usualErrors);
  const motion = Math.min(moved / unevenness, bound);
  it.motion += share(12) * (motion - it.motion);
  it.usualMotion += share(horizon(it.forecast)) * (motion - it.usualMotion);
}

/** The least value that would be an alarm at that time; undefined while there is not enough data. */
export function alarmAt(it: Series, time: number): number | undefined {
  if (readiness(it) < 1) return undefined;
  const { near, far, unevenness } = compare(it.forecast, time, 0);
  const wanted = alarming(it) + handicap(it);
  const margins = watched[it.watch].flatMap(({ kind, direction }, at) => {
    const tail = it.tails[at];
    return kind === "spike" && direction === "up" && tail ? [valueAt(tail, wanted)] : [];
  });
  const least = Math.min((margins[0] ?? 0) * nearScale(it) * unevenness - near, (margins[1] ?? 0) * farScale(it) * unevenness - far);
  return Number.isFinite(least) ? least : undefined;
}

function judge(it: Series, residuals: Residuals) {
  const statistics = it.forecast.n < first ? [] : watched[it.watch];
  let most = -1;
  let pointwise = 0;
  let statistic = watched[it.watch][0];
  for (let i = 0; i < statistics.length; i++) {
    const [candidate, tail] = [statistics[i], it.tails[i]];
    if (!candidate || !tail) continue;
    const value = Math.min(largest, Math.max(0, candidate.of(it, residuals)));
    const surprising = surprise(tail, value);
    learn(tail, value, 0.05);
    if (candidate.kind === "spike") pointwise = Math.max(pointwise, surprising);
    if (surprising > most) [most, statistic] = [surprising, candidate];
  }
  if (!statistic) throw new Error("There are statistics");
  return { surprising: Math.max(0, most - handicap(it)), pointwise, statistic };
}

/** Residuals are told in units of what is usual, so that a forecast that has become better makes the same residual more surprising. */
const nearScale = (it: Series) => it.usualErrors + resolution(it.forecast);
const farScale = (it: Series) => it.forecast.spread + resolution(it.forecast);

const logRatio = (it: Series) => {
  const floor = resolution(it.forecast);
  return Math.log((it.errors + floor) / (it.usualErrors + floor));
};

/** As surprising as quiet data is about once in ten weeks. */
function alarming(it: Series) {
  const valuesPerWeek = (7 * 86_400_000) / Math.max(it.forecast.step, 1);
  return Math.min(6, Math.max(3, Math.log10(10 * valuesPerWeek)));
}

const scored = (ratio: number) => 1 - 2 ** -(ratio ** 1.5);

/** A level that has stayed elsewhere for some hours is the new normal. */
function acceptNewLevel(it: Series, score: number) {
  const patience = Math.min(72, Math.max(16, horizon(it.forecast) / 5));
  const away = Math.abs(it.off) > 2 || score > 0.4;
  const sign = Math.sign(it.off);
  it.elsewhere = away && sign * it.elsewhere >= 0 ? it.elsewhere + sign : it.elsewhere - Math.sign(it.elsewhere);
  if (Math.abs(it.elsewhere) < patience) return;
  settle(it.forecast, it.shift);
  Object.assign(it, { shift: 0, off: 0, offLong: 0, drift: 0, elsewhere: 0 });
}
