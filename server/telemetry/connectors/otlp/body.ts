/** Reads the body of a request, which may be compressed, and never more of it than is sensible. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";

export type Body = Buffer;
export type Encoding = "json" | "protobuf";

/** Bytes on the wire and after decompression; the exporters' own batches are far smaller. */
const maxBytes = 8 * 1024 * 1024;
const maxUnpackedBytes = 32 * 1024 * 1024;

export class ReadError extends Error {
  override name = "ReadError";
  /** As it is counted. */
  readonly what: string;
  /** Of HTTP. */
  readonly status: number;

  constructor(what: string, status: number, message: string) {
    super(message);
    this.what = what;
    this.status = status;
  }
}

const tooLarge = (limit: number) => new ReadError("too large", 413, `larger than ${limit / 1024 / 1024} MiB; send smaller batches`);

export function encodingOf({ headers }: IncomingMessage): Encoding | undefined {
  const type = headers["content-type"]?.split(";")[0]?.trim();
  if (type === "application/json") return "json";
  return type === "application/x-protobuf" || type === "application/protobuf" ? "protobuf" : undefined;
}

export async function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return unpacked(Buffer.concat(chunks), request.headers["content-encoding"]);
}

const unpackers = { gzip: promisify(gunzip), deflate: promisify(inflate) };

async function unpacked(body: Buffer, encoding = "identity"): Promise<Buffer> {
  if (encoding === "identity") return body;
  const unpack = encoding === "gzip" || encoding === "deflate" ? unpackers[encoding] : undefined;
  if (!unpack) throw new ReadError("unknown encoding", 415, "compress with gzip, or not at all");
  try {
    return await unpack(body, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxUnpackedBytes);
    throw new ReadError("malformed", 400, `the body is not ${encoding}`);
  }
}
