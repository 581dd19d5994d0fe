/** A compound statement whose body stands on the header's line. */
import type { EngineConfig } from "../../config.ts";
import { skipSpace } from "../../languages/python/characters.ts";
import { type CompoundLine, compoundLines } from "../../languages/python/compound-lines.ts";
import type { Rule } from "../../rule.ts";
import { blockEdits } from "./block.ts";

export const rule: Rule = {
  meta: { id: "E701", title: "A block on its header's line", severity: "warning", languages: ["python"], fix: "safe" },
  mayMatch: (text, _, { e70 }) => compoundLines(text).some((line) => isOneLiner(text, line, e70)),
  detect({ file, config }) {
    return compoundLines(file.text).flatMap((line) => {
      const { colon } = line;
      if (colon === undefined || !isOneLiner(file.text, line, config.e70)) return [];
      const edits = blockEdits(file.text, line);
      return {
        start: colon,
        end: colon + 1,
        message: `The body of this ${nameOf(line)} stands on the same line`,
        fix: { title: "Move the body to a line of its own", safety: "safe", edits },
      };
    });
  },
};

const nameOf = ({ keyword }: CompoundLine) => `\`${keyword}\``;

/**
 * Both tools leave `def` to E704 and overlook headers with a lambda outside brackets. ruff lets a body of `...` stand alone; pycodestyle does not know
 * `case`, and stops at any lambda in the header.
 */
function isOneLiner(text: string, line: CompoundLine, e70: EngineConfig["e70"]): boolean {
  const { keyword, body, colon, start, bareLambda } = line;
  if (body === undefined || keyword === "def" || bareLambda) return false;
  if (e70 === "ruff") return !isEllipsisAlone(text, body, line.end);
  return keyword !== "case" && !/\blambda\b/.test(text.slice(start, colon));
}

/** `...` and nothing more than a useless semicolon. */
function isEllipsisAlone(text: string, body: number, end: number): boolean {
  if (!text.startsWith("...", body)) return false;
  const after = skipSpace(text, body + 3);
  return after >= end || (text.charAt(after) === ";" && skipSpace(text, after + 1) >= end);
}
