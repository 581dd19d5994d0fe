/** Text in columns of a terminal: what a sender or a file named is made harmless, and measured as it will be seen. */
import stringWidth from "string-width";
import { printable } from "../terminal.ts";

/** One line of text that fits `width` columns; what is cut off leaves an ellipsis. */
export function fitted(text: string, width: number): string {
  if (width <= 0) return "";
  // A message can have any length, and no more of it than this can be seen.
  const line = oneLine(text.slice(0, mostRead));
  return stringWidth(line) <= width ? line : `${start(line, width - 1)}…`;
}

const mostRead = 1000;

/** As many whole characters, as people count them, as fit. */
function start(line: string, width: number): string {
  let [text, taken] = ["", 0];
  for (const { segment } of characters.segment(line)) {
    taken += stringWidth(segment);
    if (taken > width) break;
    text += segment;
  }
  return text;
}

const characters = new Intl.Segmenter("en");

/** Exactly `width` columns. */
export function cell(text: string, width: number, align: "left" | "right" = "left"): string {
  const line = fitted(text, width);
  const blank = " ".repeat(Math.max(0, width - stringWidth(line)));
  const kept = isRightToLeft.test(line) ? `${line}${leftToRightMark}` : line;
  return align === "left" ? `${kept}${blank}` : `${blank}${kept}`;
}

/** Without one, a terminal that knows of writing directions would put the numbers that follow on the other side of the name. */
const leftToRightMark = "\u200e";
const isRightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Without what steers a terminal, breaks a line or piles up above one. */
export const oneLine = (text: string): string => printable(text.replace(/\s+/g, " ").trim()).replace(/(\p{M}{2})\p{M}+/gu, "$1");

export const widthOf = (text: string): number => stringWidth(text);
