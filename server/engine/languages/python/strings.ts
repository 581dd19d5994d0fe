/** Where Python's strings end: plain ones and those with replacement fields, in which code, and so other strings, may stand. */
import {
  afterNewline,
  backslash,
  close,
  colon,
  continuation,
  hash,
  isWord,
  kinds,
  lineEnd,
  newline,
  open,
  quote,
  startsStatement,
} from "./characters.ts";

/** Offset after the string whose opening quote is at `at`; an unterminated one ends with its line, or with the text if it is triple. */
export function skipString(text: string, at: number): number {
  const mark = text.charCodeAt(at);
  const isTriple = text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark;
  if (isFormatted(text, at)) return skipFormatted(text, at + (isTriple ? 3 : 1), mark, isTriple);
  return isTriple ? skipTriple(text, at + 3, mark) : skipPlain(text, at + 1, mark);
}

function skipPlain(text: string, at: number, mark: number): number {
  for (const { length } = text; at < length; at++) {
    const c = text.charCodeAt(at);
    if (c === mark) return at + 1;
    // What follows a backslash, a line break too, is part of the string.
    if (c === backslash) at = escaped(text, at) - 1;
    else if (c === 0x0a || c === 0x0d) return at;
  }
  return text.length;
}

function skipTriple(text: string, at: number, mark: number): number {
  const closing = mark === 0x22 ? '"""' : "'''";
  for (;;) {
    const end = text.indexOf(closing, at);
    if (end < 0) return text.length;
    let slashes = end;
    while (slashes > at && text.charCodeAt(slashes - 1) === backslash) slashes--;
    if ((end - slashes) % 2 === 0) return end + 3;
    at = end + 1;
  }
}

/** Offset after a backslash and what it escapes. */
const escaped = (text: string, at: number) => Math.max(at + 2, afterNewline(text, at + 1));

/** Whether the quote at `at` opens a string with replacement fields: a prefix with `f` or `t`. */
export function isFormatted(text: string, at: number): boolean {
  if (!isWord(text, at - 1)) return false;
  const prefix = /(?<![\w\u0080-\uffff])[a-zA-Z]{1,2}$/.exec(text.slice(Math.max(0, at - 3), at))?.[0].toLowerCase();
  return prefix !== undefined && /^(?:r?[ft]|[ft]r)$/.test(prefix);
}

function skipFormatted(text: string, at: number, mark: number, isTriple: boolean): number {
  for (const { length } = text; at < length; ) {
    const c = text.charCodeAt(at);
    if (c === mark && closes(text, at, mark, isTriple)) return at + (isTriple ? 3 : 1);
    // No backslash escapes a brace.
    if (c === backslash) at = text.charCodeAt(at + 1) === openBrace ? at + 1 : escaped(text, at);
    else if (c === openBrace) at = text.charCodeAt(at + 1) === openBrace ? at + 2 : skipField(text, at + 1, mark, isTriple);
    else if (!isTriple && (c === 0x0a || c === 0x0d)) return at;
    else at++;
  }
  return text.length;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Whether the string's closing quotes stand here. */
const closes = (text: string, at: number, mark: number, isTriple: boolean) =>
  text.charCodeAt(at) === mark && (!isTriple || (text.charCodeAt(at + 1) === mark && text.charCodeAt(at + 2) === mark));

/** A replacement field, after its opening brace: an expression, then perhaps a format that may hold fields itself. */
function skipField(text: string, at: number, mark: number, isTriple: boolean): number {
  let depth = 0;
  for (const { length } = text; at < length; ) {
    const c = text.charCodeAt(at);
    const kind = kinds[c];
    if (kind === quote) {
      // Before Python 3.12 the string's own quote ended it, wherever it stood; a field that is not closed on its line did not hold it.
      if (closes(text, at, mark, isTriple) && !text.slice(at + (isTriple ? 3 : 1), lineEnd(text, at)).includes("}")) return at;
      at = skipString(text, at);
    } else if (kind === hash) at = lineEnd(text, at);
    else if (kind === newline && !isTriple && startsStatement(text, at)) return at;
    else if (depth === 0 && c === closeBrace) return at + 1;
    else if (depth === 0 && kind === colon) return skipFormat(text, at + 1, mark, isTriple);
    else {
      if (kind === open) depth++;
      else if (kind === close) depth--;
      at += kind === continuation ? Math.max(1, afterNewline(text, at + 1) - at) : 1;
    }
  }
  return text.length;
}

function skipFormat(text: string, at: number, mark: number, isTriple: boolean): number {
  for (const { length } = text; at < length; ) {
    const c = text.charCodeAt(at);
    if (c === closeBrace) return at + 1;
    if (c === openBrace) at = skipField(text, at + 1, mark, isTriple);
    else if (closes(text, at, mark, isTriple) || (!isTriple && kinds[c] === newline)) return at;
    else at++;
  }
  return text.length;
}
