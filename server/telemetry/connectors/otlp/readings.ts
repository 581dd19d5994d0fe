/** What a data point adds to what its series said before: most SDKs count from their start on (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#temporality). */
import { clockSkewMs } from "../../sane-events.ts";
import { digestOf } from "./identity.ts";
import type { DataPoint } from "./signals.ts";

/** The value that a point tells of: of a sum what was added, of a distribution the mean of what was; `undefined` where that is not known. */
export type ReadPoint = (point: DataPoint) => number | undefined;

/** Reads the points of one request. */
export interface PointReader {
  read: ReadPoint;
  /** Nothing of the request was kept: what its points added is added by those that come next. */
  giveBack(): void;
}

/** A sum, and of a distribution how many values it is of. */
interface Total {
  value: number;
  count: number;
}

interface Reading {
  time: number;
  /** What the next point is compared with. */
  total: Total;
  /** What the point of `time` is compared with, so that one that comes again says the same. */
  base: Total | undefined;
}

interface Step {
  series: string;
  from: Reading | undefined;
  to: Reading;
  added: Total;
}

export interface ReadingsOptions {
  mostSeries?: number;
  /** Milliseconds since 1970. */
  now?(): number;
}

const nothing: Total = { value: 0, count: 0 };

/** `listeningSince` in milliseconds since 1970: of a series that began later, nothing was missed. */
export function createReadings(listeningSince: number, options: ReadingsOptions = {}): () => PointReader {
  const { mostSeries = 50_000, now = Date.now } = options;
  const readings = new Map<string, Reading>();
  let completeSince = listeningSince;

  function baseOf({ startedAt, value }: DataPoint, before: Reading | undefined): Total | undefined {
    if (!before) return startedAt >= completeSince ? nothing : undefined;
    return value < before.total.value ? nothing : before.total;
  }

  /** The series that was silent for longest goes first. */
  function keep(series: string, reading: Reading) {
    readings.delete(series);
    readings.set(series, reading);
    if (readings.size <= mostSeries) return;
    for (const [oldest, { time }] of readings) {
      readings.delete(oldest);
      completeSince = Math.max(completeSince, Math.min(time, now()));
      return;
    }
  }

  /** Of a time that the lake refuses, a point is compared with none, and none with it. */
  const isCompared = ({ aggregation, time }: DataPoint) =>
    aggregation.isMonotonic && aggregation.isCumulative && time <= now() + clockSkewMs;

  function readInto(steps: Step[], point: DataPoint): number | undefined {
    const { time, startedAt, value, count = 0 } = point;
    if (!Number.isFinite(value)) return undefined;
    const total = { value, count };
    if (!isCompared(point)) return told(point, total, nothing);
    // One that starts anew is another one, and so is each of several processes that write under one name.
    const series = digestOf([point.origin, point.name, String(startedAt), ...point.labels]);
    const from = readings.get(series);
    if (from && time < from.time) return undefined;
    if (from && time === from.time) return from.base && told(point, total, from.base);
    const base = baseOf(point, from);
    const to = { time, total, base };
    keep(series, to);
    steps.push({ series, from, to, added: base ? difference(total, base) : nothing });
    return base && told(point, total, base);
  }

  /** Another request may have gone on from it meanwhile. */
  function undo({ series, from, to, added }: Step) {
    const last = readings.get(series);
    if (last !== to) {
      if (last) last.total = difference(last.total, added);
    } else if (from) readings.set(series, from);
    else readings.delete(series);
  }

  return () => {
    const steps: Step[] = [];
    return {
      read: (point) => readInto(steps, point),
      giveBack: () => steps.toReversed().forEach(undo),
    };
  };
}

const difference = (a: Total, b: Total): Total => ({ value: a.value - b.value, count: a.count - b.count });

function told({ count }: DataPoint, total: Total, base: Total): number | undefined {
  const added = difference(total, base);
  if (count === undefined) return added.value;
  return added.count > 0 ? added.value / added.count : undefined;
}
