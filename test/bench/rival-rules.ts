/** What AnomalySME is measured beside: two rules that people really use. */

/** How far a value is beyond the rule, as a ratio to where it alarms: 1 and more is an alarm. */
export type Rule = (value: number) => number;

/** The distance from the mean of the last values in their standard deviations; four of them are an alarm. */
export function rollingZScore(window: number): Rule {
  const values: number[] = [];
  let next = 0;
  let sum = 0;
  let squares = 0;
  return (value) => {
    const n = values.length;
    const mean = n ? sum / n : 0;
    const deviation = Math.sqrt(Math.max(0, n ? squares / n - mean * mean : 0));
    const verdict = n < Math.min(50, window) ? 0 : Math.abs(value - mean) / Math.max(deviation, 1e-9) / 4;
    const old = values[next] ?? 0;
    values[next] = value;
    next = (next + 1) % window;
    sum += value - (n === window ? old : 0);
    squares += value * value - (n === window ? old * old : 0);
    return verdict;
  };
}

/** More than three times the mean of the last values, or less than a third. */
export function threeTimes(window: number): Rule {
  const values: number[] = [];
  let next = 0;
  let sum = 0;
  return (value) => {
    const n = values.length;
    const mean = n ? sum / n : 0;
    const verdict = n < Math.min(50, window) || mean <= 0 ? 0 : Math.max(value / mean, mean / Math.max(value, mean / 100)) / 3;
    const old = values[next] ?? 0;
    values[next] = value;
    next = (next + 1) % window;
    sum += value - (n === window ? old : 0);
    return verdict;
  };
}
