/** Python. */
import type { Node, QueryMatch } from "web-tree-sitter";
import type { Argument, Import, ObjectLiteral } from "../../facts.ts";
import { capture, type Grammar, spanOf, unquote } from "../grammar.ts";
import facts from "./facts.scm";

function readImport(match: QueryMatch): Import[] {
  const module = capture(match, "module");
  if (!module) return [];
  const base = { module: dotted(module.childForFieldName("name") ?? module), typeOnly: false };
  const wildcard = capture(match, "wildcard");
  if (wildcard) return [{ ...base, ...spanOf(wildcard), name: "*", local: "*" }];
  const named = capture(match, "named");
  if (!named)
    return [{ ...base, ...spanOf(module), name: "*", local: module.childForFieldName("alias")?.text ?? base.module.split(".")[0] ?? "" }];
  const name = dotted(named.childForFieldName("name") ?? named);
  return [{ ...base, ...spanOf(named), name, local: named.childForFieldName("alias")?.text ?? name }];
}

const dotted = (node: Node) => node.text.replace(/\s+/g, "");

function readArguments(list: Node): Argument[] {
  return list.namedChildren
    .filter((it) => it.type !== "comment")
    .map((it) => {
      const name = it.type === "keyword_argument" ? it.childForFieldName("name")?.text : undefined;
      return {
        ...spanOf(it),
        ...(name === undefined ? {} : { name }),
        value: spanOf(it.childForFieldName("value") ?? it),
        spread: it.type === "list_splat" || it.type === "dictionary_splat",
      };
    });
}

function readObject(node: Node): ObjectLiteral {
  const literal: ObjectLiteral = { ...spanOf(node), properties: [], spreads: [] };
  for (const child of node.namedChildren) {
    if (child.type === "comment") continue;
    const key = child.childForFieldName("key");
    const value = child.childForFieldName("value");
    if (key?.type !== "string" || !value) literal.spreads.push(spanOf(child));
    else literal.properties.push({ ...spanOf(child), key: unquote(key.text), value: spanOf(value) });
  }
  return literal;
}

export const python: Grammar = {
  wasm: "tree-sitter-python",
  queries: [facts],
  scopes: new Set([
    "module",
    "function_definition",
    "lambda",
    "class_definition",
    "list_comprehension",
    "set_comprehension",
    "dictionary_comprehension",
    "generator_expression",
  ]),
  readImport,
  readArguments,
  readObject,
};
