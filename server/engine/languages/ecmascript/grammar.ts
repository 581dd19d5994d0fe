/** TypeScript, TSX and JavaScript: one set of readers for three grammars. */
import type { Node, QueryMatch } from "web-tree-sitter";
import type { Argument, Import, ObjectLiteral } from "../../facts.ts";
import type { Span } from "../../source.ts";
import { capture, type Grammar, spanOf, unquote } from "../grammar.ts";
import { readDeclaration, readDeclarations } from "./declarations.ts";
import { readElements } from "./elements.ts";
import common from "./facts.scm";
import javascriptOnly from "./javascript.scm";
import typescriptOnly from "./typescript.scm";

function readImport(match: QueryMatch, text: string): Import[] {
  const statement = capture(match, "import");
  const module = capture(match, "module");
  if (!statement || !module) return [];
  const found = (name: string, local: string, node: Node, type = false): Import[] => [
    {
      ...spanOf(node),
      module: text.slice(module.startIndex + 1, module.endIndex - 1),
      name,
      local,
      typeOnly: type || isTypeOnly(statement, text),
    },
  ];
  const textOf = (node: Node) => text.slice(node.startIndex, node.endIndex);
  const byDefault = capture(match, "default");
  if (byDefault) return found("default", textOf(byDefault), byDefault);
  const namespace = capture(match, "namespace");
  if (namespace) return found("*", textOf(namespace), namespace);
  const named = capture(match, "named");
  const [, type, name, alias, renamed] = named ? (namedImport.exec(textOf(named)) ?? []) : [];
  return named && name ? found(unquote(name), alias ?? renamed ?? name, named, type !== undefined) : [];
}

const isTypeOnly = (statement: Node, text: string) =>
  /^import\s+type\b(?!\s*(?:,|from\s*["']))/.test(text.slice(statement.startIndex, statement.startIndex + 80));

/** `X`, `X as Y`, `type X as Y` of an import; `X`, `X: Y`, `X = 1` of a destructured require. */
const namedImport = /^(?:(type)\s+(?!as\b(?!\s+as\b)))?([\w$]+|"[^"]*"|'[^']*')(?:\s+as\s+([\w$]+)|\s*:\s*([\w$]+))?/;

const readArguments = (list: Node): Argument[] =>
  list.namedChildren
    .filter((it) => it.type !== "comment")
    .map((it) => ({ ...spanOf(it), value: spanOf(it), spread: it.type === "spread_element" }));

function readObject(node: Node): ObjectLiteral {
  const literal: ObjectLiteral = { ...spanOf(node), properties: [], spreads: [] };
  for (const child of node.namedChildren) {
    if (child.type === "comment") continue;
    const key =
      child.type === "shorthand_property_identifier" ? child : (child.childForFieldName("key") ?? child.childForFieldName("name"));
    if (!key || key.type === "computed_property_name") literal.spreads.push(spanOf(child));
    else literal.properties.push({ ...spanOf(child), key: unquote(key.text), value: spanOf(child.childForFieldName("value") ?? child) });
  }
  return literal;
}

/** Imports stand together at the top, calls of `require` wherever: only the part of a text that holds them all is queried. */
function importRange(text: string): Span | undefined {
  const start = text.search(/^[ \t\uFEFF]*import\b|\brequire\s*\(/m);
  if (start < 0) return undefined;
  let end = start;
  for (const { index } of text.matchAll(/\b(?:from|import)\s*["']|\brequire\s*\(/g)) end = index;
  return { start, end: end + 1 };
}

const shared = {
  scopes: new Set([
    "program",
    "statement_block",
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "arrow_function",
    "method_definition",
    "catch_clause",
    "for_statement",
    "for_in_statement",
    "class_body",
  ]),
  importRange,
  readDeclarations,
  readDeclaration,
  readImport,
  readArguments,
  readObject,
};

export const typescript: Grammar = { ...shared, wasm: "tree-sitter-typescript", queries: [common, typescriptOnly] };
export const tsx: Grammar = { ...shared, wasm: "tree-sitter-tsx", queries: [common, typescriptOnly], readElements };
export const javascript: Grammar = { ...shared, wasm: "tree-sitter-javascript", queries: [common, javascriptOnly], readElements };
