/**
 * The syntax tree of a text while it is edited. Half-typed code (a bracket or a quote that nothing closes yet) can make the parser read the rest
 * of the file in many ways before it settles on one; whoever is typing need not wait for that.
 */
import { type Parser, type ParseState, type Point, type Tree, Edit as TreeEdit } from "web-tree-sitter";
import type { TextChange } from "./engine.ts";
import type { Span } from "./source.ts";

/**
 * `whole`: the tree is that of a fresh parse. `prompt`: where that takes long, what has changed since the last whole parse is left out, as if it
 * were blank; everything else stands where it stands.
 */
export type Pace = "whole" | "prompt";

export interface GrowingTree {
  /** `text` is what was there before the change. */
  change(text: string, change: TextChange): void;
  tree(text: string, pace: Pace): Tree;
  /** Whether the tree leaves something out. */
  readonly isPartial: boolean;
  /** Frees the tree, which lives outside the garbage collector's reach. */
  close(): void;
}

/**
 * The parser is asked for when there is something to parse. `untilError` is for grammars that read much of a file anew though nothing is wrong
 * with it: to leave something out would save nothing then.
 */
export function growingTree(parserOf: () => Parser, untilError = false): GrowingTree {
  let tree: Tree | undefined;
  let isStale = false;
  /** Around everything that has changed since the last whole parse, in offsets of the text as it is now. */
  let touched: Span | undefined;
  /** Around what the tree leaves out. */
  let leftOut: Span | undefined;
  /** Whether what has changed since something was left out can have closed what was open. */
  let mayClose = false;

  /** `undefined` when it takes more than `steps`. */
  function parse(text: string, steps: number): Tree | undefined {
    const parser = parserOf();
    const next = parser.parse(text, tree, { progressCallback: patience(steps, untilError) });
    if (next) return next;
    parser.reset();
    return undefined;
  }

  function parseWithout(text: string, { start, end }: Span, steps: number): Tree | undefined {
    tree?.edit(sameLength(text, start, end));
    return parse(text.slice(0, start) + text.slice(start, end).replace(/[^\r\n]/g, " ") + text.slice(end), steps);
  }

  function grow(text: string, pace: Pace): Tree {
    // The tree knows what was left out as blank.
    if (leftOut) tree?.edit(sameLength(text, leftOut.start, leftOut.end));
    const before = leftOut;
    leftOut = undefined;
    const isPrompt = pace === "prompt" && tree !== undefined && touched !== undefined;
    const whole = isPrompt && before && !mayClose ? undefined : parse(text, isPrompt ? promptSteps : Number.POSITIVE_INFINITY);
    mayClose = false;
    if (whole || !touched) {
      touched = undefined;
      return whole ?? failed();
    }
    const line = upToLineStart(text, touched);
    const isNewEnough = touched.end > touched.start && (!before || before.start >= touched.start);
    leftOut = touched;
    const most = isNewEnough ? parseWithout(text, touched, promptSteps) : undefined;
    if (most) return most;
    leftOut = line;
    return parseWithout(text, line, Number.POSITIVE_INFINITY) ?? failed();
  }

  return {
    change(text, change) {
      tree?.edit(treeEdit(text, change));
      touched = union(touched, change);
      mayClose ||= !/^[\w ]*$/.test(change.text + text.slice(change.start, change.end));
      if (leftOut) leftOut = union(leftOut, change);
      isStale = true;
    },
    tree(text, pace) {
      if (tree && !isStale && (pace === "prompt" || !leftOut)) return tree;
      const next = grow(text, pace);
      tree?.delete();
      tree = next;
      isStale = false;
      return next;
    },
    get isPartial() {
      return leftOut !== undefined;
    },
    close: () => tree?.delete(),
  };
}

/**
 * Counted, not timed, so that the same edits give the same findings on every machine. An edit in the middle of 2,000 lines that leaves the rest of
 * the file as it was takes a few dozen steps, one that does not takes hundreds.
 */
const promptSteps = 60;

/** Where `untilError`, code without errors is read to its end. */
function patience(most: number, untilError: boolean): (state: ParseState) => boolean {
  let steps = 0;
  return ({ hasError }) => ++steps > most && (hasError || !untilError);
}

function failed(): never {
  throw new Error("the parser gave no tree");
}

const union = (touched: Span | undefined, { start, end, text }: TextChange): Span => ({
  start: Math.min(touched?.start ?? start, start),
  end: Math.max(touched?.end ?? end, end) + text.length - (end - start),
});

/** What was typed before on the same line belongs to what is being typed. */
const upToLineStart = (text: string, { start, end }: Span): Span => ({ start: text.lastIndexOf("\n", start - 1) + 1, end });

const sameLength = (text: string, start: number, end: number) => treeEdit(text, { start, end, text: text.slice(start, end) });

function treeEdit(before: string, { start, end, text }: TextChange): TreeEdit {
  const startPosition = pointAfter({ row: 0, column: 0 }, before, 0, start);
  return new TreeEdit({
    startIndex: start,
    oldEndIndex: end,
    newEndIndex: start + text.length,
    startPosition,
    oldEndPosition: pointAfter(startPosition, before, start, end),
    newEndPosition: pointAfter(startPosition, text, 0, text.length),
  });
}

/** Where `text` from `start` to `end` leads to from a point. */
function pointAfter(from: Point, text: string, start: number, end: number): Point {
  let { row } = from;
  let lineStart = start - from.column;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: end - lineStart };
}

/** Whether what has no syntax error is seen to have none after `edits` of its text either, ascending and not overlapping. `parse` is given the tree to begin with, and most of it is kept. */
export function staysWhole(tree: Tree, { text, edits }: { text: string; edits: readonly TextChange[] }, parse: (grown: Tree) => Tree) {
  if (tree.rootNode.hasError || edits.length > manyEdits) return false;
  const grown = tree.copy();
  try {
    for (const it of edits.toReversed()) grown.edit(treeEdit(text, it));
    const edited = parse(grown);
    const isWhole = !edited.rootNode.hasError;
    edited.delete();
    return isWhole;
  } finally {
    grown.delete();
  }
}

/** Finding the place of each edit takes longer than a fresh parse then. */
const manyEdits = 100;

/** Syntax errors and missing tokens. */
export function countErrors(tree: Tree): number {
  if (!tree.rootNode.hasError) return 0;
  const cursor = tree.walk();
  let errors = 0;
  try {
    for (;;) {
      const { isError, isMissing, hasError } = cursor.currentNode;
      if (isError || isMissing) errors++;
      if (hasError && cursor.gotoFirstChild()) continue;
      while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return errors;
    }
  } finally {
    cursor.delete();
  }
}
