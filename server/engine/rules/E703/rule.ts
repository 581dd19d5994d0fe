/** A statement that ends with a semicolon. */
import { compoundLines } from "../../languages/python/compound-lines.ts";
import type { Rule } from "../../rule.ts";
import { separators } from "./separators.ts";

export const rule: Rule = {
  meta: { id: "E703", title: "A useless semicolon", severity: "warning", languages: ["python"], fix: "safe" },
  mayMatch: (text) => compoundLines(text).some((line) => separators(text, line).some((it) => it.isLast)),
  detect({ file: { text } }) {
    return compoundLines(text).flatMap((line) =>
      separators(text, line)
        .filter((it) => it.isLast)
        .map(({ semicolon, before }) => ({
          start: semicolon,
          end: semicolon + 1,
          message: "This semicolon ends nothing",
          fix: { title: "Remove the semicolon", safety: "safe", edits: [{ start: before, end: semicolon + 1, text: "" }] },
        })),
    );
  },
};
