/** Splits `facts.scm` texts into sections and compiles each on first use, once per grammar. */
import { type Language, type Node, Query, type QueryMatch } from "web-tree-sitter";
import type { Span } from "../source.ts";

export interface Queries {
  /** Matches of a section in what of `node` overlaps `at`; none when the grammar has no such facts. */
  matches(section: string, node: Node, at?: Span): QueryMatch[];
  /** Those that begin with the node itself. A query from the root would visit every statement on the way to it. */
  matchesOf(section: string, node: Node, at: Span): QueryMatch[];
}

export function createQueries(language: Language, texts: readonly string[]): Queries {
  const sources = sections(texts);
  const compiled = new Map<string, Query>();

  function query(name: string): Query | undefined {
    const source = sources.get(name);
    if (source === undefined) return undefined;
    const query = compiled.get(name) ?? new Query(language, source);
    compiled.set(name, query);
    return query;
  }

  return {
    matches: (section, node, at) => query(section)?.matches(node, at ? range(at) : {}) ?? [],
    matchesOf: (section, node, at) => query(section)?.matches(node, { maxStartDepth: 0, ...range(at) }) ?? [],
  };
}

/** Ranges of a query count bytes of UTF-16, two to a code unit, unlike every other offset of web-tree-sitter 0.27. */
const range = ({ start, end }: Span) => ({ startIndex: start * 2, endIndex: end * 2 });

function sections(texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of texts)
    for (const [, name = "", body = ""] of text.matchAll(/^;; (\w+)\n([\s\S]*?)(?=^;; |$(?![\s\S]))/gm))
      found.set(name, (found.get(name) ?? "") + body);
  return found;
}
