/** pyproject.toml: PEP 621's `project.dependencies`, or Poetry's own table. */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Edit } from "../../engine/finding.ts";
import { lineEnd, lineEnding, lineStart } from "../../engine/wrapping/lines.ts";
import { type Dependency, ManifestError } from "./manifest.ts";
import { normalized } from "./requirements.ts";

/** `undefined` when the file lists no dependencies of a program: it holds the settings of tools alone. */
export function addToPyproject(path: string, text: string, dependencies: readonly Dependency[]): Edit[] | undefined {
  const entries = entriesOf(path, text);
  const listed = entries.find((it) => it.name === "project.dependencies");
  if (listed) return addToArray(path, text, listed.value, dependencies);
  const poetry = tableOf(path, text, "tool.poetry.dependencies");
  if (poetry) return addToTable(text, poetry, entries, dependencies);
  const project = tableOf(path, text, "project");
  if (!project) return undefined;
  if (/"dependencies"|'dependencies'/.test(textOf(text, entries.find((it) => it.name === "project.dynamic")?.value)))
    throw new ManifestError(`${path} says that its dependencies are dynamic: add ${namesOf(dependencies)} where they come from`);
  return addArray(text, project, dependencies);
}

interface Entry {
  /** Dotted, from the root. */
  name: string;
  key: AST.TOMLKey;
  value: AST.TOMLContentNode;
}

function bodyOf(path: string, text: string) {
  try {
    // A byte-order mark is no TOML, but some tools take it.
    return parseTOML(text.replace(/^\uFEFF/, " ")).body[0].body;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ManifestError(`${path}:${error.lineNumber}:${error.column + 1} is not TOML (${error.message}): repair it first`);
  }
}

const keysOf = (key: AST.TOMLKey) => key.keys.map((it) => (it.type === "TOMLBare" ? it.name : it.value));

function entriesOf(path: string, text: string): Entry[] {
  return bodyOf(path, text).flatMap((it) => {
    const pairs = it.type === "TOMLTable" ? it.body : [it];
    const prefix = it.type === "TOMLTable" ? it.resolvedKey : [];
    return pairs.map(({ key, value }) => ({ name: [...prefix, ...keysOf(key)].join("."), key, value }));
  });
}

const tableOf = (path: string, text: string, name: string) =>
  bodyOf(path, text).find((it): it is AST.TOMLTable => it.type === "TOMLTable" && it.resolvedKey.join(".") === name);

const textOf = (text: string, node: AST.TOMLNode | undefined) => (node ? text.slice(...node.range) : "");
const namesOf = (dependencies: readonly Dependency[]) => dependencies.map((it) => it.name + it.version).join(", ");

function addToArray(path: string, text: string, value: AST.TOMLContentNode, dependencies: readonly Dependency[]): Edit[] {
  if (value.type !== "TOMLArray") throw new ManifestError(`${path}: project.dependencies is no list: repair it first`);
  const listed = value.elements.map((it) => textOf(text, it));
  const known = new Set(listed.map((it) => normalized(/^["']+\s*([\w.-]+)/.exec(it)?.[1] ?? "")));
  const missing = dependencies.filter((it) => !known.has(normalized(it.name)));
  if (missing.length === 0) return [];
  const quote = listed[0]?.startsWith("'") ? "'" : '"';
  const added = missing.map((it) => `${quote}${it.name}${it.version}${quote}`);
  const last = value.elements.at(-1);
  return last ? after(last, value.range[1], text, added) : intoEmpty(value.range, text, added);
}

/** On lines of their own, where the last element has one, and what is said behind that stays there. */
function after(last: AST.TOMLNode, end: number, text: string, added: readonly string[]): Edit[] {
  const [start, at] = last.range;
  const indentation = text.slice(lineStart(text, start), start);
  const ownLine = /^\s+$/.test(indentation);
  const below = lineEnd(text, at);
  const comma = /^\s*,/.test(text.slice(at, below));
  if (!ownLine || below >= end) {
    const separator = ownLine ? `,${lineEnding(text)}${indentation}` : ", ";
    return [insert(at, added.map((it) => separator + it).join(""))];
  }
  const lines = added.map((it) => lineEnding(text) + indentation + it).join(",");
  return comma ? [insert(below, `${lines},`)] : [insert(at, ","), insert(below, lines)];
}

/** Below the comments of a list that has nothing else. */
function intoEmpty([start, end]: AST.Range, text: string, added: readonly string[]): Edit[] {
  const [, indentation] = /^\s*?\n([ \t]+)#/.exec(text.slice(start + 1, end)) ?? [];
  if (!text.slice(start, end).includes("#")) return [{ start, end, text: `[${added.join(", ")}]` }];
  return [insert(lineStart(text, end - 1), added.map((it) => `${indentation ?? "    "}${it},${lineEnding(text)}`).join(""))];
}

const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });

function addArray(text: string, table: AST.TOMLTable, dependencies: readonly Dependency[]): Edit[] {
  const ending = lineEnding(text);
  const list = dependencies.map((it) => `    "${it.name}${it.version}",${ending}`).join("");
  return [appendTo(table, text, `dependencies = [${ending}${list}]`)];
}

function addToTable(text: string, table: AST.TOMLTable, entries: readonly Entry[], dependencies: readonly Dependency[]): Edit[] {
  const prefix = "tool.poetry.dependencies.";
  const known = new Set(entries.filter((it) => it.name.startsWith(prefix)).map((it) => normalized(it.name.slice(prefix.length))));
  const missing = dependencies.filter((it) => !known.has(normalized(it.name)));
  if (missing.length === 0) return [];
  return [appendTo(table, text, missing.map((it) => `${it.name} = "${it.version}"`).join(lineEnding(text)))];
}

/** On lines of its own after the table's last entry. */
function appendTo(table: AST.TOMLTable, text: string, lines: string): Edit {
  const at = lineEnd(text, (table.body.at(-1) ?? table.key).range[1]);
  return insert(at, lineEnding(text) + lines);
}
