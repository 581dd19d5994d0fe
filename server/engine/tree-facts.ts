/** Facts read from a syntax tree, each on first use. */
import type { Node, QueryMatch, Tree } from "web-tree-sitter";
import type { Binding, Call, Declarations, Facts, FunctionFact, Import, JsxElement, ObjectLiteral, TopStatement } from "./facts.ts";
import { isWrittenOut, resolved } from "./import-names.ts";
import { capture, type DocumentReaders, type Grammar, spanOf } from "./languages/grammar.ts";
import type { Queries } from "./languages/queries.ts";
import type { Span } from "./source.ts";

/** How a document is read. */
export interface Reading {
  grammar: Grammar;
  queries: Queries;
  readers: DocumentReaders | undefined;
  /** Asked for only when the first fact is. The tree must live as long as the facts are read. */
  parse(): { tree: Tree; isWhole: boolean };
}

export function treeFacts(text: string, { grammar, queries, readers, parse }: Reading): Facts {
  const parsed = once(parse);
  // One node for all readers: it remembers its children.
  const root = once(() => parsed().tree.rootNode);
  // Ranges of a query count bytes of UTF-16, two to a code unit, unlike every other offset of web-tree-sitter 0.27.
  const matches = (section: string, at?: Span): QueryMatch[] =>
    queries.section(section)?.matches(root(), at ? { startIndex: at.start * 2, endIndex: at.end * 2 } : {}) ?? [];

  /** Matches of a section that begin with the node itself. A query from the root would visit every statement on the way to it. */
  const matchesOf = (section: string, node: Node, at: Span): QueryMatch[] =>
    queries.section(section)?.matches(node, { maxStartDepth: 0, startIndex: at.start * 2, endIndex: at.end * 2 }) ?? [];

  /** The nodes that are an occurrence of one of `names`; not those in strings and comments, nor those that a dot follows: they neither end a callee nor bind. */
  function* nodesNamed(names: Iterable<string>, maybe: (at: Span) => boolean = () => true): Generator<{ node: Node; at: Span }> {
    for (const at of occurrences(text, names)) {
      if (text[at.end] === "." || !maybe(at)) continue;
      const node = root().descendantForIndex(at.start, at.end);
      if (node?.startIndex === at.start && node.endIndex === at.end) yield { node, at };
    }
  }

  const imports = once((): Import[] => grammar.readImports(root(), text));
  const statements = once((): TopStatement[] =>
    root()
      .namedChildren.filter((it) => it.type !== "comment")
      .map((it) => ({ ...spanOf(it), kind: grammar.statementKind(it) })),
  );
  const functions = once((): FunctionFact[] => matches("functions").flatMap(readFunction));
  const elements = once((): JsxElement[] => readers?.elements?.(root(), text, parsed().isWhole) ?? []);

  const declarations = once(
    (): Declarations => readers?.declarations(root(), text, parsed().isWhole) ?? { types: [], components: [], exports: [] },
  );

  const bindingsByName = new Map<string, Binding[]>();

  /** The object literal nearest around an offset. */
  function objectAround(at: Span): Node | undefined {
    const around = matches("objects", at).flatMap((it) => capture(it, "object") ?? []);
    return around.filter((it) => it.startIndex <= at.start && at.end <= it.endIndex).at(-1);
  }

  return {
    get imports() {
      return imports();
    },
    get statements() {
      return statements();
    },
    get functions() {
      return functions();
    },
    get elements() {
      return elements();
    },
    get declarations() {
      return declarations();
    },
    calls(names) {
      const calls: Call[] = [];
      for (const { node, at } of nodesNamed(names)) {
        const callee = widest(node);
        for (const match of callee.parent ? matchesOf("calls", callee.parent, at) : []) {
          const call = readCall(match, grammar);
          if (call?.calleeSpan.end === at.end) calls.push(call);
        }
      }
      return calls;
    },
    objects(keys) {
      const wanted = new Set(keys);
      const found = new Map<number, ObjectLiteral>();
      for (const at of occurrences(text, wanted)) {
        const node = objectAround(at);
        if (!node || found.has(node.startIndex)) continue;
        const literal = grammar.readObject(node);
        if (literal.properties.some((it) => wanted.has(it.key) && it.start <= at.start && at.end <= it.end))
          found.set(node.startIndex, literal);
      }
      return [...found.values()].sort((a, b) => a.start - b.start);
    },
    objectAt(offset) {
      const node = objectAround({ start: offset, end: offset + 1 });
      return node?.startIndex === offset ? grammar.readObject(node) : undefined;
    },
    isComment: (offset) => root().descendantForIndex(offset, offset + 1)?.type === "comment",
    bindings: (name) => bindings(name),
    resolve(dotted, offset) {
      const [head = "", ...rest] = dotted.split(".");
      const binding = importOf(head, rest, offset);
      if (!binding) return undefined;
      const shadowed = bindings(head).some(
        (it) =>
          it.scope.end - it.scope.start < text.length &&
          contains(it.scope, offset) &&
          it.start !== binding.start &&
          !contains(binding, it.start),
      );
      return shadowed ? undefined : resolved(binding, rest, text);
    },
  };

  /** What a name is imported from at `offset`: of several, one whose module path is written out, else the last before it in the innermost function. */
  function importOf(head: string, rest: readonly string[], offset: number): Import | undefined {
    const [first, ...others] = imports().filter((it) => it.local === head);
    if (!first || others.length === 0) return first;
    const own = [first, ...others];
    const dotted = own.filter((it) => isWrittenOut(it, rest, text)).toSorted((a, b) => b.module.length - a.module.length);
    if (dotted[0]) return dotted[0];
    const scope = (it: Span) => functions().findLast(({ start, end }) => start <= it.start && it.end <= end);
    const visible = own.filter((it) => contains(scope(it) ?? { start: 0, end: text.length }, offset));
    const size = (it: Import) => (scope(it)?.end ?? text.length) - (scope(it)?.start ?? 0);
    const [innermost] = visible.toSorted((a, b) => size(a) - size(b) || b.start - a.start);
    return innermost ?? first;
  }

  function bindings(name: string): Binding[] {
    const found = bindingsByName.get(name) ?? readBindings(name);
    bindingsByName.set(name, found);
    return found;
  }

  function readBindings(name: string): Binding[] {
    const found: Binding[] = [];
    for (const { node: named, at } of nodesNamed([name], (at) => mayBind(text, at))) {
      if (named.type === "shorthand_property_identifier_pattern") found.push(readBinding(name, named, "pattern"));
      if (!bindable.has(named.type)) continue;
      // No pattern of a binding reaches further down than two levels.
      for (const around of [named, named.parent, named.parent?.parent]) {
        const captures = around ? matchesOf("bindings", around, at).flatMap((it) => it.captures) : [];
        const exact = captures.filter(({ node }) => node.startIndex === at.start && node.endIndex === at.end);
        found.push(...exact.map(({ node, name: kind }) => readBinding(name, node, kind)));
        if (exact.length > 0) break;
      }
    }
    return found.sort((a, b) => b.scope.end - b.scope.start - (a.scope.end - a.scope.start));
  }

  function readBinding(name: string, node: Node, kind: string): Binding {
    const declaration = grammar.readDeclaration?.(node, text);
    return {
      name,
      ...spanOf(node),
      scope: scopeOf(node, kind),
      kind: bindingKind(node, kind),
      ...(declaration ? { declaration } : {}),
    };
  }

  function scopeOf(node: Node, kind: string): Span {
    let scope: Node | null = kind === "function" || kind === "class" ? (node.parent?.parent ?? null) : node.parent;
    while (scope && !grammar.scopes.has(scope.type)) scope = scope.parent;
    return scope?.parent ? spanOf(scope) : { start: 0, end: text.length };
  }
}

