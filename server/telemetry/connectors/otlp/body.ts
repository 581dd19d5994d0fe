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

export function encodingOf({ headers }: IncomingMessage): Encoding {
  const type = headers["content-type"]?.split(";")[0]?.trim();
  if (type === "application/json") return "json";
  if (type === "application/x-protobuf" || type === "application/protobuf") return "protobuf";
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
  const body = await collect(request.iterator({ destroyOnReturn: false }), maxBytes, hold);
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

function unpackerOf(encoding = "identity") {
  const create = unpackers.get(encoding);
  if (!create && encoding !== "identity") throw new Refusal("unknown encoding", 415, "compress with gzip, or not at all");
  return create;
}

const chunkSize = 64 * 1024;

async function unpacked(body: Buffer, unpacker: Gunzip | Inflate, hold: Hold): Promise<Buffer> {
  unpacker.end(body);
  try {
    return await collect(unpacker, maxUnpackedBytes, hold);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal("malformed", 400, "the body is not compressed as it says");
  }
}
