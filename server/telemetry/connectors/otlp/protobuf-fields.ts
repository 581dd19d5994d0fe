/** The parts of an OTLP request in protobuf that all signals have. `pbf` reads the wire format, a field at a time, and passes over what nobody asks for. */
import type { PbfReader } from "pbf";
import { type Attributes, type AttributeValue, knownAttributes } from "../../attributes.ts";
import type { Raw } from "./identity.ts";
import { mostSignals, type Signal } from "./signals.ts";
import { textAt } from "./texts.ts";

/** Reads a field of a message, known by its number, into what is made of the message. */
export type ReadField<T> = (field: number, into: T, reader: PbfReader) => void;

/** Messages that reach beyond their surroundings are refused, which pbf leaves to its callers. */
export function readMessage<T>(reader: PbfReader, read: ReadField<T>, into: T): T {
  if (reader.type !== lengthDelimited) throw new Error("a message was expected");
  const end = reader.readVarint() + reader.pos;
  if (!(end <= reader.length)) throw new Error("a message is longer than what there is");
  reader.readFields(read, into, end);
  if (reader.pos !== end) throw new Error("a message ends in the middle of a field");
  return into;
}

/** What `read` passes over, as it was written. */
export function rawOf(reader: PbfReader, read: () => void): Uint8Array {
  const start = reader.pos;
  read();
  return bufferOf(reader.buf).subarray(start, reader.pos);
}

/** A message, beside what is read of it. */
export function readWithRaw<T extends { raw: Raw }>(reader: PbfReader, read: ReadField<T>, into: T): T {
  into.raw = rawOf(reader, () => readMessage(reader, read, into));
  return into;
}

/** Values of keys that nobody reads stay undecoded: they may be whole prompts. */
export function readAttribute(attributes: Attributes, reader: PbfReader) {
  const { key, value } = readMessage(reader, readKeyValue, emptyPair());
  if (value !== undefined) attributes[key] = value;
}

const readKeyValue: ReadField<KeyValue> = (field, pair, reader) => {
  if (field === 1) pair.key = readText(reader);
  else if (field === 2 && knownAttributes.has(pair.key)) readMessage(reader, readValue, pair);
};

/** `AnyValue`: a text, a boolean or a number; undefined for lists and maps. */
const readValue: ReadField<KeyValue> = (field, pair, reader) => {
  if (field === 1) pair.value = readText(reader);
  else if (field === 2) pair.value = reader.readBoolean();
  else if (field === 3) pair.value = reader.readVarint(true);
  else if (field === 4) pair.value = reader.readDouble();
};

interface KeyValue {
  key: string;
  value: AttributeValue | undefined;
}

const emptyPair = (): KeyValue => ({ key: "", value: undefined });

export function readText(reader: PbfReader): string {
  const { bytes, start, end } = lengthDelimitedAt(reader, "a text");
  return textAt(bytes, start, end);
}

/** A double holds nanoseconds of this century to a quarter of a microsecond. */
export const readNanos = (reader: PbfReader): number => reader.readFixed64() / 1e6;

export function readHex(reader: PbfReader): string {
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
export const bufferOf = (bytes: Uint8Array): Buffer =>
  bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const lengthDelimited = 2;

export function refuseMore(signals: readonly Signal[]) {
  if (signals.length >= mostSignals) throw new Error(`more than ${mostSignals} of them; send smaller batches`);
}
