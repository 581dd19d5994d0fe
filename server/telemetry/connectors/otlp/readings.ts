/** What a data point adds to what its series said before: most SDKs count from their start on (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#temporality). */
import { digest } from "./identity.ts";
import type { DataPoint } from "./signals.ts";

/** The value that a point tells of: of a sum what was added, of a distribution the mean of what was; `undefined` where that is not known. */
export type ReadPoint = (point: DataPoint) => number | undefined;

/** A sum, and of a distribution how many values it is of. */
interface Total {
  value: number;
  count: number;
}

interface Reading {
  time: number;
  startedAt: number;
  total: Total;
  /** What the point of `time` is compared with, so that one that comes again says the same. */
  base: Total | undefined;
}

const nothing: Total = { value: 0, count: 0 };

/** `listeningSince` in milliseconds since 1970: of a series that began later, nothing was missed. */
export function createReadings(listeningSince: number, mostSeries = 50_000): ReadPoint {
  const readings = new Map<string, Reading>();
  let completeSince = listeningSince;

  function baseOf({ time, startedAt, value }: DataPoint, before: Reading | undefined): Total | undefined {
    if (!before) return startedAt >= completeSince ? nothing : undefined;
    if (time === before.time) return before.base;
    const isRestarted = startedAt > before.startedAt || value < before.total.value;
    return isRestarted ? nothing : before.total;
  }

  /** The series that was silent for longest goes first. */
  function keep(series: string, reading: Reading) {
    readings.delete(series);
    readings.set(series, reading);
    if (readings.size <= mostSeries) return;
    for (const [oldest, { time }] of readings) {
      readings.delete(oldest);
      completeSince = Math.max(completeSince, time);
      return;
    }
  }

  return (point) => {
    const total = { value: point.value, count: point.count ?? 0 };
    if (!point.aggregation.isMonotonic || !point.aggregation.isCumulative) return told(point, total, nothing);
    const series = digest(point.origin, point.name, ...point.labels);
    const before = readings.get(series);
    if (!Number.isFinite(point.value) || (before && point.time < before.time)) return undefined;
    const base = baseOf(point, before);
    keep(series, { time: point.time, startedAt: point.startedAt, total, base });
    return base && told(point, total, base);
  };
}

function told({ count }: DataPoint, total: Total, base: Total): number | undefined {
  const value = total.value - base.value;
  if (count === undefined) return value;
  return total.count > base.count ? value / (total.count - base.count) : undefined;
}
