/** Imports and decorators in Python, where isort, PEP 8 and the language itself want them. */
import type { FunctionFact, TopStatement } from "../facts.ts";
import type { Edit } from "../finding.ts";
import type { RuleContext } from "../rule.ts";
import { lineEndBelow, lineEnding, lineStart } from "./lines.ts";

/**
 * Adds `from specifier import clause` after the imports it belongs to. `before` is where it is needed first; `undefined` when there is no place
 * before that.
 */
export function addPythonImport({ file, facts }: RuleContext, specifier: string, clause: string, before: number): Edit | undefined {
  const { text } = file;
  const line = `from ${specifier} import ${clause}`;
  const ending = lineEnding(text);
  const next = nextByName(facts.statements, text, specifier, before);
  if (next) return { start: next.start, end: next.start, text: line + ending, shared: true };
  const anchor = importBefore(facts.statements, text, specifier, before);
  if (!anchor) return atTop(facts.statements, text, line, ending);
  const at = lineEndBelow(text, anchor.end, facts.statements);
  if (at > before) return undefined;
  const gap = isOwn(text.slice(anchor.start), specifier) ? "" : ending;
  return { start: at, end: at, text: `${ending}${gap}${line}`, shared: true };
}

/** Where the imports of the same package stand in the order of their names, the first that comes after this one. */
function nextByName(statements: readonly TopStatement[], text: string, specifier: string, before: number): TopStatement | undefined {
  const own = statements.filter(
    (it) => it.kind === "import" && it.end <= before && moduleOf(it, text)?.split(".")[0] === specifier.split(".")[0],
  );
  const names = own.map((it) => moduleOf(it, text) ?? "");
  if (specifier.startsWith(".") || names.some((it, i) => i > 0 && (names[i - 1] ?? "") > it)) return undefined;
  return own.find((it) => (moduleOf(it, text) ?? "") > specifier);
}

const moduleOf = ({ start }: TopStatement, text: string) => /^(?:from|import)\s+([\w.]+)/.exec(text.slice(start, start + 200))?.[1];

/** The last import of the same code, else the last of the file's first imports; relative ones only before a relative one. */
function importBefore(statements: readonly TopStatement[], text: string, specifier: string, before: number): TopStatement | undefined {
  const isFitting = (it: TopStatement) => it.kind === "import" && (specifier.startsWith(".") || !isRelative(text.slice(it.start)));
  const above = statements.filter((it) => it.end <= before);
  const own = above.findLast((it) => isFitting(it) && isOwn(text.slice(it.start), specifier));
  return own ?? leading(above, text).findLast(isFitting) ?? leading(above, text).findLast((it) => it.kind === "import");
}

/** The statements down to the first that does something else than import. */
function leading(statements: readonly TopStatement[], text: string): readonly TopStatement[] {
  const end = statements.findIndex((it) => it.kind === "other" && !/^(?:try|if)\b/.test(text.slice(it.start, it.start + 4)));
  return end < 0 ? statements : statements.slice(0, end);
}

const isRelative = (statement: string) => /^from\s+\./.test(statement);

/** Whether an import names the same code: the same package, or any relative module. */
function isOwn(statement: string, specifier: string): boolean {
  if (isRelative(statement)) return true;
  const [top = ""] = specifier.split(".");
  return top !== "" && new RegExp(`^(?:from|import)\\s+${top}\\b`).test(statement);
}

/** After the docstring and `from __future__`, else after the comments that open the file. */
function atTop(statements: readonly TopStatement[], text: string, line: string, ending: string): Edit {
  const first = statements.findIndex((it) => it.kind !== "directive");
  const directive = statements[(first < 0 ? statements.length : first) - 1];
  if (directive) {
    const at = lineEndBelow(text, directive.end, statements);
    return { start: at, end: at, text: `${ending}${ending}${line}`, shared: true };
  }
  const [comments = ""] = /^\uFEFF?(?:#.*(?:\r?\n|$))*/.exec(text) ?? [];
  const gap = /^\r?\n/.test(text.slice(comments.length)) ? "" : ending;
  return { start: comments.length, end: comments.length, text: `${line}${ending}${gap}`, shared: true };
}

/** Puts `@name` nearest to a function, so that what other decorators register is wrapped already; `undefined` when its line holds something else too. */
export function addDecorator(text: string, { start }: FunctionFact, name: string): Edit | undefined {
  const line = lineStart(text, start);
  const indentation = text.slice(line, start);
  if (/\S/.test(indentation)) return undefined;
  return { start, end: start, text: `@${name}${lineEnding(text)}${indentation}` };
}
