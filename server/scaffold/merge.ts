/** Joins what a person changed in a generated file with what its template says now. */
import { diff3Merge } from "node-diff3";

export type Merged = { text: string } | { conflicts: Conflict[] };

/** Lines that both sides changed, each in its own way. */
export interface Conflict {
  /** 1-based, in the person's text. */
  line: number;
  mine: string[];
  generated: string[];
}

/** `base` is what was generated last time. The result has the line endings of `mine`; a byte-order mark stays. */
export function mergeTexts(base: string, mine: string, generated: string): Merged {
  const regions = diff3Merge(linesOf(mine), linesOf(base), linesOf(generated), { excludeFalseConflicts: true });
  const conflicts = regions.flatMap(({ conflict }) =>
    conflict ? [{ line: conflict.aIndex + 1, mine: conflict.a, generated: conflict.b }] : [],
  );
  if (conflicts.length > 0) return { conflicts };
  const ending = mine.includes("\r\n") ? "\r\n" : "\n";
  return { text: bomOf(mine) + regions.flatMap(({ ok = [] }) => ok).join(ending) };
}

/** Whether both say the same: line endings and a byte-order mark are the affair of editors and of git. */
export const sameText = (a: string, b: string): boolean => plain(a) === plain(b);

const bomOf = (text: string) => (text.startsWith("\uFEFF") ? "\uFEFF" : "");
const plain = (text: string) => text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
const linesOf = (text: string) => plain(text).split("\n");
