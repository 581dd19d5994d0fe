/** Events into the lake's file, many rows in one statement: binding costs less than running. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Cell, eventColumns } from "./schema.ts";

/** To be called inside of a transaction, with rows as `rowOf` makes them, one after the other; the `seq` of those events that the lake had before. */
export type Insert = (cells: readonly Cell[]) => number[];

export function createInsert(database: DatabaseSync): Insert {
  const numbersFrom = database.prepare("SELECT seq FROM events WHERE seq BETWEEN ? AND ?");
  const inserts = new Map<number, StatementSync>();

  function insertOf(rows: number): StatementSync {
    const known = inserts.get(rows);
    if (known) return known;
    const row = `(${eventColumns.map(() => "?").join()})`;
    const made = database.prepare(`INSERT OR IGNORE INTO events VALUES ${Array(rows).fill(row).join()}`);
    inserts.set(rows, made);
    return made;
  }

  function notInserted(cells: readonly Cell[]): number[] {
    const numbers = cells.filter((_, i) => i % width === width - 1).map(Number);
    const inserted = new Set(numbersFrom.all(Math.min(...numbers), Math.max(...numbers)).map((it) => Number(it.seq)));
    return numbers.filter((it) => !inserted.has(it));
  }

  return (cells) => {
    const repeated: number[] = [];
    for (let at = 0; at < cells.length; at += rowsAtOnce * width) {
      const part = cells.slice(at, at + rowsAtOnce * width);
      const rows = part.length / width;
      if (Number(insertOf(rows).run(...part).changes) < rows) repeated.push(...notInserted(part));
    }
    return repeated;
  };
}

const width = eventColumns.length;
const rowsAtOnce = 50;
