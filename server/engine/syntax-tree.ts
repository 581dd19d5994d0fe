/**
 * The syntax tree of a text while it is edited. Half-typed code (a bracket or a quote that nothing closes yet) can make the parser read the rest
 * of the file in many ways before it settles on one; whoever is typing need not wait for that.
 */
import { type Parser, type Tree, Edit as TreeEdit } from "web-tree-sitter";
import type { TextChange } from "./engine.ts";
import type { Span } from "./source.ts";

/**
 * `whole`: the tree is that of a fresh parse. `prompt`: where that takes long, the lines that have changed since the last whole parse are left
 * out, as if they were empty; everything else stands where it stands.
 */
export type Pace = "whole" | "prompt";

export interface GrowingTree {
  change(before: string, after: string, change: TextChange): void;
  tree(text: string, pace: Pace): Tree;
  /** Whether the tree leaves lines out. */
  readonly isPartial: boolean;
  /** Frees the tree, which lives outside the garbage collector's reach. */
  close(): void;
}

/** The parser is asked for when there is something to parse. */
export function growingTree(parserOf: () => Parser): GrowingTree {
  let tree: Tree | undefined;
  let isStale = false;
  let isPartial = false;
  /** Around everything that has changed since the last whole parse, in offsets of the text as it is now. */
  let touched: Span | undefined;

  /** `undefined` when it takes too long. */
  function parse(text: string, pace: Pace): Tree | undefined {
    const parser = parserOf();
    const next = parser.parse(text, tree, pace === "prompt" ? { progressCallback: patience() } : undefined);
    if (next) return next;
    parser.reset();
    return undefined;
  }

  function parseAround(text: string, { start, end }: Span): Tree {
    tree?.edit(sameLength(text, start, end));
    const left = text.slice(start, end).replace(/[^\r\n]/g, " ");
    const next = parse(text.slice(0, start) + left + text.slice(end), "whole");
    if (!next) throw new Error("the parser gave no tree");
    return next;
  }

  function grow(text: string, pace: Pace): Tree {
    const lines = touched && linesAround(text, touched);
    // The tree knows these lines as empty.
    if (isPartial && lines) tree?.edit(sameLength(text, lines.start, lines.end));
    const whole = parse(text, tree && lines ? pace : "whole");
    const next = whole ?? parseAround(text, lines ?? { start: 0, end: 0 });
    isPartial = !whole;
    touched = whole ? undefined : lines;
    return next;
  }

  return {
    change(before, after, change) {
      tree?.edit(treeEdit(before, after, change));
      touched = union(touched, change);
      isStale = true;
    },
    tree(text, pace) {
      if (tree && !isStale && (pace === "prompt" || !isPartial)) return tree;
      const next = grow(text, pace);
      tree?.delete();
      tree = next;
      isStale = false;
      return next;
    },
    get isPartial() {
      return isPartial;
    },
    close: () => tree?.delete(),
  };
}

/**
 * Gives up after a number of steps, so that the same edits give the same findings on every machine. An edit in the middle of 2,000 lines that
 * leaves the rest of the file as it was takes a few dozen of these steps, one that does not takes hundreds.
 */
function patience(): () => boolean {
  let steps = 0;
  return () => ++steps > 120;
}

const union = (touched: Span | undefined, { start, end, text }: TextChange): Span => ({
  start: Math.min(touched?.start ?? start, start),
  end: Math.max(touched?.end ?? end, end) + text.length - (end - start),
});

function linesAround(text: string, { start, end }: Span): Span {
  const newline = text.indexOf("\n", end);
  return { start: text.lastIndexOf("\n", start - 1) + 1, end: newline < 0 ? text.length : newline };
}

const sameLength = (text: string, start: number, end: number) => treeEdit(text, text, { start, end, text: text.slice(start, end) });

function treeEdit(before: string, after: string, { start, end, text }: TextChange): TreeEdit {
  return new TreeEdit({
    startIndex: start,
    oldEndIndex: end,
    newEndIndex: start + text.length,
    startPosition: pointAt(before, start),
    oldEndPosition: pointAt(before, end),
    newEndPosition: pointAt(after, start + text.length),
  });
}

function pointAt(text: string, offset: number) {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: offset - lineStart };
}
