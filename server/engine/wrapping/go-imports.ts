/** Imports in Go: a line in the group it belongs to, in gofmt's order. */
import type { Import } from "../facts.ts";
import type { Edit } from "../finding.ts";
import type { RuleContext } from "../rule.ts";
import { lineEnd, lineEnding, lineStart } from "./lines.ts";

/** Imports `module`, as `alias` where that is not its own name, among the imports that `isKin` says belong to the same group. */
export function addGoImport(
  { file, facts }: RuleContext,
  module: string,
  alias: string | undefined,
  isKin: (module: string) => boolean,
): Edit {
  const { text } = file;
  const spec = `${alias === undefined ? "" : `${alias} `}"${module}"`;
  const ending = lineEnding(text);
  const last = facts.imports.findLast((it) => isAlone(it, text));
  if (!last) return declaration(facts.statements.findLast((it) => it.kind !== "other")?.end ?? text.length, spec, text);
  const kin = facts.imports.filter((it) => isKin(it.module) && isAlone(it, text));
  const group = kin[0] ? groupOf(kin[0], facts.imports, text) : [];
  const before = group.findLast((it) => it.module < module);
  const [first] = group;
  if (!before && first) {
    const at = lineStart(text, first.start);
    return { start: at, end: at, text: `${text.slice(at, first.start)}${spec}${ending}`, shared: true };
  }
  const above = before ?? last;
  const at = lineEnd(text, above.end);
  const indentation = text.slice(lineStart(text, above.start), above.start);
  return { start: at, end: at, text: `${before ? "" : ending}${ending}${indentation}${spec}`, shared: true };
}

/** On a line of its own in brackets. */
const isAlone = ({ start }: Import, text: string) => /^[ \t]+$/.test(text.slice(lineStart(text, start), start));

function declaration(after: number, spec: string, text: string): Edit {
  const at = lineEnd(text, after);
  const isAfterImport = /^import\b/.test(text.slice(lineStart(text, after)));
  const ending = lineEnding(text);
  return { start: at, end: at, text: `${isAfterImport ? "" : ending}${ending}import ${spec}`, shared: true };
}

/** The imports that stand with this one, no empty line between. */
function groupOf(member: Import, imports: readonly Import[], text: string): Import[] {
  const lines = imports.filter((it) => isAlone(it, text));
  const at = lines.indexOf(member);
  const isJoined = (i: number) => {
    const [above, below] = [lines[i], lines[i + 1]];
    return above !== undefined && below !== undefined && !/\n[ \t]*\r?\n/.test(text.slice(above.end, below.start));
  };
  let [from, to] = [at, at];
  while (isJoined(from - 1)) from--;
  while (isJoined(to)) to++;
  return lines.slice(from, to + 1);
}
