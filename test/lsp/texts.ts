/** Texts as LSP edits them, counted here apart from the server's own counting. */
import assert from "node:assert/strict";
import type { Position, Range, SnippetTextEdit, TextEdit } from "vscode-languageserver/node";

/** The empty range before the first occurrence of `part`, or the range of all of it. */
export function rangeOf(text: string, part: string, whole = false): Range {
  const offset = text.indexOf(part);
  assert(offset >= 0, `${part} is not in the text`);
  const start = positionAt(text, offset);
  return { start, end: whole ? positionAt(text, offset + part.length) : start };
}

export const everything: Range = { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } };

export function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function offsetAt(text: string, { line, character }: Position): number {
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map((it) => it.index + it[0].length)];
  return Math.min((starts[line] ?? text.length) + (line < starts.length ? character : 0), text.length);
}

export const splice = (text: string, { start, end }: Range, replacement: string): string =>
  text.slice(0, offsetAt(text, start)) + replacement + text.slice(offsetAt(text, end));

/** All edits are of the text before any of them; those of one place are made in the order they come. Snippets leave their placeholders as text. */
export function edited(text: string, edits: readonly (TextEdit | SnippetTextEdit)[]): string {
  return [...edits]
    .map((it) => ({
      start: offsetAt(text, it.range.start),
      end: offsetAt(text, it.range.end),
      text: "snippet" in it ? filled(it.snippet.value) : it.newText,
    }))
    .sort((a, b) => a.start - b.start)
    .reduceRight((now, it) => now.slice(0, it.start) + it.text + now.slice(it.end), text);
}

const filled = (snippet: string) =>
  snippet.replace(
    /\$\{\d+:((?:\\.|[^}\\])*)\}|\\(.)/g,
    (_, placeholder?: string, escaped?: string) => escaped ?? placeholder?.replace(/\\(.)/g, "$1") ?? "",
  );
