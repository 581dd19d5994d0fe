/** How a Python file is laid out: what a new line in it starts with and ends in. */

/** The line break that the file uses first; `\n` for a file of one line. */
export function lineBreak(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}

/** White space before the token at `start`, from its line's start; a form feed begins the count anew, a byte-order mark is none. */
export function indentAt(text: string, start: number): string {
  return /[ \t]*$/.exec(text.slice(Math.max(0, lineStart(text, start)), start))?.[0] ?? "";
}

/** What one more level of indentation adds: as the file's first block does it; a tab in a tabbed line; else four spaces. */
export function indentUnit(text: string, indent: string): string {
  // Every fix of a file asks for it.
  if (last?.text !== text) last = { text, unit: firstBlock.exec(text)?.[2] };
  const { unit } = last;
  if (unit && (indent === "" || indent.includes("\t") === unit.includes("\t"))) return unit;
  return indent.endsWith("\t") ? "\t" : "    ";
}

let last: { text: string; unit: string | undefined } | undefined;

/** A header that ends with its line, lines without code, and the first line of its body. A line that only ends a header says nothing. */
const firstBlock =
  /^([ \t]*)(?:async|case|class|def|elif|else|except|finally|for|if|match|try|while|with)\b[^\r\n]*:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r)(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*\1([ \t]+)[^\s#]/m;

function lineStart(text: string, at: number): number {
  while (at > 0 && !/[\r\n]/.test(text.charAt(at - 1))) at--;
  return at;
}
