/** go.mod: https://go.dev/ref/mod#go-mod-file */
import type { Edit } from "../../engine/finding.ts";
import { lineEnd, lineEnding, lineStart } from "../../engine/wrapping/lines.ts";
import { type Dependency, ManifestError, together } from "./manifest.ts";

/** Adds what is not required yet, directly or not, to the first block of direct requirements; `go mod tidy` then finds what those need. */
export function addToGoMod(path: string, text: string, dependencies: readonly Dependency[]): Edit[] {
  if (!/^\s*module\s/m.test(text)) throw new ManifestError(`${path} names no module: run go mod init first`);
  const required = new Set([...text.matchAll(/^\s*(?:require\s+)?([^\s/"(][^\s"]*)\s+v\S+/gm)].map(([, it]) => it));
  const missing = dependencies.filter((it) => !required.has(it.name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (missing.length === 0) return [];
  const ending = lineEnding(text);
  const block = directBlock(text);
  if (!block) {
    const after = [...text.matchAll(/^(?:module|go|toolchain|require)\s.*$/gm)].findLast((it) => !/\($/.test(it[0].trimEnd()));
    const at = lineEnd(text, after ? after.index : 0);
    const lines = missing.map((it) => `\t${it.name} ${it.version}${ending}`).join("");
    return [{ start: at, end: at, text: `${ending}${ending}require (${ending}${lines})` }];
  }
  return together(missing.map((it) => inBlock(text, block, it, ending)));
}

interface Block {
  start: number;
  end: number;
}

/** The inside of the first `require ( … )` that holds a requirement of the module itself. */
function directBlock(text: string): Block | undefined {
  const blocks = [...text.matchAll(/^require\s*\(([^)]*)\)/gm)].map((it) => {
    const start = it.index + it[0].indexOf("(") + 1;
    return { start, end: start + (it[1]?.length ?? 0) };
  });
  return blocks.find(({ start, end }) => linesOf(text, start, end).some((it) => !/\/\/\s*indirect/.test(it.text))) ?? undefined;
}

function linesOf(text: string, start: number, end: number): { text: string; start: number }[] {
  return [...text.slice(start, end).matchAll(/^[ \t]*([^\s/].*)$/gm)].map((it) => ({ text: it[1] ?? "", start: start + it.index }));
}

function inBlock(text: string, { start, end }: Block, { name, version }: Dependency, ending: string): Edit {
  const lines = linesOf(text, start, end);
  const before = lines.findLast((it) => it.text < name);
  if (before) {
    const at = lineEnd(text, before.start);
    return { start: at, end: at, text: `${ending}\t${name} ${version}` };
  }
  const at = lineStart(text, lines[0]?.start ?? end);
  return { start: at, end: at, text: `\t${name} ${version}${ending}` };
}
