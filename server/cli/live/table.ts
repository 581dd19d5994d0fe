/** A table that fits a window: columns leave, the least telling first, before anything wraps. */
import { cell, widthOf } from "./cells.ts";

export interface Column {
  head: string;
  align?: "right";
  /** Columns of text that its values need, its head apart. */
  width: number;
  /** Which leave first: those of the highest rank. The one of rank 0 stays, and takes the room that the others leave. */
  rank: number;
}

export interface Cell {
  text: string;
  paint?(text: string): string;
}

const gap = "  ";
/** Of the column that takes what is left: below it, another column leaves. */
const narrowest = 12;

export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number, dim: (text: string) => string) {
  const widths = columns.map((it) => Math.max(it.width, it.head.length));
  const kept = new Set(columns.map((_, i) => i));
  const room = () => width - [...kept].reduce((sum, i) => sum + (columns[i]?.rank === 0 ? 0 : (widths[i] ?? 0) + gap.length), 0);
  for (const i of byRank(columns)) if (room() < narrowest) kept.delete(i);
  const flexible = columns.findIndex((it) => it.rank === 0);
  const longest = Math.max(narrowest, ...rows.map((row) => widthOf(row[flexible]?.text.slice(0, width) ?? "")));
  widths[flexible] = Math.min(longest, Math.max(1, room()));
  const line = (cells: readonly Cell[]) =>
    [...kept]
      .map((i) => {
        const { text = "", paint = same } = cells[i] ?? {};
        return paint(cell(text, widths[i] ?? 0, columns[i]?.align));
      })
      .join(gap);
  return [dim(line(columns.map((it) => ({ text: it.head })))), ...rows.map(line)].map((it) => it.trimEnd());
}

const same = (text: string) => text;

/** Places of the columns that may leave, the first to leave first. */
const byRank = (columns: readonly Column[]) =>
  columns
    .map((it, i) => ({ rank: it.rank, i }))
    .filter((it) => it.rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map((it) => it.i);

/** How many rows there is room for, and what is said of the others. */
export function shownRows<T>(rows: readonly T[], room: number): { shown: readonly T[]; hidden: readonly T[] } {
  const fits = rows.length <= room ? room : Math.max(0, room - 1);
  return { shown: rows.slice(0, fits), hidden: rows.slice(fits) };
}
