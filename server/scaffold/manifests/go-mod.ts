/** go.mod: https://go.dev/ref/mod#go-mod-file */
import type { Edit } from "../../engine/finding.ts";
import { lineEnd, lineEnding, lineStart } from "../../engine/wrapping/lines.ts";
import { type Dependency, ManifestError, together } from "./manifest.ts";

/** Adds what is not required yet, directly or not, to the first block of direct requirements; `go mod tidy` then finds what those need. */
export function addToGoMod(path: string, text: string, dependencies: readonly Dependency[]): Edit[] {
  const directives = directivesOf(text);
  if (!directives.some(({ verb }) => verb === "module")) throw new ManifestError(`${path} names no module: run go mod init first`);
  const requirements = directives.filter(({ verb }) => verb === "require");
  const required = new Set(requirements.map(({ words }) => /^[^\s"]+/.exec(words.replace(/^"/, ""))?.[0]));
  const missing = dependencies.filter((it) => !required.has(it.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (missing.length === 0) return [];
  const ending = lineEnding(text);
  const direct = requirements.find((it) => it.block !== undefined && !it.indirect);
  if (direct) {
    const lines = requirements.filter((it) => it.block === direct.block);
    return together(missing.map((it) => amongLines(text, lines, it, ending)));
  }
  const after = directives.findLast((it) => it.block === undefined && leading.has(it.verb));
  const at = after ? lineEnd(text, after.start) : text.length;
  const lines = missing.map((it) => `\t${it.name} ${it.version}${ending}`).join("");
  return [{ start: at, end: at, text: `${ending}${ending}require (${ending}${lines})` }];
}

/** What may stand before the requirements. */
const leading = new Set(["module", "go", "toolchain", "require"]);

interface Directive {
  verb: string;
  /** What follows the verb, or stands on a line of its block, without a comment. */
  words: string;
  indirect: boolean;
  /** Offset of its line. */
  start: number;
  /** Offset of the line that opened its block. */
  block?: number;
}

function directivesOf(text: string): Directive[] {
  const found: Directive[] = [];
  let open: { verb: string; block: number } | undefined;
  for (const { 0: line, index: start } of text.matchAll(/^.*$/gm)) {
    const words = line.replace(/\/\/.*/, "").trim();
    const indirect = /\/\/\s*indirect/.test(line);
    const [, verb = "", rest = ""] = /^(\w+)\s*(.*)$/.exec(words) ?? [];
    if (words === ")") open = undefined;
    else if (open && words !== "") found.push({ ...open, words, indirect, start });
    else if (rest === "(") open = { verb, block: start };
    else if (verb !== "") found.push({ verb, words: rest, indirect, start });
  }
  return found;
}

function amongLines(text: string, lines: readonly Directive[], { name, version }: Dependency, ending: string): Edit {
  const before = lines.findLast((it) => it.words < name);
  const at = before ? lineEnd(text, before.start) : lineStart(text, lines[0]?.start ?? 0);
  return { start: at, end: at, text: before ? `${ending}\t${name} ${version}` : `\t${name} ${version}${ending}` };
}
