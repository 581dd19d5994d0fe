/** Calls by the last segment of their callee. */
import type { Node, QueryMatch } from "web-tree-sitter";
import type { Call } from "../facts.ts";
import type { Span } from "../source.ts";
import { capture, type Grammar, spanOf } from "./grammar.ts";
import { nodesNamed } from "./names.ts";
import type { Queries } from "./queries.ts";
import { type ReadStatements, type StatementReader, statementByStatement } from "./statements.ts";

/** Reads the calls of one document, and remembers what it read of each statement before it changed. */
export type ReadCalls = (names: readonly string[], grammar: Grammar, queries: Queries) => ReadStatements<Call[]>;

export function createReadCalls(): ReadCalls {
  const known = new Map<string, ReadStatements<Call[]>>();
  return (names, grammar, queries) => {
    const key = names.join(" ");
    const read = known.get(key) ?? statementByStatement(callReader(names, grammar, queries));
    known.set(key, read);
    return read;
  };
}

const callReader = (names: readonly string[], grammar: Grammar, queries: Queries): StatementReader<Call[]> => ({
  read(statement, text) {
    const calls: Call[] = [];
    for (const { node, at } of nodesNamed(names, statement, text)) {
      const callee = widest(node);
      for (const match of callee.parent ? queries.matchesOf("calls", callee.parent, at) : []) {
        const call = readCall(match, grammar);
        if (call?.calleeSpan.end === at.end) calls.push(call);
      }
    }
    return calls;
  },
  move: (calls, by) =>
    calls.map((it) => ({
      ...moved(it, by),
      calleeSpan: moved(it.calleeSpan, by),
      arguments: it.arguments.map((one) => ({ ...moved(one, by), value: moved(one.value, by) })),
    })),
});

const moved = <T extends Span>(it: T, by: number): T => ({ ...it, start: it.start + by, end: it.end + by });

/** The outermost node that ends where this one does: of `b` in `a.b`, `a.b`. A construction without arguments ends there too. */
function widest(node: Node): Node {
  const { parent } = node;
  return parent && parent.endIndex === node.endIndex && parent.type !== "new_expression" ? widest(parent) : node;
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
