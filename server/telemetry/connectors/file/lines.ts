/** Lines of NDJSON, from the bytes of a file. Only a line feed ends one: texts in JSON may hold the other separators of lines. */
import { parsedJson } from "../../../protocol/json.ts";
import type { FileRecord } from "./records.ts";

export interface Lines {
  /** The records that end within these bytes. */
  add(bytes: Buffer): Generator<FileRecord>;
  /** What stands after the last line feed, as nobody will end it any more. */
  end(): Generator<FileRecord>;
}

/** A line that is longer, in bytes, is no record, and is not held. */
const longest = 1_000_000;

export function createLines(): Lines {
  let line = 0;
  let rest = Buffer.alloc(0);
  let isTooLong = false;

  function* take(end: number): Generator<FileRecord> {
    line++;
    const text = rest.toString("utf8", 0, end).trim();
    if (isTooLong || text !== "") yield { line, value: isTooLong ? undefined : parsedJson(text) };
    isTooLong = false;
    rest = rest.subarray(end + 1);
  }

  return {
    *add(bytes) {
      rest = Buffer.concat([rest, bytes]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) yield* take(end);
      isTooLong ||= rest.length > longest;
      if (isTooLong) rest = Buffer.alloc(0);
    },
    end: () => take(rest.length),
  };
}
