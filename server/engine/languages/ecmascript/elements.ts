/**
 * JSX elements. Every step from a node to another crosses into WebAssembly and a query visits the whole tree, so tags are looked for
 * where a `<` stands in the text, their nodes give offsets, and the rest is read from the text between them.
 */
import type { Node } from "web-tree-sitter";
import type { JsxAttribute, JsxElement } from "../../facts.ts";
import type { Span } from "../../source.ts";
import type { StatementReader } from "./statements.ts";

/** Every opening and self-closing tag, in document order. */
export const elementReader: StatementReader<JsxElement[]> = {
  read(statement, text) {
    const elements: JsxElement[] = [];
    const { startIndex, endIndex } = statement;
    for (const { index } of text.slice(startIndex, endIndex).matchAll(/<(?![/=<])/g)) {
      const at = startIndex + index;
      const tag = statement.namedDescendantForIndex(at, at + 1);
      if (tag && tag.startIndex === at && tagTypes.has(tag.type)) elements.push(readElement(tag, text));
    }
    return elements;
  },
  move: (elements, by) =>
    elements.map((it) => ({
      ...moved(it, by),
      nameEnd: it.nameEnd + by,
      attributes: it.attributes.map((one) => (one.value ? { ...moved(one, by), value: moved(one.value, by) } : moved(one, by))),
      spreads: it.spreads.map((one) => moved(one, by)),
    })),
};

const moved = <T extends Span>(it: T, by: number): T => ({ ...it, start: it.start + by, end: it.end + by });

const tagTypes = new Set(["jsx_opening_element", "jsx_self_closing_element"]);

function readElement(node: Node, text: string): JsxElement {
  const element: JsxElement = {
    start: node.startIndex,
    end: node.endIndex,
    tag: "",
    nameEnd: node.startIndex + 1,
    attributes: [],
    spreads: [],
    selfClosing: node.type === "jsx_self_closing_element",
  };
  for (const child of node.namedChildren) {
    const span = { start: child.startIndex, end: child.endIndex };
    if (child.type === "jsx_attribute") element.attributes.push(readAttribute(span, text));
    else if (child.type === "jsx_expression") element.spreads.push(span);
    else if (child.type === "type_arguments") element.nameEnd = span.end;
    else if (child.type !== "comment" && element.tag === "") {
      element.tag = text.slice(span.start, span.end);
      element.nameEnd = span.end;
    }
  }
  return element;
}

const attributeParts = /([^\s=/>]+)(\s*=\s*)?/y;

function readAttribute({ start, end }: Span, text: string): JsxAttribute {
  attributeParts.lastIndex = start;
  const [whole = "", name = "", equals] = attributeParts.exec(text) ?? [];
  if (equals === undefined) return { start, end, name };
  const value = { start: start + whole.length, end };
  const literal = stringLiteral(text.slice(value.start, value.end));
  return literal === undefined ? { start, end, name, value } : { start, end, name, value, literal };
}

/** The string that an attribute's value is, when it is one without anything to compute. */
function stringLiteral(value: string): string | undefined {
  const inner = value.startsWith("{") ? value.slice(1, -1).trim() : value;
  return /^(["'])((?:(?!\1)[^\\]|\\[\s\S])*)\1$/.exec(inner)?.[2] ?? /^`((?:[^`\\$]|\\[\s\S]|\$(?!\{))*)`$/.exec(inner)?.[1];
}
