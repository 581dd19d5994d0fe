/** A unified diff made from the edits themselves: comparing the texts takes minutes where thousands of lines change. */

import { applyEdits, type Edit } from "../engine/finding.ts";
import type { Terminal } from "./terminal.ts";

/** Lines `[start, end)` of the old text, 0-based, and the lines that are there instead. */
interface Change {
  start: number;
  end: number;
  lines: string[];
}

const context = 3;

/** As `git diff` prints it, so that `git apply` takes it. `edits` are ascending and do not overlap. */
export function unifiedDiff(path: string, before: string, edits: readonly Edit[], { isNew = false } = {}): string {
  const old = splitLines(before);
  const changes = changesOf(before, old, edits).filter((it) => it.end > it.start || it.lines.length > 0);
  let grown = 0;
  const hunks = groupNear(changes).map((hunk) => {
    const text = formatHunk(old, hunk, grown);
    for (const { start, end, lines } of hunk) grown += lines.length - (end - start);
    return text;
  });
  return hunks.length === 0 ? "" : `--- ${isNew ? "/dev/null" : `a/${path}`}\n+++ b/${path}\n${hunks.join("")}`;
}

/** As git colours it. */
export function colored(diff: string, colors: Terminal["colors"]): string {
  if (!colors.isColorSupported) return diff;
  return diff.replace(/^.*$/gm, (line) => {
    if (/^(---|\+\+\+) /.test(line)) return colors.bold(line);
    if (line.startsWith("+")) return colors.green(line);
    if (line.startsWith("-")) return colors.red(line);
    return line.startsWith("@@") ? colors.cyan(line) : line;
  });
}

/** Lines with their terminators, which are line feeds here as they are for git. */
const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function changesOf(before: string, old: readonly string[], edits: readonly Edit[]): Change[] {
  const starts = lineStarts(before);
  const groups: { start: number; end: number; edits: Edit[] }[] = [];
  for (const edit of edits) {
    const start = lineAt(starts, edit.start);
    const end = lineAt(starts, edit.end) + 1;
    const last = groups.at(-1);
    if (last && start < last.end) Object.assign(last, { end, edits: [...last.edits, edit] });
    else groups.push({ start, end, edits: [edit] });
  }
  return groups.map(({ start, end, edits }) => {
    const from = starts[start] ?? before.length;
    const moved = edits.map((it) => ({ ...it, start: it.start - from, end: it.end - from }));
    const text = applyEdits(before.slice(from, starts[end] ?? before.length), moved);
    return trimmed(old, { start, end: Math.min(end, old.length), lines: splitLines(text) });
  });
}

/** Offsets where lines begin; after a last line feed, also the one where nothing stands yet. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The line that an offset is in, by bisection. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Without the lines at both ends that stay the same. */
function trimmed(old: readonly string[], { start, end, lines }: Change): Change {
  let head = 0;
  while (start + head < end && head < lines.length && old[start + head] === lines[head]) head++;
  let tail = 0;
  while (start + head < end - tail && head < lines.length - tail && old[end - 1 - tail] === lines[lines.length - 1 - tail]) tail++;
  return { start: start + head, end: end - tail, lines: lines.slice(head, lines.length - tail) };
}

/** Changes whose surroundings touch are shown together. */
function groupNear(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    if (last && change.start - (last.at(-1)?.end ?? 0) <= 2 * context) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** `grown` is by how many lines the hunks before this one made the text longer. */
function formatHunk(old: readonly string[], changes: readonly Change[], grown: number): string {
  const start = Math.max(0, (changes[0]?.start ?? 0) - context);
  const end = Math.min(old.length, (changes.at(-1)?.end ?? 0) + context);
  const lines: string[] = [];
  let at = start;
  for (const change of changes) {
    lines.push(
      ...marked(" ", old.slice(at, change.start)),
      ...marked("-", old.slice(change.start, change.end)),
      ...marked("+", change.lines),
    );
    at = change.end;
  }
  lines.push(...marked(" ", old.slice(at, end)));
  const size = changes.reduce((sum, it) => sum + it.lines.length - (it.end - it.start), end - start);
  return `@@ -${rangeOf(start, end - start)} +${rangeOf(start + grown, size)} @@\n${lines.join("")}`;
}

const marked = (mark: string, lines: readonly string[]) =>
  lines.map((it) => (it.endsWith("\n") ? mark + it : `${mark}${it}\n\\ No newline at end of file\n`));

/** An empty range names the line before it. */
const rangeOf = (start: number, size: number) => (size === 1 ? `${start + 1}` : `${size === 0 ? start : start + 1},${size}`);
