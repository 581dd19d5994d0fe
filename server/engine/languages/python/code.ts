/** Tells Python's code from its strings and comments by scanning the text, without parsing it. */
import { hash, kinds, lineEnd, quote } from "./characters.ts";
import { isFormatted, skipString } from "./strings.ts";

/** Whether any of `offsets`, ascending, stands in code. A string with replacement fields counts as code: it may hold some. */
export function isAnyInCode(text: string, offsets: readonly number[]): boolean {
  const wanted = offsets.values();
  let next = wanted.next();
  for (let at = 0; at < text.length && !next.done; ) {
    const kind = kinds[text.charCodeAt(at)];
    if (kind !== quote && kind !== hash) {
      if (next.value === at) return true;
      at++;
      continue;
    }
    const end = kind === quote ? skipString(text, at) : lineEnd(text, at);
    const isCode = kind === quote && isFormatted(text, at);
    for (; !next.done && next.value < end; next = wanted.next()) if (isCode) return true;
    at = end;
  }
  return false;
}
