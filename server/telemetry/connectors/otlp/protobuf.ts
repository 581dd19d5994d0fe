/**
 * Reads OTLP requests from protobuf, only what the cockpit uses of them. Field numbers: https://github.com/open-telemetry/opentelemetry-proto, 1.10. No package decodes
 * requests ready-made; `pbf` reads the wire format, a field at a time, and passes over what nobody asks for.
 */
import { PbfReader } from "pbf";
import { type Attributes, type AttributeValue, knownAttributes } from "../../attributes.ts";
import { digest, type Raw } from "./identity.ts";
import {
  type Aggregation,
  type DataPoint,
  type LogRecord,
  MalformedRequest,
  mostSignals,
  type Signal,
  type SignalPath,
  type Span,
} from "./signals.ts";
import { textAt } from "./texts.ts";

export function decodeProtobuf(path: SignalPath, bytes: Uint8Array): Signal[] {
  const reader = new PbfReader(bufferOf(bytes));
  const request: Request = { path, resource: {}, origin: "", signals: [] };
  try {
    reader.readFields(readRequest, request, bytes.length);
    if (reader.pos !== bytes.length) throw new Error("it ends in the middle of a field");
  } catch (error) {
    throw new MalformedRequest(`no OTLP request of ${path} in protobuf: ${error instanceof Error ? error.message : error}`);
  }
  return request.signals;
}

interface Request {
  path: SignalPath;
  resource: Attributes;
  /** Of what the resource and scope say. Spans have ids of their own, and need none. */
  origin: string;
  signals: Signal[];
}

type ReadField<T> = (field: number, into: T, reader: PbfReader) => void;

/** Messages that reach beyond their surroundings are refused, which pbf leaves to its callers. */
function message<T>(reader: PbfReader, read: ReadField<T>, into: T): T {
  if (reader.type !== lengthDelimited) throw new Error("a message was expected");
  const end = reader.readVarint() + reader.pos;
  if (!(end <= reader.length)) throw new Error("a message is longer than what there is");
  reader.readFields(read, into, end);
  if (reader.pos !== end) throw new Error("a message ends in the middle of a field");
  return into;
}

/** What `read` passes over, as it was written. */
function rawOf(reader: PbfReader, read: () => void): Uint8Array {
  const start = reader.pos;
  read();
  return bufferOf(reader.buf).subarray(start, reader.pos);
}

const lengthDelimited = 2;

/** `Export*ServiceRequest`, `Resource*`, `Scope*`: the three kinds of signals are nested alike. */
const readRequest: ReadField<Request> = (field, request, reader) => {
  if (field === 1) message(reader, readResourceGroup, { ...request, resource: {} });
};

const readResourceGroup: ReadField<Request> = (field, request, reader) => {
  if (field === 1)
    addOrigin(
      request,
      rawOf(reader, () => message(reader, readResource, request.resource)),
    );
  if (field === 2) message(reader, readScopeGroup, { ...request });
};

function addOrigin(request: Request, raw: Raw) {
  if (request.path !== "traces") request.origin = digest(request.origin, raw);
}

const readResource: ReadField<Attributes> = (field, attributes, reader) => {
  if (field === 1) readAttribute(attributes, reader);
};

const readScopeGroup: ReadField<Request> = (field, request, reader) => {
  const { path, resource, origin, signals } = request;
  if (field === 1)
    addOrigin(
      request,
      rawOf(reader, () => reader.skip(reader.type)),
    );
  if (field !== 2) return;
  refuseMore(signals);
  if (path === "traces") signals.push(message(reader, readSpan, emptySpan(resource)));
  else if (path === "logs") signals.push(withRaw(reader, readLogRecord, emptyLogRecord(resource, origin)));
  else message(reader, readMetric, { name: "", resource, origin, signals });
};

function withRaw<T extends { raw: Raw }>(reader: PbfReader, read: ReadField<T>, into: T): T {
  into.raw = rawOf(reader, () => message(reader, read, into));
  return into;
}

function refuseMore(signals: readonly Signal[]) {
  if (signals.length >= mostSignals) throw new Error(`more than ${mostSignals} of them; send smaller batches`);
}

const emptySpan = (resource: Attributes): Span => ({
  kind: "span",
  resource,
  traceId: "",
  spanId: "",
  startedAt: 0,
  endedAt: 0,
  attributes: {},
  isError: false,
});

const readSpan: ReadField<Span> = (field, span, reader) => {
  if (field === 1) span.traceId = readHex(reader);
  else if (field === 2) span.spanId = readHex(reader);
  else if (field === 7) span.startedAt = readNanos(reader);
  else if (field === 8) span.endedAt = readNanos(reader);
  else if (field === 9) readAttribute(span.attributes, reader);
  else if (field === 15) message(reader, readStatus, span);
};

