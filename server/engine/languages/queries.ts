/** Splits `facts.scm` texts into sections and compiles each on first use, once per grammar. */
import { type Language, Query } from "web-tree-sitter";

export interface Queries {
  /** The query of a section, or `undefined` when the grammar has no such facts. */
  section(name: string): Query | undefined;
}

export function createQueries(language: Language, texts: readonly string[]): Queries {
  const sources = sections(texts);
  const compiled = new Map<string, Query>();
  return {
    section(name) {
      const source = sources.get(name);
      if (source === undefined) return undefined;
      const query = compiled.get(name) ?? new Query(language, source);
      compiled.set(name, query);
      return query;
    },
  };
}

function sections(texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of texts)
    for (const [, name = "", body = ""] of text.matchAll(/^;; (\w+)\n([\s\S]*?)(?=^;; |$(?![\s\S]))/gm))
      found.set(name, (found.get(name) ?? "") + body);
  return found;
}
