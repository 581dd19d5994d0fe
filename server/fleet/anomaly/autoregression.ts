/** The next value as a weighted sum of the latest, learnt online by normalised least mean squares: what moves smoothly, or swings fast, is foreseen best by that. */

export interface Autoregression {
  readonly weights: number[];
  /** The latest values less the level, the newest first. */
  readonly latest: number[];
}

const order = 8;
const rate = 0.05;

export const createAutoregression = (): Autoregression => ({
  weights: new Array<number>(order).fill(0),
  latest: new Array<number>(order).fill(0),
});

/** What the next value deviates from the level by. */
export function foresee(it: Autoregression): number {
  let sum = 0;
  for (let i = 0; i < order; i++) sum += (it.weights[i] ?? 0) * (it.latest[i] ?? 0);
  return sum;
}

/** `deviation` from the level; an error beyond `bound` teaches as much as one of that size. */
export function learnNext(it: Autoregression, deviation: number, bound: number): void {
  const error = Math.min(bound, Math.max(-bound, deviation - foresee(it)));
  let power = 1e-12;
  for (const value of it.latest) power += value * value;
  for (let i = 0; i < order; i++) it.weights[i] = (it.weights[i] ?? 0) + (rate * error * (it.latest[i] ?? 0)) / power;
  for (let i = order - 1; i > 0; i--) it.latest[i] = it.latest[i - 1] ?? 0;
  it.latest[0] = deviation;
}
