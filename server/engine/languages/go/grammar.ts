/** Go. */
import type { Node } from "web-tree-sitter";
import type { Argument, Import, ObjectLiteral, TopStatement } from "../../facts.ts";
import { type Grammar, spanOf, unquote } from "../grammar.ts";
import facts from "./facts.scm";

/** Each import declaration is found by its keyword, which is cheaper than a query over the whole tree. */
function readImports(root: Node, text: string): Import[] {
  return [...text.matchAll(/(?<!\w)import(?!\w)/g)].flatMap(({ index }) => {
    const keyword = root.descendantForIndex(index, index + 1);
    if (keyword?.type !== "import" || !keyword.parent) return [];
    const specs = keyword.parent.namedChildren.flatMap((it) => (it.type === "import_spec_list" ? it.namedChildren : it));
    return specs.filter((it) => it.type === "import_spec").flatMap(readImport);
  });
}

function readImport(spec: Node): Import[] {
  const path = spec.childForFieldName("path");
  if (!path) return [];
  const module = unquote(path.text);
  return [{ ...spanOf(spec), module, name: "*", local: spec.childForFieldName("name")?.text ?? packageName(module), typeOnly: false }];
}

/**
 * The name a Go package is called by when the import gives none: the path's last element without a major version
 * (`…/openai-go/v2` → `openai`), `go-` prefix, `-go` or `-sdk-go` suffix or `.vN`. The package clause has the last word, but it is in another module.
 */
function packageName(path: string): string {
  const segments = path.split("/").filter((it) => !/^v\d+$/.test(it));
  return (segments.at(-1) ?? path).replace(/\.v\d+$/, "").replace(/^go-|(?:-sdk)?-go$/g, "");
}

function statementKind({ type }: Node): TopStatement["kind"] {
  if (type === "package_clause") return "directive";
  return type === "import_declaration" ? "import" : "other";
}

const readArguments = (list: Node): Argument[] =>
  list.namedChildren
    .filter((it) => it.type !== "comment")
    .map((it) => ({ ...spanOf(it), value: spanOf(it), spread: it.type === "variadic_argument" }));

const readObject = (node: Node): ObjectLiteral => ({ ...spanOf(node), properties: [], spreads: [] });

export const go: Grammar = {
  wasm: "tree-sitter-go",
  queries: [facts],
  scopes: new Set([
    "source_file",
    "function_declaration",
    "method_declaration",
    "func_literal",
    "block",
    "if_statement",
    "for_statement",
    "expression_case",
    "communication_case",
  ]),
  readImports,
  statementKind,
  readArguments,
  readObject,
};
