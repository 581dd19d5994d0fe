/** TypeScript, TSX and JavaScript: one set of readers for three grammars. */
import type { Node } from "web-tree-sitter";
import type { Argument, ObjectLiteral } from "../../facts.ts";
import { type DocumentReaders, type Grammar, spanOf, unquote } from "../grammar.ts";
import { declarationReader, readDeclaration } from "./declarations.ts";
import { elementReader } from "./elements.ts";
import common from "./facts.scm";
import { readImports, statementKind } from "./imports.ts";
import javascriptOnly from "./javascript.scm";
import { statementByStatement } from "./statements.ts";
import typescriptOnly from "./typescript.scm";

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

function createReaders(): DocumentReaders {
  const read = statementByStatement(declarationReader);
  return {
    declarations(...at) {
      const found = read(...at);
      return {
        types: found.flatMap((it) => it.types),
        components: found.flatMap((it) => it.components),
        exports: found.flatMap((it) => it.exports),
      };
    },
  };
}

function withElements(): DocumentReaders {
  const read = statementByStatement(elementReader);
  return { ...createReaders(), elements: (...at) => read(...at).flat() };
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
  readImports,
  statementKind,
  readDeclaration,

  readArguments,
  readObject,
};

export const typescript: Grammar = { ...shared, wasm: "tree-sitter-typescript", queries: [common, typescriptOnly], createReaders };
export const tsx: Grammar = { ...shared, wasm: "tree-sitter-tsx", queries: [common, typescriptOnly], createReaders: withElements };
export const javascript: Grammar = {
  ...shared,
  wasm: "tree-sitter-javascript",
  queries: [common, javascriptOnly],
  createReaders: withElements,
};