const readStatus: ReadField<Span> = (field, span, reader) => {
  if (field === 3) span.isError = reader.readVarint() === 2;
};

const emptyLogRecord = (resource: Attributes, origin: string): LogRecord => ({
  kind: "log",
  resource,
  time: 0,
  traceId: "",
  spanId: "",
  name: "",
  body: "",
  attributes: {},
  isError: false,
  origin,
  raw: "",
});

const readLogRecord: ReadField<LogRecord> = (field, log, reader) => {
  if (field === 1) log.time = readNanos(reader);
  // SeverityNumber: ERROR begins at 17.
  else if (field === 2) log.isError = reader.readVarint() >= 17;
  else if (field === 5) log.body = String(message(reader, readValue, emptyValue()).value ?? "");
  else if (field === 6) readAttribute(log.attributes, reader);
  else if (field === 9) log.traceId = readHex(reader);
  else if (field === 10) log.spanId = readHex(reader);
  else if (field === 11) log.time ||= readNanos(reader);
  else if (field === 12) log.name = readText(reader);
};

interface Metric {
  name: string;
  resource: Attributes;
  origin: string;
  signals: Signal[];
}

const readMetric: ReadField<Metric> = (field, metric, reader) => {
  if (field === 1) metric.name = readText(reader);
  const kind = kinds.get(field);
  if (kind) message(reader, readPoints, { ...metric, kind, aggregation: { ...kind.aggregation } });
};

interface Kind {
  isDistribution: boolean;
  /** The field of a data point in which its attributes are. */
  attributes: number;
  /** Where nothing is said. */
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
  const { kind, signals, aggregation } = points;
  if (field === 1) {
    refuseMore(signals);
    signals.push(withRaw(reader, readPointOf(kind), emptyPoint(points)));
  } else if (field === 2) aggregation.isCumulative = reader.readVarint() === cumulative;
  else if (field === 3 && !kind.isDistribution) aggregation.isMonotonic = reader.readBoolean();
};

/** AGGREGATION_TEMPORALITY_CUMULATIVE */
const cumulative = 2;

const emptyPoint = ({ name, resource, origin, kind, aggregation }: Points): OwnPoint => ({
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

interface OwnPoint extends DataPoint {
  labels: Raw[];
}

const readPointOf =
  ({ isDistribution, attributes }: Kind): ReadField<OwnPoint> =>
  (field, point, reader) => {
    if (field === attributes) point.labels.push(rawOf(reader, () => readAttribute(point.attributes, reader)));
    else if (field === 2) point.startedAt = readNanos(reader);
    else if (field === 3) point.time = readNanos(reader);
    else if (field === 4 && isDistribution) point.count = reader.readFixed64();
    else if (field === 4 || (field === 5 && isDistribution)) point.value = reader.readDouble();
    else if (field === 6 && !isDistribution) point.value = reader.readSFixed64();
  };

interface KeyValue {
  key: string;
  value: AttributeValue | undefined;
}

const emptyValue = (): KeyValue => ({ key: "", value: undefined });

/** Values of keys that nobody reads stay undecoded: they may be whole prompts. */
function readAttribute(attributes: Attributes, reader: PbfReader) {
  const { key, value } = message(reader, readKeyValue, emptyValue());
  if (value !== undefined) attributes[key] = value;
}

const readKeyValue: ReadField<KeyValue> = (field, pair, reader) => {
  if (field === 1) pair.key = readText(reader);
  else if (field === 2 && knownAttributes.has(pair.key)) message(reader, readValue, pair);
};

const readValue: ReadField<KeyValue> = (field, pair, reader) => {
  if (field === 1) pair.value = readText(reader);
  else if (field === 2) pair.value = reader.readBoolean();
  else if (field === 3) pair.value = reader.readVarint(true);
  else if (field === 4) pair.value = reader.readDouble();
};

function readText(reader: PbfReader): string {
  const { bytes, start, end } = lengthDelimitedAt(reader, "a text");
  return textAt(bytes, start, end);
}

/** A double holds nanoseconds of this century to a quarter of a microsecond. */
const readNanos = (reader: PbfReader): number => reader.readFixed64() / 1e6;

function readHex(reader: PbfReader): string {
  const { bytes, start, end } = lengthDelimitedAt(reader, "an id");
  return bytes.toString("hex", start, end);
}

/** Reads over it. */
function lengthDelimitedAt(reader: PbfReader, what: string) {
  if (reader.type !== lengthDelimited) throw new Error(`${what} was expected`);
  const length = reader.readVarint();
  const start = reader.pos;
  reader.pos += length;
  return { bytes: bufferOf(reader.buf), start, end: Math.min(reader.pos, reader.length) };
}

/** The same bytes. */
const bufferOf = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
