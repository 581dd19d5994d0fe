/** Lines of a text as LSP counts them: `\n`, `\r\n` and a lone `\r` end a line; positions are 0-based, in UTF-16 code units. */
import type { Position, Range } from "vscode-languageserver/node";
import type { Span } from "../engine/source.ts";

export interface Lines {
  /** Positions outside of the text are moved to the nearest place in it. */
  offsetAt(position: Position): number;
  positionAt(offset: number): Position;
  rangeOf(span: Span): Range;
  /** Without the characters that end it. */
  spanOfLine(line: number): Span;
}

export function createLines(text: string): Lines {
  const starts = lineStarts(text);

  function spanOfLine(line: number): Span {
    const start = starts[line] ?? text.length;
    let end = starts[line + 1] ?? text.length;
    if (end > start && line + 1 < starts.length && text[end - 1] === "\n") end--;
    if (end > start && line + 1 < starts.length && text[end - 1] === "\r") end--;
    return { start, end };
  }

  function positionAt(offset: number): Position {
    const at = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return { line: low, character: at - (starts[low] ?? 0) };
  }

  return {
    offsetAt({ line, character }) {
      if (line < 0) return 0;
      const { start, end } = spanOfLine(line);
      return Math.max(start, Math.min(start + character, end));
    },
    positionAt,
    rangeOf: ({ start, end }) => ({ start: positionAt(start), end: positionAt(end) }),
    spanOfLine,
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  if (text.includes("\r")) for (const { 0: ending, index } of text.matchAll(/\r\n?|\n/g)) starts.push(index + ending.length);
  else for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
