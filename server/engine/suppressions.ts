/** Comments that silence findings: `cockpit-ignore rule[, rule] -- reason` on the line or the line above, and flake8's `# noqa`. */
import type { LanguageId } from "./source.ts";

/** Whether a finding of `rule` that starts at `offset` is silenced by a comment on its line or on the line above. */
export function isSuppressed(text: string, language: LanguageId, rule: string, offset: number): boolean {
  const start = lineStart(text, offset);
  const line = text.slice(start, lineEnd(text, offset)).trimEnd();
  if (silences(line, rule) || (language === "python" && noqa(line, rule))) return true;
  if (start === 0) return false;
  const above = text.slice(lineStart(text, start - 1), start).trim();
  return /^(#|\/\/|\/\*|\{\s*\/\*)/.test(above) && silences(above, rule);
}

const lineStart = (text: string, offset: number) => text.lastIndexOf("\n", offset - 1) + 1;

function lineEnd(text: string, offset: number) {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}

/** A reason is required by style, not by the parser: `-- reason` may be missing. */
function silences(line: string, rule: string): boolean {
  const [, ids] = /(?:#|\/\/|\/\*)\s*cockpit-ignore\s+([\w\s,-]*?)\s*(?:--(?!\w).*)?(?:\*\/.*)?$/.exec(line) ?? [];
  return ids?.split(/[\s,]+/).includes(rule) ?? false;
}

/** `# noqa` silences everything on its line, `# noqa: E701,E70` what its codes are a prefix of. */
function noqa(line: string, rule: string): boolean {
  const [comment, codes] = /#\s*noqa(?::\s*([A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]*)*))?/i.exec(line) ?? [];
  if (comment === undefined) return false;
  return codes === undefined || codes.split(/[,\s]+/).some((it) => it !== "" && rule.startsWith(it.toUpperCase()));
}
