/** Several statements on one line, parted by semicolons. */
import { byStart } from "../../finding.ts";
import { skipSpace } from "../../languages/python/characters.ts";
import { compoundLines } from "../../languages/python/compound-lines.ts";
import { lineBreak } from "../../languages/python/layout.ts";
import type { Rule } from "../../rule.ts";
import { blockEdits, bodyIndent } from "../E701/block.ts";
import { separators } from "../E703/separators.ts";

export const rule: Rule = {
  meta: { id: "E702", title: "Several statements on one line", severity: "warning", languages: ["python"], fix: "safe" },
  mayMatch: (text) => compoundLines(text).some((line) => separators(text, line).some((it) => !it.isLast)),
  detect({ file: { text } }) {
    return compoundLines(text).flatMap((line) =>
      separators(text, line)
        .filter((it) => !it.isLast)
        .map(({ semicolon, before }) => {
          const split = { start: before, end: skipSpace(text, semicolon + 1), text: lineBreak(text) + bodyIndent(text, line) };
          // The statements of a one-line block can only part once they stand in a block.
          return {
            start: semicolon,
            end: semicolon + 1,
            message: "Another statement follows on the same line",
            fix: {
              title: "Put each statement on a line of its own",
              safety: "safe",
              edits: [...blockEdits(text, line), split].sort(byStart),
            },
          };
        }),
    );
  },
};
