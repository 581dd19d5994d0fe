/** What the engine needs to know about a language: its queries and how its captures become facts. */
import type { Node, QueryMatch } from "web-tree-sitter";
import type { Argument, Declaration, Declarations, Import, JsxElement, ObjectLiteral, TopStatement } from "../facts.ts";

export interface Grammar {
  /** Name of the grammar's WebAssembly file, without folder and extension: `tree-sitter-python`. */
  wasm: string;
  /** A small edit can make the parser read much of the file anew, as where blocks are known by indentation alone. */
  rereads?: boolean;
  /** `facts.scm` texts; sections of the same name are joined. */
  queries: readonly string[];
  /** Node types that open a scope for the names declared directly inside them. */
  scopes: ReadonlySet<string>;
  /** Imports in document order. */
  readImports(root: Node, text: string): Import[];
  /** What a node at the top of the file is. */
  statementKind(node: Node): TopStatement["kind"];
  readArguments(list: Node): Argument[];
  readObject(node: Node): ObjectLiteral;
  /** How the name at a binding's node is declared. */
  readDeclaration?(node: Node, text: string): Declaration | undefined;
  /** Readers of one document. They may remember what they read of it before it changed. */
  createReaders?(): DocumentReaders;
}

/** `isWhole`: the tree has all of the text; otherwise what is being typed is left out. */
type Read<T> = (root: Node, text: string, isWhole: boolean) => T;

export interface DocumentReaders {
  declarations: Read<Declarations>;
  /** Elements in document order; only for grammars with JSX. */
  elements?: Read<JsxElement[]>;
}

export const spanOf = (node: Node) => ({ start: node.startIndex, end: node.endIndex });

/** The node captured as `name` in a match. */
export const capture = (match: QueryMatch, name: string): Node | undefined => match.captures.find((it) => it.name === name)?.node;

/** The text of a string literal without its quotes, when nothing in it needs unescaping; otherwise its raw inner text. */
export const unquote = (text: string): string => text.replace(/^[a-zA-Z]*("""|'''|["'`])([\s\S]*)\1$/, "$2");