/** What a bracket follows is called, unless it is defined here. */
const mayBind = (text: string, { start, end }: Span) =>
  text[end] !== "(" || /(?:\b(?:def|class|function|func)\s+|\*\s*)$/.test(text.slice(Math.max(0, start - 40), start));

/** The types of nodes that bind a name; properties and attributes of the same name are many. */
const bindable = new Set(["identifier", "type_identifier"]);

/** The outermost node that ends where this one does: of `b` in `a.b`, `a.b`. A construction without arguments ends there too. */
function widest(node: Node): Node {
  const { parent } = node;
  return parent && parent.endIndex === node.endIndex && parent.type !== "new_expression" ? widest(parent) : node;
}

/** A destructuring pattern binds parameters or variables, depending on where it stands. */
function bindingKind(node: Node, kind: string): Binding["kind"] {
  if (kind !== "pattern") return kind === "function" || kind === "class" || kind === "parameter" ? kind : "variable";
  for (let up = node.parent; up; up = up.parent) {
    if (up.type === "formal_parameters") return "parameter";
    if (up.type === "variable_declarator" || up.type.endsWith("statement")) return "variable";
  }
  return "variable";
}

function readCall(match: QueryMatch, grammar: Grammar): Call | undefined {
  const node = capture(match, "call") ?? capture(match, "construct");
  const callee = capture(match, "callee");
  if (!node || !callee) return undefined;
  const list = capture(match, "arguments");
  const name = callee.text.replace(/\s+|\?(?=\.)/g, "");
  return {
    ...spanOf(node),
    callee: /^[\w$]+(\.[\w$]+)*$/.test(name) ? name : "",
    calleeSpan: spanOf(callee),
    constructed: capture(match, "construct") !== undefined,
    arguments: list ? grammar.readArguments(list) : [],
  };
}

function readFunction(match: QueryMatch): FunctionFact[] {
  const node = capture(match, "function");
  const name = capture(match, "name");
  const body = capture(match, "body");
  if (!node || !name || !body) return [];
  const decorators = node.parent?.type === "decorated_definition" ? node.parent.namedChildren.filter((it) => it.type === "decorator") : [];
  const head = node.text.slice(0, body.startIndex - node.startIndex);
  return [
    {
      ...spanOf(node),
      name: name.text,
      body: spanOf(body),
      async: /(^|=\s*|\s)async\b/.test(head),
      generator: /^(async\s+)?function\s*\*|^(static\s+)?(async\s+)?\*/.test(head) || node.type.startsWith("generator"),
      decorators: decorators.map((it) => it.text),
    },
  ];
}

/** Whole-word occurrences of `names`, in order. */
function occurrences(text: string, names: Iterable<string>): Span[] {
  const alternatives = [...names].map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  if (alternatives === "") return [];
  return [...text.matchAll(new RegExp(`(?<![\\w$])(?:${alternatives})(?![\\w$])`, "g"))].map((it) => ({
    start: it.index,
    end: it.index + it[0].length,
  }));
}

const contains = (span: Span, offset: number) => span.start <= offset && offset < span.end;

/** `make`, computed on first use and kept. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
