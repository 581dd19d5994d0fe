/** The edits that turn a one-line compound statement into a block. */
import type { Edit } from "../../finding.ts";
import type { CompoundLine } from "../../languages/python/compound-lines.ts";
import { indentAt, indentUnit, lineBreak } from "../../languages/python/layout.ts";

/** Indentation of statements in the block that the line opens, or of the line itself when it opens none here. */
export function bodyIndent(text: string, { start, body }: CompoundLine): string {
  const indent = indentAt(text, start);
  return body === undefined ? indent : indent + indentUnit(text, indent);
}

/** Moves the body of a one-liner to a line of its own. A comment at the line's end stays with the body, except one for coverage tools, which means the header. */
export function blockEdits(text: string, line: CompoundLine): Edit[] {
  const { colon, body, end } = line;
  if (colon === undefined || body === undefined) return [];
  const moved = headerComment(text, end);
  const between = { start: colon + 1, end: body, text: moved.text + lineBreak(text) + bodyIndent(text, line) };
  return moved.text === "" ? [between] : [between, { start: moved.start, end: moved.end, text: "" }];
}

/** The comment after a one-liner that must stay on the header's line, with the white space before it. */
function headerComment(text: string, end: number): { start: number; end: number; text: string } {
  const [comment = ""] = /^#[^\r\n]*/.exec(text.slice(end)) ?? [];
  if (!/#\s*pragma:/.test(comment)) return { start: end, end, text: "" };
  const space = /[ \t]*$/.exec(text.slice(0, end))?.[0] ?? "";
  return { start: end - space.length, end: end + comment.length, text: (space || "  ") + comment };
}
