/** Random edits of a text, for property tests. */
import type { Edit } from "../../server/engine/finding.ts";

/** Edits from gaps and lengths, as many as fit. */
export function placeEdits(text: string, raw: readonly [gap: number, length: number, text: string][]): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  for (const [gap, length, inserted] of raw) {
    const start = at + gap;
    if (start + length > text.length) break;
    edits.push({ start, end: start + length, text: inserted });
    at = start + length;
  }
  return edits;
}
