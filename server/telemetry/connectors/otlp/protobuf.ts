/**
 * Reads OTLP requests from protobuf, only what the cockpit uses of them. Field numbers: https://github.com/open-telemetry/opentelemetry-proto, 1.10. No package decodes
 * requests ready-made.
 */
import { PbfReader } from "pbf";
import { messageOf } from "../../../protocol/message-of.ts";
import type { Attributes } from "../../attributes.ts";
import { digest } from "./identity.ts";
import {
  bufferOf,
  type ReadField,
  rawOf,
  readAttribute,
  readHex,
  readMessage,
  readNanos,
  readText,
  readWithRaw,
  refuseMore,
} from "./protobuf-fields.ts";
import { type LabelRoom, readMetric } from "./protobuf-metrics.ts";
import { isSampled, type LogRecord, MalformedRequest, mostObjects, type Signal, type SignalPath, type Span } from "./signals.ts";

export function decodeProtobuf(path: SignalPath, bytes: Uint8Array): Signal[] {
  const reader = new PbfReader(bufferOf(bytes));
  const request: Request = { path, resource: {}, origin: "", signals: [], labels: { left: mostObjects } };
  try {
    reader.readFields(readRequest, request, bytes.length);
    if (reader.pos !== bytes.length) throw new Error("it ends in the middle of a field");
  } catch (error) {
    throw new MalformedRequest(`no OTLP request of ${path} in protobuf: ${messageOf(error)}`);
  }
  return request.signals;
}

interface Request {
  path: SignalPath;
  resource: Attributes;
  /** Of what the resource and scope say. Spans have ids of their own, and need none. */
  origin: string;
  signals: Signal[];
  labels: LabelRoom;
}

/** `Export*ServiceRequest`, `Resource*`, `Scope*`: the three kinds of signals are nested alike. */
const readRequest: ReadField<Request> = (field, request, reader) => {
  if (field === 1) readMessage(reader, readResourceGroup, { ...request, resource: {} });
};

const readResourceGroup: ReadField<Request> = (field, request, reader) => {
  if (field === 1) readOrigin(request, reader, () => readMessage(reader, readResource, request.resource));
  if (field === 2) readMessage(reader, readScopeGroup, { ...request });
};

function readOrigin(request: Request, reader: PbfReader, read: () => void) {
  const raw = rawOf(reader, read);
  if (request.path !== "traces") request.origin = digest(request.origin, raw);
}

const readResource: ReadField<Attributes> = (field, attributes, reader) => {
  if (field === 1) readAttribute(attributes, reader);
};

const readScopeGroup: ReadField<Request> = (field, request, reader) => {
  const { path, resource, origin, signals, labels } = request;
  if (field === 1) readOrigin(request, reader, () => reader.skip(reader.type));
  if (field !== 2) return;
  refuseMore(signals);
  if (path === "traces") signals.push(readMessage(reader, readSpan, emptySpan(resource)));
  else if (path === "logs") signals.push(readWithRaw(reader, readLogRecord, emptyLogRecord(resource, origin)));
  else readMessage(reader, readMetric, { name: "", resource, origin, signals, labels });
};

const emptySpan = (resource: Attributes): Span => ({
  kind: "span",
  resource,
  traceId: "",
  spanId: "",
  parentSpanId: "",
  startedAt: 0,
  endedAt: 0,
  attributes: {},
  isError: false,
});

const readSpan: ReadField<Span> = (field, span, reader) => {
  if (field === 1) span.traceId = readHex(reader);
  else if (field === 2) span.spanId = readHex(reader);
  else if (field === 4) span.parentSpanId = readHex(reader);
  else if (field === 7) span.startedAt = readNanos(reader);
  else if (field === 8) span.endedAt = readNanos(reader);
  else if (field === 9) readAttribute(span.attributes, reader);
  else if (field === 15) readMessage(reader, readStatus, span);
};

/** STATUS_CODE_ERROR is 2. */
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
  attributes: {},
  isError: false,
  isSampled: false,
  origin,
  raw: "",
});

const readLogRecord: ReadField<LogRecord> = (field, log, reader) => {
  if (field === 1) log.time = readNanos(reader);
  // SeverityNumber: ERROR begins at 17.
  else if (field === 2) log.isError = reader.readVarint() >= 17;
  else if (field === 6) readAttribute(log.attributes, reader);
  else if (field === 8) log.isSampled = isSampled(reader.readFixed32());
  else if (field === 9) log.traceId = readHex(reader);
  else if (field === 10) log.spanId = readHex(reader);
  else if (field === 11) log.time ||= readNanos(reader);
  else if (field === 12) log.name = readText(reader);
};
