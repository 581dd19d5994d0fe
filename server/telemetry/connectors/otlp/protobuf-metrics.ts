/** Reads the metrics of an OTLP request in protobuf: each of their data points is a signal. */
import type { Attributes } from "../../attributes.ts";
import type { Raw } from "./identity.ts";
import { type ReadField, rawOf, readAttribute, readMessage, readNanos, readText, readWithRaw, refuseMore } from "./protobuf-fields.ts";
import type { Aggregation, DataPoint, Signal } from "./signals.ts";

export interface Metric {
  name: string;
  resource: Attributes;
  origin: string;
  /** Where its data points go. */
  signals: Signal[];
  labels: LabelRoom;
}

/** How many attributes the data points of a request may still have: an empty one takes two bytes of it, and far more when it was read. */
export interface LabelRoom {
  left: number;
}

export const readMetric: ReadField<Metric> = (field, metric, reader) => {
  if (field === 1) metric.name = readText(reader);
  const kind = kinds.get(field);
  if (kind) readMessage(reader, readPoints, { ...metric, kind, aggregation: { ...kind.aggregation } });
};

interface Kind {
  isDistribution: boolean;
  /** The field of a data point in which its attributes are. */
  attributes: number;
  /** Where the metric says nothing of it. */
  aggregation: Aggregation;
}

const distribution = { isDistribution: true, aggregation: { isCumulative: false, isMonotonic: true } };
const number = { isDistribution: false, attributes: 7, aggregation: { isCumulative: false, isMonotonic: false } };

/** By the field of `Metric`: gauge, sum, histogram, exponential histogram, summary. */
const kinds: ReadonlyMap<number, Kind> = new Map([
  [5, number],
  [7, number],
  [9, { ...distribution, attributes: 9 }],
  [10, { ...distribution, attributes: 1 }],
  [11, { ...distribution, attributes: 7, aggregation: { isCumulative: true, isMonotonic: true } }],
]);

interface Points extends Metric {
  kind: Kind;
  /** Shared by all points, as it may be written after them. */
  aggregation: Aggregation;
}

const readPoints: ReadField<Points> = (field, points, reader) => {
  const { kind, signals, labels, aggregation } = points;
  if (field === 1) {
    refuseMore(signals);
    signals.push(readWithRaw(reader, readPointOf(kind, labels), emptyPoint(points)));
  } else if (field === 2) aggregation.isCumulative = reader.readVarint() === cumulative;
  else if (field === 3 && !kind.isDistribution) aggregation.isMonotonic = reader.readBoolean();
};

/** AGGREGATION_TEMPORALITY_CUMULATIVE */
const cumulative = 2;

const emptyPoint = ({ name, resource, origin, kind, aggregation }: Points): OpenPoint => ({
  kind: "metric",
  resource,
  origin,
  startedAt: 0,
  time: 0,
  name,
  value: Number.NaN,
  count: kind.isDistribution ? 0 : undefined,
  aggregation,
  attributes: {},
  raw: "",
  labels: [],
});

/** While it is read. */
interface OpenPoint extends DataPoint {
  labels: Raw[];
}

const readPointOf =
  ({ isDistribution, attributes }: Kind, room: LabelRoom): ReadField<OpenPoint> =>
  (field, point, reader) => {
    if (field === attributes) {
      if (room.left-- <= 0) throw new Error("too many attributes of data points; send smaller batches");
      point.labels.push(rawOf(reader, () => readAttribute(point.attributes, reader)));
    } else if (field === 2) point.startedAt = readNanos(reader);
    else if (field === 3) point.time = readNanos(reader);
    else if (field === 4 && isDistribution) point.count = reader.readFixed64();
    else if (field === 4 || (field === 5 && isDistribution)) point.value = reader.readDouble();
    else if (field === 6 && !isDistribution) point.value = reader.readSFixed64();
  };
