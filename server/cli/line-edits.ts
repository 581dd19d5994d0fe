import { diffIndices } from "node-diff3";
import type { Edit } from "../engine/finding.ts";

/** The lines that differ, as edits, so that a diff of a long file shows them alone. */
export function lineEdits(before: string, after: string): Edit[] {
  const old = linesOf(before);
  const starts = [0];
  for (const line of old) starts.push((starts.at(-1) ?? 0) + line.length);
  return diffIndices(old, linesOf(after)).map(({ buffer1: [line, count], buffer2Content }) => ({
    start: starts[line] ?? before.length,
    end: starts[line + count] ?? before.length,
    text: buffer2Content.join(""),
  }));
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
