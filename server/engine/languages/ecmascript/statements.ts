/**
 * Facts of the statements at the top of a file, one after the other. Whoever types changes one statement of many: what was read of the others
 * stays true where they are the same, further up or down.
 */
import type { Node } from "web-tree-sitter";

export interface StatementReader<T> {
  read(statement: Node, text: string): T;
  /** The same facts of the same statement, `by` code units further down. */
  move(facts: T, by: number): T;
}

interface Known<T> {
  start: number;
  facts: T;
}

/** Reads one text after another. Only where a tree is whole does a statement's text say what its nodes are. */
export function statementByStatement<T>({ read, move }: StatementReader<T>): (root: Node, text: string, isWhole: boolean) => T[] {
  let before = new Map<string, Known<T>>();

  function recall(statement: Node, text: string, now: Map<string, Known<T>>): T {
    // How something broken is read may depend on what stands around it.
    if (statement.hasError) return read(statement, text);
    const { startIndex: start, endIndex: end } = statement;
    const source = text.slice(start, end);
    const known = before.get(source);
    const facts = known ? (known.start === start ? known.facts : move(known.facts, start - known.start)) : read(statement, text);
    now.set(source, { start, facts });
    return facts;
  }

  return (root, text, isWhole) => {
    if (!isWhole) return root.namedChildren.map((it) => read(it, text));
    const now = new Map<string, Known<T>>();
    const facts = root.namedChildren.map((it) => recall(it, text, now));
    before = now;
    return facts;
  };
}
