/** What characters mean in Python, and where words, lines and white space end. Works on Latin-1 decoded bytes as well as on text. */

export const newline = 1;
export const quote = 2;
export const hash = 3;
export const open = 4;
export const close = 5;
export const colon = 6;
export const semicolon = 7;
export const continuation = 8;
export const backslash = 0x5c;

/** What a character means to the scanner; 0 for nothing. */
export const kinds = new Uint8Array(0x10000);
for (const [characters, kind] of [
  ["\n\r", newline],
  ["'\"", quote],
  ["#", hash],
  ["([{", open],
  [")]}", close],
  [":", colon],
  [";", semicolon],
  ["\\", continuation],
] as const)
  for (const it of characters) kinds[it.charCodeAt(0)] = kind;

export const isSpace = (c: number) => c === 0x20 || c === 0x09 || c === 0x0c;

/** Offset after white space and backslash continuations. */
export function skipSpace(text: string, at: number): number {
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== backslash) return at;
    const next = afterNewline(text, at + 1);
    if (next === at + 1) return at;
    at = next;
  }
}

/** Letters, digits, underscores, and all that is not ASCII. */
export function isWord(text: string, at: number): boolean {
  const c = text.charCodeAt(at) | 0x20;
  return (c >= 0x61 && c <= 0x7a) || c >= 0x80 || isDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 0x5f;
}

const isDigit = (c: number) => c >= 0x30 && c <= 0x39;

/** The word of small letters that starts here; empty when other letters follow. */
export function wordAt(text: string, start: number): string {
  let end = start;
  for (let c = text.charCodeAt(end); c >= 0x61 && c <= 0x7a; c = text.charCodeAt(end)) end++;
  return isWord(text, end) ? "" : text.slice(start, end);
}

/** Statements that no bracket can hold, at the start of a line: an open bracket before them was never closed. */
export function startsStatement(text: string, at: number): boolean {
  const next = afterNewline(text, at);
  const c = text.charCodeAt(next);
  // c, d, i, w: the first letters of the words below.
  if (c !== 0x63 && c !== 0x64 && c !== 0x69 && c !== 0x77) return false;
  return /^(?:class|def|import|while|with)$/.test(wordAt(text, next)) && isSpace(text.charCodeAt(next + wordAt(text, next).length));
}

/** Not by searching for a carriage return: a text without any would be searched to its end each time. */
export function lineEnd(text: string, at: number): number {
  while (at < text.length && kinds[text.charCodeAt(at)] !== newline) at++;
  return at;
}

/** Offset after the line break at `at`, or `at` when there is none. */
export function afterNewline(text: string, at: number): number {
  const c = text.charCodeAt(at);
  if (c === 0x0d) return text.charCodeAt(at + 1) === 0x0a ? at + 2 : at + 1;
  return c === 0x0a ? at + 1 : at;
}
