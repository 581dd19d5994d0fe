/**
 * Reads OTLP requests from protobuf, only what the cockpit uses of them. Field numbers: https://github.com/open-telemetry/opentelemetry-proto, 1.10. No package decodes
 * requests ready-made; `pbf` reads the wire format, a field at a time, and passes over what nobody asks for.
 */
import { PbfReader } from "pbf";
import { type Attributes, type AttributeValue, knownAttributes } from "../../attributes.ts";
import { type DataPoint, type LogRecord, MalformedRequest, mostSignals, type Signal, type SignalPath, type Span } from "./signals.ts";
import { textAt } from "./texts.ts";

export function decodeProtobuf(path: SignalPath, bytes: Uint8Array): Signal[] {
  const reader = new PbfReader(bufferOf(bytes));
  const request: Request = { path, resource: {}, signals: [] };
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

const lengthDelimited = 2;

/** `Export*ServiceRequest`, `Resource*`, `Scope*`: the three kinds of signals are nested alike. */
const readRequest: ReadField<Request> = (field, request, reader) => {
  if (field === 1) message(reader, readResourceGroup, { ...request, resource: {} });
};

const readResourceGroup: ReadField<Request> = (field, request, reader) => {
  if (field === 1) message(reader, readResource, request.resource);
  if (field === 2) message(reader, readScopeGroup, request);
};

const readResource: ReadField<Attributes> = (field, attributes, reader) => {
  if (field === 1) readAttribute(attributes, reader);
};

const readScopeGroup: ReadField<Request> = (field, { path, resource, signals }, reader) => {
  if (field !== 2) return;
  refuseMore(signals);
  if (path === "traces") signals.push(message(reader, readSpan, emptySpan(resource)));
  else if (path === "logs") signals.push(message(reader, readLogRecord, emptyLogRecord(resource)));
  else message(reader, readMetric, { name: "", resource, signals });
};

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

const emptyLogRecord = (resource: Attributes): LogRecord => ({
  kind: "log",
  resource,
  time: 0,
  traceId: "",
  spanId: "",
  name: "",
  body: "",
  attributes: {},
  isError: false,
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
  signals: Signal[];
}

const readMetric: ReadField<Metric> = (field, metric, reader) => {
  if (field === 1) metric.name = readText(reader);
  else if (field === 5 || field === 7) message(reader, readNumberPoints, metric);
  else if (field === 9) message(reader, readHistogramPoints, metric);
};

const readNumberPoints: ReadField<Metric> = (field, { name, resource, signals }, reader) => {
  refuseMore(signals);
  if (field === 1) signals.push(message(reader, readNumberPoint, emptyPoint(name, resource)));
};

const emptyPoint = (name: string, resource: Attributes): DataPoint => ({
  kind: "metric",
  resource,
  time: 0,
  name,
  value: Number.NaN,
  attributes: {},
});

const readNumberPoint: ReadField<DataPoint> = (field, point, reader) => {
  if (field === 3) point.time = readNanos(reader);
  else if (field === 4) point.value = reader.readDouble();
  else if (field === 6) point.value = reader.readSFixed64();
  else if (field === 7) readAttribute(point.attributes, reader);
};

const readHistogramPoints: ReadField<Metric> = (field, { name, resource, signals }, reader) => {
  if (field !== 1) return;
  refuseMore(signals);
  const histogram = message(reader, readHistogramPoint, { point: emptyPoint(name, resource), count: 0, sum: 0 });
  histogram.point.value = histogram.sum / histogram.count;
  signals.push(histogram.point);
};

interface Histogram {
  point: DataPoint;
  count: number;
  sum: number;
}

const readHistogramPoint: ReadField<Histogram> = (field, histogram, reader) => {
  if (field === 3) histogram.point.time = readNanos(reader);
  else if (field === 4) histogram.count = reader.readFixed64();
  else if (field === 5) histogram.sum = reader.readDouble();
  else if (field === 9) readAttribute(histogram.point.attributes, reader);
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
