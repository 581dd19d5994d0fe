/** Types, components and exports at the top of a file, and how a name is declared. */
import type { Node } from "web-tree-sitter";
import type { ComponentFact, Declaration, Declarations, Shape } from "../../facts.ts";
import { spanOf, unquote } from "../grammar.ts";
import { readShape, unknownShape } from "./shapes.ts";
import type { StatementReader } from "./statements.ts";

/** What one statement at the top declares. */
export const declarationReader: StatementReader<Declarations> = {
  read(statement) {
    const found: Declarations = { types: [], components: [], exports: [] };
    if (statement.type === "export_statement") readExport(statement, found);
    else readStatement(statement, found);
    return found;
  },
  move: (found, by) => ({ ...found, components: found.components.map((it) => ({ ...it, start: it.start + by, end: it.end + by })) }),
};

/** How the name at `node` is declared, for parameters and variables. */
export function readDeclaration(node: Node, text: string): Declaration | undefined {
  let inner = node;
  for (let up = node.parent; up; inner = up, up = up.parent) {
    if (up.type === "variable_declarator" || up.type === "required_parameter" || up.type === "optional_parameter")
      return declared(up, up.childForFieldName("name") ?? up.childForFieldName("pattern"), node, text);
    if (up.type === "formal_parameters") return declared(inner, inner, node, text);
    if (up.type.endsWith("statement") || up.type.endsWith("function")) return undefined;
  }
  return undefined;
}

function declared(declarator: Node, pattern: Node | null, name: Node, text: string): Declaration {
  const type = declarator.childForFieldName("type");
  const value = declarator.childForFieldName("value");
  const declaration: Declaration = {
    ...spanOf(declarator),
    whole: pattern?.startIndex === name.startIndex && pattern.endIndex === name.endIndex,
    constant: declarator.parent?.firstChild?.type === "const",
  };
  if (type) declaration.type = text.slice(type.startIndex, type.endIndex).replace(/^\s*:\s*/, "");
  if (value) declaration.value = spanOf(value);
  return declaration;
}

/** Adds what a statement declares and returns the names it binds. */
function readStatement(statement: Node, found: Declarations): string[] {
  const name = statement.childForFieldName("name");
  switch (statement.type) {
    case "interface_declaration":
      found.types.push({ name: name?.text ?? "", shape: interfaceShape(statement) });
      return [];
    case "type_alias_declaration":
      found.types.push({ name: name?.text ?? "", shape: readShape(statement.childForFieldName("value")) });
      return [];
    case "function_declaration":
    case "class_declaration":
      found.components.push({ ...readValue(statement), name: name?.text ?? "", ...spanOf(statement) });
      return name ? [name.text] : [];
    case "lexical_declaration":
    case "variable_declaration":
      return statement.namedChildren.filter((it) => it.type === "variable_declarator").flatMap((it) => readVariable(it, found));
    default:
      return [];
  }
}

function interfaceShape(statement: Node): Shape {
  const bases = statement.namedChildren.find((it) => it.type === "extends_type_clause")?.namedChildren ?? [];
  return { kind: "all", of: [readShape(statement.childForFieldName("body")), ...bases.map(readShape)] };
}

function readVariable(declarator: Node, found: Declarations): string[] {
  const name = declarator.childForFieldName("name");
  const value = declarator.childForFieldName("value");
  if (name?.type !== "identifier" || !value) return [];
  const component = { ...readValue(value), name: name.text, ...spanOf(declarator) };
  const annotation = declarator.childForFieldName("type")?.firstNamedChild;
  if (annotation) component.props = annotatedProps(annotation);
  found.components.push(component);
  return [name.text];
}

/** Props by an annotation such as `React.FC<Props>`. */
function annotatedProps(annotation: Node): Shape {
  const name = annotation.childForFieldName("name")?.text ?? "";
  if (!/^(React\.)?(FC|VFC|FunctionComponent|ComponentType|ComponentClass|NamedExoticComponent|ExoticComponent)$/.test(name))
    return unknownShape;
  return readShape(annotation.childForFieldName("type_arguments")?.firstNamedChild);
}

type Value = Pick<ComponentFact, "props" | "parameter">;

/** What a value that may be a component says of its props. */
function readValue(node: Node): Value {
  switch (node.type) {
    case "identifier":
    case "member_expression":
      return { props: { kind: "propsOf", component: node.text.replace(/\s+/g, "") } };
    case "class":
    case "class_declaration":
      return { props: classProps(node) };
    case "call_expression":
      return wrapped(node);
    default:
      return functionProps(node);
  }
}

function functionProps(node: Node): Value {
  const first = node.childForFieldName("parameters")?.firstNamedChild ?? node.childForFieldName("parameter");
  const pattern = first?.childForFieldName("pattern") ?? first;
  const props = readShape(first?.childForFieldName("type"));
  return pattern?.type === "identifier" ? { props, parameter: pattern.text } : { props };
}

function classProps(node: Node): Shape {
  const heritage = node.namedChildren.find((it) => it.type === "class_heritage")?.namedChildren.find((it) => it.type === "extends_clause");
  if (!/^(React\.)?(Pure)?Component$/.test(heritage?.childForFieldName("value")?.text ?? "")) return unknownShape;
  return readShape(heritage?.childForFieldName("type_arguments")?.firstNamedChild);
}

/** `memo(X)`, `memo<Props>(X)`, `forwardRef<Ref, Props>(X)`, with or without `React.` */
function wrapped(call: Node): Value {
  const [, wrapper] = /^(?:React\.)?(memo|forwardRef)$/.exec(call.childForFieldName("function")?.text ?? "") ?? [];
  const inner = call.childForFieldName("arguments")?.firstNamedChild;
  if (!wrapper || !inner) return { props: unknownShape };
  const value = readValue(inner);
  const types = call.childForFieldName("type_arguments")?.namedChildren ?? [];
  const props = wrapper === "memo" ? types[0] : types[1];
  return props && !/^typeof\b/.test(props.text) ? { ...value, props: readShape(props) } : value;
}

function readExport(statement: Node, found: Declarations) {
  const source = statement.childForFieldName("source");
  const module = source ? { module: unquote(source.text) } : {};
  const declaration = statement.childForFieldName("declaration");
  const value = statement.childForFieldName("value");
  const isDefault = statement.children.some((it) => it.type === "default");
  if (declaration)
    for (const name of readStatement(declaration, found)) found.exports.push({ name: isDefault ? "default" : name, local: name });
  else if (value?.type === "identifier") found.exports.push({ name: "default", local: value.text });
  else if (value) {
    found.components.push({ ...readValue(value), name: "default", ...spanOf(value) });
    found.exports.push({ name: "default", local: "default" });
  } else found.exports.push(...exportedNames(statement).map((it) => ({ ...it, ...module })));
}

function exportedNames(statement: Node): { name: string; local: string }[] {
  const [clause] = statement.namedChildren;
  if (clause?.type === "namespace_export") return [{ name: clause.firstNamedChild?.text ?? "", local: "*" }];
  if (clause?.type !== "export_clause") return [{ name: "*", local: "*" }];
  return clause.namedChildren.flatMap((it) => {
    const local = it.childForFieldName("name")?.text;
    return local ? [{ name: it.childForFieldName("alias")?.text ?? local, local }] : [];
  });
}
