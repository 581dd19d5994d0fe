/** A command line that names an index itself: it would be asked besides, or instead of, the public one. */
import type { Gathering } from "./gathering.ts";
import type { Line } from "./options.ts";

const indexOptions = ["index", "default-index", "index-url", "extra-index-url", "find-links", "torch-backend", "config-file", "registry"];

export function refuseIndexes(line: Line, found: Gathering) {
  const named = indexOptions.find((it) => line.has(it));
  if (named !== undefined) found.unclear.add(`the command line names an index itself (--${named})`);
}
