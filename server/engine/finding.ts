/** Findings and their fixes: plain data, in UTF-16 offsets of the text they were found in. */
import type { Span } from "./source.ts";

export const severities = ["error", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

/** Replaces `[start, end)` by `text`. No other byte of the file changes. */
export interface Edit extends Span {
  text: string;
  /** The part of `text` that a person is expected to edit (offsets into `text`), a snippet's tab stop in editors. */
  placeholder?: Span;
}

/** `safe`: the program means the same and still compiles, fix-all may apply it. `suggestion`: offered, never batch applied. */
export type FixSafety = "safe" | "suggestion";

export interface Fix {
  title: string;
  safety: FixSafety;
  /** Ascending and not overlapping. */
  edits: Edit[];
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
  const taken: Edit[] = [];
  return findings.filter((finding): finding is Fixable => {
    if (!finding.fix) return false;
    const { edits } = finding.fix;
    if (edits.some((edit) => taken.some((it) => edit.start <= it.end && it.start <= edit.end))) return false;
    taken.push(...edits);
    return true;
  });
}

/** All their edits, in order. */
export const editsOf = (findings: readonly Fixable[]): Edit[] => findings.flatMap(({ fix }) => fix.edits).sort(byStart);
