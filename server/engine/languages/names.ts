/** Names, looked for in the text before the tree is asked what they are there. */
import type { Node } from "web-tree-sitter";
import type { Span } from "../source.ts";

/** The nodes under `within` that are an occurrence of one of `names`; not those in strings and comments, nor those that a dot follows: they neither end a callee nor bind. */
export function* nodesNamed(
  names: Iterable<string>,
  within: Node,
  text: string,
  maybe: (at: Span) => boolean = () => true,
): Generator<{ node: Node; at: Span }> {
  for (const at of occurrences(text, names, { start: within.startIndex, end: within.endIndex })) {
    if (text[at.end] === "." || !maybe(at)) continue;
    const node = within.descendantForIndex(at.start, at.end);
    if (node?.startIndex === at.start && node.endIndex === at.end) yield { node, at };
  }
}

/** Whole-word occurrences of `names` in a part of the text, in order. */
export function* occurrences(
  text: string,
  names: Iterable<string>,
  { start, end }: Span = { start: 0, end: text.length },
): Generator<Span> {
  const alternatives = [...names].map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  if (alternatives === "") return;
  const found = text.slice(start, end).matchAll(new RegExp(`(?<![\\w$])(?:${alternatives})(?![\\w$])`, "g"));
  for (const { 0: name, index } of found) yield { start: start + index, end: start + index + name.length };
}
