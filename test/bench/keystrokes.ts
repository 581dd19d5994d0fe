/** A text typed and taken back again, one character at a time, as the edits that an editor sends. */
import assert from "node:assert/strict";
import type { Position, Range } from "vscode-languageserver/node";
import type { TypedFile } from "./typed/typed-file.ts";

export interface Keystroke {
  range: Range;
  text: string;
}

/** Each text is written at several places of the file, on a new line of its own, and deleted again from its end. */
export function keystrokes({ text, typed }: TypedFile, count: number): Keystroke[] {
  const rows = text.split("\n");
  const strokes: Keystroke[] = [];
  for (let round = 0; strokes.length < count; round++)
    for (const { at, text: added } of typed) {
      const places = rows.flatMap((row, line) => (row.includes(at) ? [line] : []));
      const line = places[Math.floor(((round * 2 + 1) / 7) * places.length) % places.length];
      assert(line !== undefined, `${at} stands nowhere`);
      strokes.push(...written(line, added));
    }
  return strokes.slice(0, count);
}

function written(line: number, added: string): Keystroke[] {
  const body = added.replace(/\n$/, "");
  const places = [...body, ""].map((_, i) => place(line, body.slice(0, i)));
  const typing = [...body].map((text, i) => ({ range: between(places[i], places[i]), text }));
  const deleting = [...body].map((_, i) => ({ range: between(places[i], places[i + 1]), text: "" }));
  const start = { line, character: 0 };
  return [
    { range: between(start, start), text: "\n" },
    ...typing,
    ...deleting.reverse(),
    { range: between(start, { line: line + 1, character: 0 }), text: "" },
  ];
}

function between(start: Position | undefined, end: Position | undefined): Range {
  assert(start && end);
  return { start, end };
}

function place(line: number, before: string) {
  const rows = before.split("\n");
  return { line: line + rows.length - 1, character: rows.at(-1)?.length ?? 0 };
}
