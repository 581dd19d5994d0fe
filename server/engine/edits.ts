/** Edits after edits, as edits of the first text. */
import type { Edit } from "./finding.ts";

/** What of a changed text is the original's `[start, end)`, and what is new. */
type Piece = { start: number; end: number } | { text: string };

/**
 * Edits of a text of `length` that do what `first` and then `second` do; `second` has offsets of the text after `first`. Both, and the
 * result, are ascending and do not overlap.
 */
export function joinEdits(length: number, first: readonly Edit[], second: readonly Edit[]): Edit[] {
  const take = reader(piecesOf(length, first));
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, text } of second) {
    pieces.push(...take(start - at), { text });
    take(end - start);
    at = end;
  }
  pieces.push(...take(Number.POSITIVE_INFINITY));
  return editsOf(length, pieces);
}

function piecesOf(length: number, edits: readonly Edit[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, text } of edits) {
    pieces.push({ start: at, end: start }, { text });
    at = end;
  }
  return [...pieces, { start: at, end: length }];
}

/** Takes the next `size` code units off the pieces. */
function reader(pieces: readonly Piece[]): (size: number) => Piece[] {
  let next = 0;
  let rest = pieces[0];
  return (size) => {
    const taken: Piece[] = [];
    for (let wanted = size; rest && wanted > 0; ) {
      const [head, tail] = cut(rest, wanted);
      taken.push(head);
      wanted -= sizeOf(head);
      rest = tail ?? pieces[++next];
    }
    return taken;
  };
}

const sizeOf = (piece: Piece) => ("text" in piece ? piece.text.length : piece.end - piece.start);

function cut(piece: Piece, at: number): [head: Piece, tail?: Piece] {
  if (sizeOf(piece) <= at) return [piece];
  if ("text" in piece) return [{ text: piece.text.slice(0, at) }, { text: piece.text.slice(at) }];
  const middle = piece.start + at;
  return [
    { start: piece.start, end: middle },
    { start: middle, end: piece.end },
  ];
}

function editsOf(length: number, pieces: readonly Piece[]): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  let text = "";
  for (const piece of [...pieces, { start: length, end: length }]) {
    if ("text" in piece) text += piece.text;
    else if (piece.end > piece.start || piece.start === length) {
      if (text !== "" || piece.start > at) edits.push({ start: at, end: piece.start, text });
      at = piece.end;
      text = "";
    }
  }
  return edits;
}
