/** Python. */
import type { Node } from "web-tree-sitter";
import type { Argument, Import, ObjectLiteral, TopStatement } from "../../facts.ts";
import { type Grammar, spanOf, unquote } from "../grammar.ts";
import facts from "./facts.scm";

/** Import statements may stand anywhere: each is found by its keyword, which is cheaper than a query over the whole tree. */
function readImports(root: Node, text: string): Import[] {
  return [...text.matchAll(/(?<![\w.])import(?!\w)/g)].flatMap(({ index }) => {
    const statement = root.descendantForIndex(index, index + 1)?.parent;
    if (statement?.type === "import_statement") return statement.namedChildren.flatMap(readModule);
    return statement?.type === "import_from_statement" ? readFrom(statement) : [];
  });
}

/** `import a.b` binds `a`, `import a.b as c` binds `c`. */
function readModule(node: Node): Import[] {
  if (node.type !== "dotted_name" && node.type !== "aliased_import") return [];
  const module = dotted(node.childForFieldName("name") ?? node);
  const local = node.childForFieldName("alias")?.text ?? module.split(".")[0] ?? "";
  return [{ ...spanOf(node), module, name: "*", local, typeOnly: false }];
}

function readFrom(statement: Node): Import[] {
  const [from, ...names] = statement.namedChildren.filter((it) => it.type !== "comment");
  if (!from) return [];
  const base = { module: dotted(from), typeOnly: false };
  return names.map((node) => {
    if (node.type === "wildcard_import") return { ...base, ...spanOf(node), name: "*", local: "*" };
    const name = dotted(node.childForFieldName("name") ?? node);
    return { ...base, ...spanOf(node), name, local: node.childForFieldName("alias")?.text ?? name };
  });
}

function statementKind(node: Node): TopStatement["kind"] {
  if (node.type === "import_statement" || node.type === "import_from_statement") return "import";
  const isString = node.type === "expression_statement" && node.firstNamedChild?.type === "string";
  return isString || node.type === "future_import_statement" ? "directive" : "other";
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
  rereads: true,
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
  readImports,
  statementKind,
  readArguments,
  readObject,
};
