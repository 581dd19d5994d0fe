/** Keeps a lake within its limits. Only events are removed: evidence is a chain, and stays whole. */
import type { DatabaseSync } from "node:sqlite";

export interface LakeLimits {
  /** Events older than the newest by this, in milliseconds, are removed. */
  keepMs: number;
  /** When the file is larger, the oldest events are removed; half of it is theirs, however much evidence there is. */
  maxBytes: number;
}

export interface Pruned {
  /** Whether there is more to remove. */
  more: boolean;
  /** Evidence takes more than half of the limit. */
  isCrowded: boolean;
}

/** To be called inside of a transaction; removes a bounded part a call. `now` in milliseconds since 1970. */
export type Prune = (limits: LakeLimits, now: number) => Pruned;

export function createPrune(database: DatabaseSync): Prune {
  const number = (sql: string, ...given: number[]) => Number(Object.values(database.prepare(sql).get(...given) ?? {})[0] ?? 0);
  const oldest = "DELETE FROM events WHERE (time, id) IN (SELECT time, id FROM events";
  const removeBefore = database.prepare(`${oldest} WHERE time < ? ORDER BY time LIMIT ?)`);
  const removeOldest = database.prepare(`${oldest} ORDER BY time LIMIT ?)`);
  const keepNumber = database.prepare("INSERT OR REPLACE INTO state VALUES (?, ?)");
  const used = () => (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * number("PRAGMA page_size");
  const measured = { bytes: 0, upTo: 0 };

  /** Each record is measured once. */
  function evidenceBytes(): number {
    measured.bytes += number(recordsAfter, measured.upTo);
    measured.upTo = number("SELECT max(seq) FROM evidence");
    return measured.bytes;
  }

  return ({ keepMs, maxBytes }, now) => {
    // Of a clock that jumps ahead, nothing must be lost: the newest event says what is old, too.
    const newest = number("SELECT max(time) FROM events") || now;
    keepNumber.run(lastNumber, String(lastSeq(database)));
    let removed = Number(removeBefore.run(Math.min(now, newest) - keepMs, prunedAtOnce).changes);
    const size = used();
    const evidence = size > maxBytes ? evidenceBytes() : 0;
    const most = Math.max(maxBytes, evidence + maxBytes / 2);
    if (size > most) removed += Number(removeOldest.run(prunedAtOnce - removed).changes);
    if (removed > 0) database.exec("PRAGMA incremental_vacuum(2000)");
    return { more: removed === prunedAtOnce, isCrowded: most > maxBytes };
  };
}

/** The number of the last event that the lake ever had: none is given out again after its event was removed. */
export function lastSeq(database: DatabaseSync): number {
  const kept = database.prepare("SELECT value FROM state WHERE name = ?").get(lastNumber);
  const last = database.prepare("SELECT max(seq) AS seq FROM events").get();
  return Math.max(Number(kept?.value ?? 0), Number(last?.seq ?? 0));
}

const lastNumber = "last number";
/** What records take on the disk: 80 bytes beside the body, and a page holds whole ones. */
const recordsAfter = `SELECT sum(max(bytes, 4096 / max(4050 / bytes, 1))) FROM (SELECT octet_length(body) + 80 AS bytes FROM evidence WHERE seq > ?)`;
const prunedAtOnce = 5000;
