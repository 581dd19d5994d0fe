/** Reads source files into one reused buffer and says in a sentence why one cannot be checked. */
import { isAscii } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { messageOf } from "../protocol/message-of.ts";

export interface SourceBytes {
  /** Valid until the next read. */
  bytes: Buffer;
  /** The bytes one character each: what byte tests look at. */
  latin1: string;
}

/** A reason is one sentence for people: what is the matter with the file and what to do. */
export type Unread = { reason: string };

export interface SourceReader {
  read(path: string): SourceBytes | Unread;
}

export function createReader(maxFileBytes: number): SourceReader {
  // Grows up to one byte more than may be read: what does not fill it has been read whole, with a single call.
  let buffer = Buffer.allocUnsafeSlow(Math.min(256 * 1024, maxFileBytes + 1));

  function readAll(path: string): Buffer | Unread {
    const file = openSync(path, "r");
    try {
      let length = readSync(file, buffer, 0, buffer.length, null);
      if (length < buffer.length) return buffer.subarray(0, length);
      const { size } = fstatSync(file);
      if (size > maxFileBytes) return tooLarge(size, maxFileBytes);
      buffer = Buffer.concat([buffer], Math.max(size, length) + 1);
      for (let n = 1; n > 0 && length < buffer.length; length += n) n = readSync(file, buffer, length, buffer.length - length, null);
      return buffer.subarray(0, length);
    } finally {
      closeSync(file);
    }
  }

  return {
    read(path) {
      try {
        const bytes = readAll(path);
        return "reason" in bytes ? bytes : (unreadable(bytes) ?? { bytes, latin1: bytes.toString("latin1") });
      } catch (error) {
        return { reason: reasonOf(error) };
      }
    },
  };
}

/** The text, a byte-order mark kept, or why there is none. */
export function decode({ bytes, latin1 }: SourceBytes): { text: string } | Unread {
  if (isAscii(bytes)) return { text: latin1 };
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { reason: "it is not valid UTF-8; convert it to UTF-8 to have it checked" };
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function unreadable(bytes: Buffer): Unread | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { reason: "it is UTF-16; convert it to UTF-8 to have it checked" };
  return bytes.includes(0) ? { reason: "it is binary, not source text; exclude it or rename it" } : undefined;
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

const tooLarge = (size: number, limit: number): Unread => ({
  reason: `it has ${megabytes(size)}, more than the ${megabytes(limit)} of maxFileBytes; raise that or exclude the file`,
});

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "it was deleted during the audit";
  if (code === "EACCES" || code === "EPERM") return "it may not be read; check its permissions";
  return `it cannot be read: ${messageOf(error)}`;
}
