/** Semicolons and what they stand between. */
import { skipSpace } from "../../languages/python/characters.ts";
import type { CompoundLine } from "../../languages/python/compound-lines.ts";

export interface Separator {
  /** Offset of the semicolon. */
  semicolon: number;
  /** Offset after the statement before it: white space and continuations lie between. */
  before: number;
  /** Nothing but a comment follows on the logical line. */
  isLast: boolean;
}

export function separators(text: string, { semicolons, end }: CompoundLine): Separator[] {
  return semicolons.map((semicolon) => ({
    semicolon,
    before: statementEnd(text, semicolon),
    isLast: skipSpace(text, semicolon + 1) >= end,
  }));
}

/** Back over white space and backslash continuations. */
function statementEnd(text: string, at: number): number {
  const before = text.slice(0, at);
  return at - (/(?:[ \t\f]|\\(?:\r\n|\n|\r))*$/.exec(before.slice(-200))?.[0].length ?? 0);
}
