/**
 * Imports. They stand at the top of a tree, so its children are looked through instead of a query visiting everything; a statement is then
 * read from its text.
 */
import type { Node } from "web-tree-sitter";
import type { Import, TopStatement } from "../../facts.ts";
import { spanOf } from "../grammar.ts";

export function readImports(root: Node, text: string): Import[] {
  const found: Import[] = [];
  for (const { type, startIndex, endIndex } of statements(root)) {
    if (type === "import_statement") found.push(...readStatement(text.slice(startIndex, endIndex), startIndex));
  }
  for (const { index } of text.matchAll(/\b(?:require|import)\s*\(\s*["'`]/g)) found.push(...readTaken(root, index, text));
  return found.sort((a, b) => a.start - b.start);
}

export function statementKind({ type, text, firstNamedChild }: Node): TopStatement["kind"] {
  if (type === "hash_bang_line") return "directive";
  if (type === "expression_statement" && firstNamedChild?.type === "string") return "directive";
  const requires = type === "lexical_declaration" || type === "variable_declaration";
  return type === "import_statement" || (requires && /^(?:const|let|var)\s[^=]*=\s*require\s*\(/.test(text)) ? "import" : "other";
}

/** What stands at the top; a half-typed file has it inside of an error. */
const statements = (root: Node) => root.namedChildren.flatMap((it) => (it.type === "ERROR" ? it.namedChildren : [it]));

const statement =
  /^import\b\s*(type\s+(?!,|from\s*["']))?(?:([\w$\u0080-\uffff]+)\s*,?\s*)?(?:\*\s*as\s+([\w$\u0080-\uffff]+)\s*|(\{)([^}]*)\}\s*)?(?:from\s*|=\s*require\s*\(\s*)(["'])(.*?)\6/d;

function readStatement(source: string, offset: number): Import[] {
  const match = statement.exec(withoutComments(source));
  const [, type, byDefault, namespace, , names, , module = ""] = match ?? [];
  const base = { module, typeOnly: type !== undefined };
  const at = (group: number) => {
    const [start = 0, end = 0] = match?.indices?.[group] ?? [];
    return { start: offset + start, end: offset + end };
  };
  const found: Import[] = [];
  // `import x = require("m")` is the module itself.
  if (byDefault !== undefined)
    found.push({ ...base, ...at(2), name: /=\s*require/.test(match?.[0] ?? "") ? "*" : "default", local: byDefault });
  if (namespace !== undefined) found.push({ ...base, ...at(3), name: "*", local: namespace });
  if (names !== undefined)
    found.push(...readNames(names, at(5).start).map((it) => ({ ...base, ...it, typeOnly: base.typeOnly || it.typeOnly })));
  return found;
}

/** Comments made blank; what looks like one in a string is none, and what looks like a string in a comment neither. */
const withoutComments = (source: string) =>
  source.replace(/"[^"\n]*"|'[^'\n]*'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (it) => (it.startsWith("/") ? " ".repeat(it.length) : it));

/** `X`, `X as Y`, `type X as Y` of an import; `X`, `X: Y`, `X = 1` of a destructured module. */
const specifier =
  /(?:(type)\s+(?!as\b(?!\s+as\b)))?([\w$\u0080-\uffff]+|"[^"]*"|'[^']*')(?:\s+as\s+([\w$\u0080-\uffff]+)|\s*:\s*([\w$\u0080-\uffff]+))?[^,]*/g;

const readNames = (names: string, offset: number): Omit<Import, "module">[] =>
  [...names.matchAll(specifier)].map(({ 0: whole, 1: type, 2: name = "", 3: alias, 4: renamed, index }) => ({
    name: name.replace(/^["']|["']$/g, ""),
    local: alias ?? renamed ?? name,
    typeOnly: type !== undefined,
    start: offset + index,
    end: offset + index + whole.trimEnd().length,
  }));

const quoted = String.raw`\(\s*["'\`]([^"'\`]*)["'\`]\s*\)`;
const taken = new RegExp(
  String.raw`^(?:(?:require\s*${quoted}|\(\s*await\s+import\s*${quoted}\s*\))(?:\s*\.\s*([\w$]+))?|await\s+import\s*${quoted})$`,
);

/** `const OpenAI = require("openai").default`, `const { OpenAI } = await import("openai")`. */
function readTaken(root: Node, index: number, text: string): Import[] {
  const declarator = declaratorAround(root.descendantForIndex(index, index + 1));
  const [name, value] = [declarator?.childForFieldName("name"), declarator?.childForFieldName("value")];
  const [, required = "", awaited = required, member, imported] =
    taken.exec(value ? text.slice(value.startIndex, value.endIndex) : "") ?? [];
  const module = imported ?? awaited;
  if (!name || module === "") return [];
  if (name.type === "identifier") return [{ ...spanOf(name), module, name: member ?? "*", local: name.text, typeOnly: false }];
  const names = withoutComments(text.slice(name.startIndex + 1, name.endIndex - 1));
  return name.type === "object_pattern" && member === undefined && !/[{[]|\.\.\./.test(names)
    ? readNames(names, name.startIndex + 1).map((it) => ({ ...it, module }))
    : [];
}

/** The declaration whose value the call of a function is, or holds but for a member taken of it. */
function declaratorAround(callee: Node | null): Node | undefined {
  let around = callee?.parent;
  while (around && /^(?:import|(?:call|await|parenthesized|member)_expression)$/.test(around.type)) around = around.parent;
  return around?.type === "variable_declarator" ? around : undefined;
}
