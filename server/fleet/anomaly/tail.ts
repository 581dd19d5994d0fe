/**
 * How rare a value of a statistic is, learnt from the statistic's own past: the body by a tracked quantile, what lies beyond it by a generalised Pareto
 * distribution over the latest excesses (peaks over threshold: Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017).
 * A few dozen numbers, whatever the length of the stream; and they forget, which the quantile sketches of the registries do not.
 */

export interface Tail {
  n: number;
  threshold: number;
  /** Share of the values that lie beyond the threshold, lately. */
  share: number;
  /** The latest values beyond the threshold, less the threshold; while there is no threshold yet, the values themselves. */
  excesses: number[];
  next: number;
  /** When the latest of them was kept, by `n`. */
  kept: number;
  /** How many more values that are most surprising may teach anything. */
  patience: number;
  /** When a value was most surprising last, by `n`. */
  rare: number;
  shape: number;
  scale: number;
  readonly heaviness: number;
}

const warmUp = 50;
const most = 48;
const cluster = 10;
/** Values as rare as one in a thousand are learnt from as long as they come no more often than a few in a thousand, or one by one; a long anomaly is not. */
const patience = { most: 6, gain: 0.006, first: 12 };
const beyond = 0.03;
/** What a fit to few excesses is drawn towards, and how many excesses that weighs: tails of measurements are rather heavier than exponential. */
const prior = { shape: 0.22, weight: 20 };

/** `heaviness` is at least how heavy the tail is taken to be: more where the values follow each other so closely that the past shows few independent ones. */
export const createTail = (heaviness = 0.02): Tail => ({
  n: 0,
  threshold: 0,
  share: beyond,
  excesses: [],
  next: 0,
  kept: 0,
  patience: patience.most,
  rare: 0,
  shape: prior.shape,
  scale: 0,
  heaviness,
});

/** Minus the decimal logarithm of the probability of a value at least as large: 3 is one in a thousand. 0 while nothing is known. */
export function surprise(tail: Tail, value: number): number {
  if (tail.n < warmUp || value <= 0) return 0;
  const atThreshold = -Math.log10(tail.share);
  if (value <= tail.threshold) return (atThreshold * value) / tail.threshold;
  if (tail.scale <= 0) return atThreshold;
  const reach = 1 + (tail.shape * (value - tail.threshold)) / tail.scale;
  return atThreshold + Math.log10(reach) / tail.shape;
}

/** The value that is just as surprising; 0 while nothing is known. */
export function valueAt(tail: Tail, surprising: number): number {
  if (tail.n < warmUp) return 0;
  const further = surprising + Math.log10(tail.share);
  if (further <= 0) return tail.threshold;
  return tail.threshold + (tail.scale * (10 ** (further * tail.shape) - 1)) / tail.shape;
}

/**
 * Takes a value in. One that is most surprising counts as the largest that is not quite: an anomaly must not teach that anomalies are normal at once.
 * `floor` is the least difference that means anything; `largest` is how surprising a value may be to be learnt as it is.
 */
export function learn(tail: Tail, value: number, floor: number, largest = 4): void {
  tail.n++;
  if (tail.n <= warmUp) warm(tail, value, floor);
  else track(tail, value, floor, largest);
}

function track(tail: Tail, value: number, floor: number, largest: number) {
  tail.patience = Math.min(patience.most, tail.patience + Math.max(patience.gain, patience.first / tail.n));
  if (surprise(tail, value) >= 3 && !mayTeach(tail)) return;
  const usual = Math.min(value, Math.max(valueAt(tail, largest), floor));
  const over = usual > tail.threshold;
  tail.share += ((over ? 1 : 0) - tail.share) / Math.min(tail.n, 500);
  tail.share = Math.max(tail.share, 0.002);
  const stride = (tail.threshold + tail.scale) * Math.max(0.008, 1 / Math.sqrt(tail.n));
  if (over) keep(tail, usual - tail.threshold, floor);
  tail.threshold = Math.max(0, tail.threshold + stride * (over ? 1 - beyond : -beyond));
}

/** What has stopped and comes again is a habit, however often; only the rest of one long anomaly uses patience up. */
function mayTeach(tail: Tail): boolean {
  const again = tail.n - tail.rare > cluster;
  tail.rare = tail.n;
  if (tail.patience < 1) return again;
  tail.patience--;
  return true;
}

function warm(tail: Tail, value: number, floor: number) {
  tail.excesses.push(value);
  if (tail.n < warmUp) return;
  const sorted = tail.excesses.toSorted((a, b) => a - b);
  tail.threshold = sorted[Math.floor(warmUp * (1 - beyond)) - 1] ?? 0;
  tail.excesses = sorted.map((it) => it - tail.threshold).filter((it) => it > 0);
  tail.next = tail.excesses.length % most;
  refit(tail, Math.max(floor, tail.threshold / 4));
}

/** Of excesses that follow each other closely only the first is kept: else a single anomaly would soon be all that the tail remembers. */
function keep(tail: Tail, excess: number, floor: number) {
  if (tail.n - tail.kept < cluster) return;
  tail.excesses[tail.next] = excess;
  tail.next = (tail.next + 1) % most;
  tail.kept = tail.n;
  refit(tail, Math.max(floor, tail.threshold / 20));
}

/** By moments, which is one pass, drawn towards the prior while excesses are few. */
function refit(tail: Tail, floor: number) {
  const count = tail.excesses.length;
  let sum = 0;
  let squares = 0;
  for (const it of tail.excesses) {
    sum += it;
    squares += it * it;
  }
  const mean = Math.max(sum / Math.max(count, 1), floor);
  const variance = squares / Math.max(count, 1) - mean * mean;
  const ratio = variance > 0 ? (mean * mean) / variance : 1;
  const shape = (count * (1 - ratio) * 0.5 + prior.weight * prior.shape) / (count + prior.weight);
  tail.shape = Math.min(0.5, Math.max(tail.heaviness, shape));
  tail.scale = mean * (1 - tail.shape);
}
