/** Where lines end, for edits that add one. */
import type { Span } from "../source.ts";

/** The text's own line ending. */
export const lineEnding = (text: string): string => (/\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n");

/** Offset of the end of the line that holds `offset`, before what ends it. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline < 0) return text.length;
  return text[newline - 1] === "\r" ? newline - 1 : newline;
}

/** Offset of the end of the line that holds `offset`, and of what else of `statements`, in order, begins on it: a string may go on below. */
export function lineEndBelow(text: string, offset: number, statements: readonly Span[]): number {
  let at = lineEnd(text, offset);
  for (const it of statements) if (it.start >= offset && it.start < at) at = lineEnd(text, it.end);
  return at;
}

/** Offset of the start of the line that holds `offset`, after a byte-order mark. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return start === 0 && text.startsWith("\uFEFF") ? 1 : start;
}
