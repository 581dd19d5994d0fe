/** Reads the body of a request, which may be compressed, and never more of it than is sensible. */
import type { IncomingMessage } from "node:http";
import { createGunzip, createInflate, type Gunzip, type Inflate } from "node:zlib";
import { Refusal } from "./refusal.ts";

export type Body = Buffer;
export type Encoding = "json" | "protobuf";

/** Bytes on the wire and after decompression; the exporters' own batches are far smaller. */
const maxBytes = 8 * 1024 * 1024;
const maxUnpackedBytes = 32 * 1024 * 1024;

const tooLarge = (limit: number) => new Refusal("too large", 413, `larger than ${limit / 1024 / 1024} MiB; send smaller batches`);

const encodings: ReadonlyMap<string, Encoding> = new Map([
  ["application/json", "json"],
  ["application/x-protobuf", "protobuf"],
  ["application/protobuf", "protobuf"],
]);

/** As the request says it; undefined where it says none that is known. */
export const saidEncoding = ({ headers }: IncomingMessage): Encoding | undefined =>
  encodings.get(headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "");

export function encodingOf(request: IncomingMessage): Encoding {
  const encoding = saidEncoding(request);
  if (encoding) return encoding;
  throw new Refusal("unknown content type", 415, "send application/x-protobuf or application/json");
}

/** Gives a request's body to `use`, and holds its bytes until that is done. */
export type WithBody = <T>(request: IncomingMessage, use: (body: Body) => Promise<T>) => Promise<T>;

/** Bodies of all requests together take no more than `mostBytes`: who comes when there is no room is told to come again. */
export function createBodies(mostBytes: number): WithBody {
  let held = 0;
  return async (request, use) => {
    let mine = 0;
    const hold = (bytes: number) => {
      if (held + bytes > mostBytes) throw busy();
      held += bytes;
      mine += bytes;
    };
    try {
      return await use(await readBody(request, hold));
    } finally {
      held -= mine;
    }
  };
}

export const busy = () => new Refusal("told to wait", 503, "busy; send it again", 1);

type Hold = (bytes: number) => void;

async function readBody(request: IncomingMessage, hold: Hold): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const createUnpacker = unpackerOf(request.headers["content-encoding"]);
  // Who is refused in the middle is told so, rather than cut off.
  const chunks = request.iterator({ destroyOnReturn: false });
  const body = await collect(chunks, maxBytes, hold).catch(refusing("cut off", "the body ended before it was whole"));
  return createUnpacker ? unpacked(body, createUnpacker({ chunkSize }), hold) : body;
}

async function collect(chunks: AsyncIterable<Buffer>, limit: number, hold: Hold): Promise<Buffer> {
  const all: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    hold(chunk.length);
    all.push(chunk);
  }
  return Buffer.concat(all);
}

const unpackers = new Map([
  ["gzip", createGunzip],
  ["deflate", createInflate],
]);

function unpackerOf(said = "identity") {
  const encoding = said.toLowerCase();
  const create = unpackers.get(encoding);
  if (!create && encoding !== "identity") throw new Refusal("unknown encoding", 415, "compress with gzip, or not at all");
  return create;
}

const chunkSize = 64 * 1024;

function unpacked(body: Buffer, unpacker: Gunzip | Inflate, hold: Hold): Promise<Buffer> {
  unpacker.end(body);
  return collect(unpacker, maxUnpackedBytes, hold).catch(refusing("malformed", "the body is not compressed as it says"));
}

/** Of an error that is no refusal yet, one. */
const refusing = (what: string, message: string) => (error: unknown) => {
  throw error instanceof Refusal ? error : new Refusal(what, 400, message);
};
