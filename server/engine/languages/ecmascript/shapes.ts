/** TypeScript types as shapes: which members they ask for, as far as one file says. */
import type { Node } from "web-tree-sitter";
import type { Member, Shape } from "../../facts.ts";

export const unknownShape: Shape = { kind: "unknown" };

/** The shape of a type node, an interface body included. */
export function readShape(node: Node | null | undefined): Shape {
  const read = node ? readers[node.type] : undefined;
  return node && read ? read(node) : unknownShape;
}

const readers: Record<string, (node: Node) => Shape> = {
  type_annotation: (node) => readShape(node.firstNamedChild),
  parenthesized_type: (node) => readShape(node.firstNamedChild),
  readonly_type: (node) => readShape(node.firstNamedChild),
  type_identifier: (node) => ({ kind: "named", name: node.text }),
  nested_type_identifier: (node) => ({ kind: "named", name: node.text }),
  object_type: readMembers,
  interface_body: readMembers,
  intersection_type: (node) => ({ kind: "all", of: operands(node).map(readShape) }),
  union_type: (node) => ({ kind: "either", of: operands(node).map(readShape) }),
  generic_type: readGeneric,
};

/** Of `a | b | c`, which the grammar nests: all three. A loop, as thousands may be nested. */
function operands(node: Node): Node[] {
  const found: Node[] = [];
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (next.type === node.type) pending.push(...typesIn(next).toReversed());
    else found.push(next);
  }
  return found;
}

const typesIn = (node: Node) => node.namedChildren.filter((it) => it.type !== "comment");

function readMembers(node: Node): Shape {
  return { kind: "members", members: node.namedChildren.flatMap(readMember) };
}

function readMember(node: Node): Member[] {
  if (node.type !== "property_signature" && node.type !== "method_signature") return [];
  const name = node.childForFieldName("name");
  const type = node.childForFieldName("type");
  if (!name) return [];
  return [
    {
      name: name.text.replace(/^["']|["']$/g, ""),
      optional: node.children.some((it) => it.type === "?"),
      type: type?.text.replace(/^\s*:\s*/, "") ?? "",
    },
  ];
}

/** Types of TypeScript and React that say of their argument's members which are asked for. */
function readGeneric(node: Node): Shape {
  const name = node.childForFieldName("name")?.text ?? "";
  const [first, second] = typesIn(node.childForFieldName("type_arguments") ?? node);
  switch (name.replace(/^React\./, "")) {
    case "Readonly":
    case "PropsWithChildren":
    case "PropsWithRef":
      return readShape(first);
    case "Required":
      return { kind: "required", of: readShape(first) };
    case "Partial":
      return { kind: "partial", of: readShape(first) };
    case "Pick":
    case "Omit":
      return readSelection(name === "Pick" ? "only" : "without", first, second);
    case "ComponentProps":
    case "ComponentPropsWithRef":
    case "ComponentPropsWithoutRef":
      return first?.type === "type_query" ? { kind: "propsOf", component: first.text.replace(/^typeof\s+/, "") } : unknownShape;
    default:
      return { kind: "named", name };
  }
}

function readSelection(kind: "only" | "without", of: Node | undefined, keys: Node | undefined): Shape {
  if (!keys || !/^\s*\|?\s*(["'])[^"']*\1(\s*\|\s*(["'])[^"']*\3)*\s*$/.test(keys.text)) return unknownShape;
  return { kind, keys: [...keys.text.matchAll(/["']([^"']*)["']/g)].map(([, key = ""]) => key), of: readShape(of) };
}
