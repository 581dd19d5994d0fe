/** A lock among processes that ends with whoever holds it, however that ends: the operating system's own, as SQLite takes it. */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

export interface FileLock {
  release(): void;
}

/** Undefined when another holder has it, in this process or elsewhere. The folder must be there; an empty file stays behind. */
export function tryLock(file: string): FileLock | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

export class LockHeld extends Error {
  override name = "LockHeld";
}

/** Rejects with LockHeld when nobody lets go of it in this time. */
export async function lock(file: string, patienceMs: number): Promise<FileLock> {
  for (const end = performance.now() + patienceMs; ; ) {
    const held = tryLock(file);
    if (held) return held;
    if (performance.now() > end) throw new LockHeld(`${file} is held by another process`);
    await sleep(5 + Math.random() * 20);
  }
}

/** SQLITE_BUSY, https://sqlite.org/rescode.html. */
const isBusy = (error: unknown) => error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
