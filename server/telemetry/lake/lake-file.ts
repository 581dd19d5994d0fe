/** The Evidence Lake as a SQLite file: all that is written to it, a transaction a call. Blocks its thread; `lake.ts` gives it one of its own. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../protocol/message-of.ts";
import { appendEvidence, type Evidence } from "./evidence.ts";
import { createInsert } from "./insert.ts";
import { createPrune, type Prune } from "./prune.ts";
import { type Cell, prepare, waitForOthers } from "./schema.ts";

export interface LakeWrite {
  /** Rows as `rowOf` makes them, one after the other in one list. */
  cells: readonly Cell[];
  evidence: readonly Evidence[];
  /** By name; replaces what was kept. */
  state: Readonly<Record<string, string | Uint8Array>>;
}

export interface LakeFile {
  /** Durable when it returns; the `seq` of those events that it had before, which change nothing. Throws when nothing was written. */
  write(write: LakeWrite): number[];
  /** Removes what is beyond the limits, a bounded part of it a call. `now` in milliseconds since 1970. */
  prune: Prune;
  database: DatabaseSync;
  /** Does what reads or writes the database. Damage that shows is remembered, so that who opens the file next moves it aside, and is said. */
  noticingDamage<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the file, or makes it. One that is no database (any more) is moved aside, never deleted: `onMoved` hears where to. So is one whose damage showed while it was used, as what opens may be
 * damaged further in. Only who has claimed the watch may move it; for others, who give no `onMoved`, it throws.
 */
export function openLakeFile(file: string, onMoved?: (to: string, why: string) => void): LakeFile {
  mkdirSync(dirname(file), { recursive: true });
  const mark = `${file}.broken`;
  const sawDamage = () => writeFileSync(mark, "");
  try {
    if (existsSync(mark)) throw new BrokenLake("its damage showed while it was used");
    return lakeOf(open(file), file, sawDamage);
  } catch (error) {
    if (!(error instanceof BrokenLake) && !isCorrupt(error)) throw error;
    if (!onMoved) throw new Error(movedByWatcher, { cause: error });
    const aside = `${file}.damaged-${Date.now()}`;
    for (const end of ["", "-wal", "-shm"]) move(`${file}${end}`, `${aside}${end}`);
    rmSync(mark, { force: true });
    onMoved(aside, messageOf(error));
    return lakeOf(open(file), file, sawDamage);
  }
}

/** Whether a path is one of the lake's own files: SQLite's, the mark of damage, or what was moved aside for it. */
export const isOfLake = (path: string, lake: string): boolean =>
  path.startsWith(lake) && /^(-wal|-shm|-journal|\.broken|\.damaged-.*)?$/.test(path.slice(lake.length));

const movedByWatcher = "it is damaged; start the watcher again, which moves it aside and begins a new one";

class BrokenLake extends Error {
  override name = "BrokenLake";
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    waitForOthers(database);
    prepare(database);
    // The first that the watcher will ask.
    database.exec("SELECT * FROM state; SELECT max(seq) FROM events; SELECT max(seq) FROM evidence");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, https://sqlite.org/rescode.html. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && [11, 26].includes(Number(error.errcode) & 0xff);
}

/** The file system's own, of the file that has this name now. */
const numberOf = (file: string) => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;

function move(from: string, to: string) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

function lakeOf(database: DatabaseSync, file: string, sawDamage: () => void): LakeFile {
  const setState = database.prepare("INSERT OR REPLACE INTO state VALUES (?, ?)");
  const insert = createInsert(database);
  const prune = createPrune(database);
  const opened = numberOf(file);
  let isDamaged = false;

  function transaction<T>(work: () => T): T {
    // It will be moved aside, with all that is written to it from now on.
    if (isDamaged) throw new Error(movedByWatcher);
    // SQLite would go on writing to a file that is in no folder any more.
    if (numberOf(file) !== opened) throw new Error("it was removed while it was open; start the watcher again, which begins a new one");
    database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      database.exec("COMMIT");
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  function noticingDamage<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      isDamaged = true;
      sawDamage();
      throw new Error(movedByWatcher, { cause: error });
    }
  }

  return {
    database,
    noticingDamage,
    write: ({ cells, evidence, state }) =>
      noticingDamage(() =>
        transaction(() => {
          if (evidence.length > 0) appendEvidence(database, evidence);
          for (const [name, value] of Object.entries(state)) setState.run(name, value);
          return insert(cells);
        }),
      ),
    prune: (limits, now) => noticingDamage(() => transaction(() => prune(limits, now))),
    close: () => database.close(),
  };
}
