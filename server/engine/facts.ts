/**
 * The small vocabulary that rules read instead of syntax trees. Each language's `facts.scm` produces it. Nothing is computed
 * before it is asked for, and the methods that take names look only where those names stand in the text.
 */
import type { Span } from "./source.ts";

/** One imported name. `import OpenAI, { AzureOpenAI as Azure } from "openai"` is two: `default` and `AzureOpenAI`. */
export interface Import extends Span {
  /** As written: `openai`, `@google/genai`, `..agents`, `github.com/openai/openai-go`. */
  module: string;
  /** The exported name; `default`; `*` for the module itself (`import x`, `import * as x`, every Go import). */
  name: string;
  /** What it is called in this file; for `import a.b` the first segment, `a`. */
  local: string;
  typeOnly: boolean;
}

export interface Argument extends Span {
  /** Keyword arguments only (Python). */
  name?: string;
  value: Span;
  /** `...args`, `*args`, `**options`: may supply anything. */
  spread: boolean;
}

export interface Call extends Span {
  /** As written without white space, `openai.AsyncOpenAI`; empty when the callee is not a dotted name. */
  callee: string;
  calleeSpan: Span;
  /** `new X()`, or a Go composite literal `X{}`. */
  constructed: boolean;
  arguments: Argument[];
}

export interface JsxAttribute extends Span {
  name: string;
  /** Absent for `<a disabled>`. Spans the quotes or braces too. */
  value?: Span;
  /** The string, when the value is one literally: `"x"`, `{"x"}`, `` {`x`} ``. */
  literal?: string;
}

/** An opening (or self-closing) tag; its span is the tag alone, not the children. */
export interface JsxElement extends Span {
  /** As written, `Surface.Card`; empty for a fragment. */
  tag: string;
  /** Where the tag's name (and type arguments) end: new attributes go here. */
  nameEnd: number;
  attributes: JsxAttribute[];
  spreads: Span[];
  selfClosing: boolean;
}

export interface Property extends Span {
  key: string;
  value: Span;
}

/** An object literal (TypeScript, JavaScript) or a dictionary display (Python). Only literal keys appear in `properties`. */
export interface ObjectLiteral extends Span {
  properties: Property[];
  /** `...rest`, `**rest`, computed keys: may supply anything. */
  spreads: Span[];
}

/** A name bound in this file other than by import: parameters (destructured too), variables, functions, classes. */
export interface Binding extends Span {
  name: string;
  /** Where the name can be read. */
  scope: Span;
  kind: "parameter" | "variable" | "function" | "class";
  /** How it is declared, where the language's reader says so (TypeScript, JavaScript). */
  declaration?: Declaration;
}

/** The parameter or declarator that binds a name; its span holds pattern, annotation and initial value. */
export interface Declaration extends Span {
  /** The name is the whole pattern, not a part taken out of a larger value. */
  whole: boolean;
  constant: boolean;
  /** The annotation as written, without the colon. */
  type?: string;
  value?: Span;
}

export interface FunctionFact extends Span {
  name: string;
  body: Span;
  async: boolean;
  generator: boolean;
  decorators: string[];
}

/** What a dotted name written in this file means: the module it comes from and the exported path inside it (`*` for the module itself). */
export interface Resolved {
  module: string;
  name: string;
}

/** What a type that is written in a file asks of an object, as far as that file alone says. */
export type Shape =
  | { kind: "members"; members: Member[] }
  /** A type by its dotted name, declared here or imported. */
  | { kind: "named"; name: string }
  /** The props of a component by its dotted name. */
  | { kind: "propsOf"; component: string }
  /** Intersection. */
  | { kind: "all"; of: Shape[] }
  /** Union. */
  | { kind: "either"; of: Shape[] }
  | { kind: "only" | "without"; keys: string[]; of: Shape }
  | { kind: "required" | "partial"; of: Shape }
  | { kind: "unknown" };

export interface Member {
  name: string;
  optional: boolean;
  /** The member's type as written; empty when there is none. */
  type: string;
}

/** An interface or type alias at the top of a file. */
export interface TypeFact {
  name: string;
  shape: Shape;
}

/** A React component at the top of a file, or anything there that may be one: a function, a class, what `memo` and `forwardRef` return, another name for one. Its span holds all of it, name included. */
export interface ComponentFact extends Span {
  name: string;
  props: Shape;
  /** Its first parameter, when it is a plain name (`props`). */
  parameter?: string;
}

/** What a file exports. `export { a as b }` is `{ name: "b", local: "a" }`, `export { a as b } from "m"` has `module` too; `export *` has the name `*`. */
export interface ExportFact {
  name: string;
  local: string;
  module?: string;
}

export interface Declarations {
  types: TypeFact[];
  components: ComponentFact[];
  exports: ExportFact[];
}

/** What stands at the top of a file. `directive`: what must come before imports (docstring, `from __future__`, `"use client"`, Go's package clause). */
export interface TopStatement extends Span {
  kind: "directive" | "import" | "other";
}

export interface Facts {
  readonly imports: readonly Import[];
  /** In order, without comments. A module taken by `require` is an import too, one taken by `await import` is none of them. */
  readonly statements: readonly TopStatement[];
  readonly functions: readonly FunctionFact[];
  readonly elements: readonly JsxElement[];
  /** Calls and constructions whose callee's last segment is one of `names`. */
  calls(names: Iterable<string>): Call[];
  /** Object literals that have one of `keys`, written as a literal key. */
  objects(keys: Iterable<string>): ObjectLiteral[];
  /** The object literal that starts at an offset. */
  objectAt(offset: number): ObjectLiteral | undefined;
  /** Types, components and exports at the top of the file; empty in languages that have none (Python, Go). */
  readonly declarations: Declarations;
  /** Every binding of `name`, innermost scopes last. */
  bindings(name: string): Binding[];
  /** The import behind a dotted name at `offset`; `undefined` when it is not imported or a nearer binding shadows it. */
  resolve(dotted: string, offset: number): Resolved | undefined;
  /** Whether an offset stands in a comment, its delimiters included. */
  isComment(offset: number): boolean;
}
