/** Findings and their fixes: plain data, in UTF-16 offsets of the text they were found in. */
import type { Span } from "./source.ts";

export const severities = ["error", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

/** Replaces `[start, end)` by `text`. No other byte of the file changes. */
export interface Edit extends Span {
  text: string;
  /** The part of `text` that a person is expected to edit (offsets into `text`), a snippet's tab stop in editors. */
  placeholder?: Span;
  /** An insertion that other fixes of the same file may need too, such as an import: it is made once. */
  shared?: true;
}

/** `safe`: the program means the same and still compiles, fix-all may apply it. `suggestion`: offered, never batch applied. */
export type FixSafety = "safe" | "suggestion";

export interface Fix {
  title: string;
  safety: FixSafety;
  /** Ascending and not overlapping. */
  edits: Edit[];
  /** Path, from the same folder as the file's own, of the cockpit runtime that the edits import. Whoever makes them sees to it that it is there. */
  runtime?: string;
}

export interface Finding extends Span {
  rule: string;
  severity: Severity;
  message: string;
  fix?: Fix;
}

/** `text` with `edits` made; edits are ascending and do not overlap. Throws a RangeError when they are not. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = "";
  let at = 0;
  for (const edit of edits) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length)
      throw new RangeError(`edit ${edit.start}..${edit.end} overlaps another or leaves the text`);
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at);
}

export const byStart = (a: Edit, b: Edit) => a.start - b.start || a.end - b.end;

export type Fixable = Finding & { fix: Fix };

/** The findings, first come first served, whose fixes touch no range that another's touches. */
export function compatible(findings: readonly Finding[]): Fixable[] {
  // Ascending by start, and by end too, as none overlaps another.
  const taken: Edit[] = [];
  return findings.filter((finding): finding is Fixable => {
    if (!finding.fix) return false;
    const { edits } = finding.fix;
    if (edits.some((it) => isTaken(it, taken))) return false;
    for (const it of edits) taken.splice(firstEndingAt(it.start + 1, taken), 0, it);
    return true;
  });
}

function isTaken(edit: Edit, taken: readonly Edit[]): boolean {
  const near: Edit[] = [];
  for (let i = firstEndingAt(edit.start, taken); i < taken.length; i++) {
    const other = taken[i];
    if (!other || other.start > edit.end) break;
    near.push(other);
  }
  // Made already for another finding, whatever else is made at the same place.
  return near.length > 0 && !near.some((it) => isSame(edit, it));
}

/** Index of the first edit that ends at `offset` or after it. */
function firstEndingAt(offset: number, sorted: readonly Edit[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.end ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Both need the same insertion. */
const isSame = (a: Edit, b: Edit) => a.shared === true && b.shared === true && a.start === b.start && a.end === b.end && a.text === b.text;

/** Paths of the runtimes that their edits import. */
export const runtimesOf = (findings: readonly Pick<Finding, "fix">[]): string[] => [
  ...new Set(findings.flatMap(({ fix }) => fix?.runtime ?? [])),
];

/** All their edits, in order; what several of them share, once. */
export function editsOf(findings: readonly Fixable[]): Edit[] {
  const edits = findings.flatMap(({ fix }) => fix.edits).sort(byStart);
  return edits.filter((it, i) => !isRepeated(it, edits, i));
}

/** Those that are the same stand side by side, with others of the same place between them at most. */
function isRepeated(edit: Edit, sorted: readonly Edit[], at: number): boolean {
  for (let i = at - 1; sorted[i]?.start === edit.start; i--) if (isSame(edit, sorted[i] ?? edit)) return true;
  return false;
}
