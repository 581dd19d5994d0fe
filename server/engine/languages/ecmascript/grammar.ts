/** TypeScript, TSX and JavaScript: one set of readers for three grammars. */
import type { Node, QueryMatch } from "web-tree-sitter";
import type { Argument, Import, JsxAttribute, JsxElement, ObjectLiteral } from "../../facts.ts";
import { capture, type Grammar, spanOf, unquote } from "../grammar.ts";
import common from "./facts.scm";
import javascriptOnly from "./javascript.scm";
import jsx from "./jsx.scm";
import typescriptOnly from "./typescript.scm";

function readImport(match: QueryMatch): Import[] {
  const statement = capture(match, "import");
  const module = unquote(capture(match, "module")?.text ?? "");
  if (!statement) return [];
  const typeOnly = /^import\s+type\b/.test(statement.text);
  const found = (name: string, local: string, node: Node): Import[] => [
    { ...spanOf(node), module, name, local, typeOnly: typeOnly || /^type\s+[^,}\s]/.test(node.text) },
  ];
  const byDefault = capture(match, "default");
  if (byDefault) return found("default", byDefault.text, byDefault);
  const namespace = capture(match, "namespace");
  if (namespace) return found("*", namespace.text, namespace);
  const named = capture(match, "named");
  return named ? found(...namedImport(named), named) : [];
}

/** `X as Y` of an import, `X: Y` or `X` of a destructured require. */
function namedImport(node: Node): [name: string, local: string] {
  const name = node.childForFieldName("name") ?? node.childForFieldName("key") ?? node;
  const local = node.childForFieldName("alias") ?? node.childForFieldName("value") ?? name;
  return [unquote(name.text), local.text];
}

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

/** Attributes come after the tag that holds them and before any child's tag, unless an attribute's value holds JSX itself. */
function readElements(captures: readonly { name: string; node: Node }[]): JsxElement[] {
  const elements: JsxElement[] = [];
  for (const { name, node } of captures) {
    if (name === "element") elements.push(readElement(node));
    else elements.findLast((it) => it.start < node.startIndex && node.endIndex < it.end)?.attributes.push(readAttribute(node));
  }
  return elements;
}

function readElement(node: Node): JsxElement {
  const name = node.childForFieldName("name");
  const types = node.childForFieldName("type_arguments");
  return {
    ...spanOf(node),
    tag: name?.text ?? "",
    nameEnd: (types ?? name)?.endIndex ?? node.startIndex + 1,
    attributes: [],
    spreads: node.namedChildren.filter((it) => it.type === "jsx_expression").map(spanOf),
    selfClosing: node.type === "jsx_self_closing_element",
  };
}

function readAttribute(node: Node): JsxAttribute {
  const [name, value] = node.namedChildren.filter((it) => it.type !== "comment");
  const attribute: JsxAttribute = { ...spanOf(node), name: name?.text ?? "" };
  if (!value) return attribute;
  attribute.value = spanOf(value);
  const literal = stringLiteral(value);
  return literal === undefined ? attribute : { ...attribute, literal };
}

function stringLiteral(node: Node): string | undefined {
  if (node.type === "string") return unquote(node.text);
  if (node.type === "template_string" && node.namedChildren.every((it) => it.type === "string_fragment")) return unquote(node.text);
  const [inner] = node.namedChildren;
  return node.type === "jsx_expression" && inner ? stringLiteral(inner) : undefined;
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
  readImport,
  readArguments,
  readObject,
};

export const typescript: Grammar = { ...shared, wasm: "tree-sitter-typescript", queries: [common, typescriptOnly] };
export const tsx: Grammar = { ...shared, wasm: "tree-sitter-tsx", queries: [common, typescriptOnly, jsx], readElements };
export const javascript: Grammar = { ...shared, wasm: "tree-sitter-javascript", queries: [common, javascriptOnly, jsx], readElements };
