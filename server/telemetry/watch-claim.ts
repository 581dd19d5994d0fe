/** One watcher a workspace: who it is, and where agents reach it, stands beside the lake. */
import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { LockHeld, lock, tryLock } from "../host/file-lock.ts";
import { replaceFile } from "../host/replace-file.ts";
import { parsedJson } from "../protocol/json.ts";

const claim = z.object({ pid: z.int().positive(), url: z.string(), startedAt: z.string() });
export type WatchClaim = z.infer<typeof claim>;

const fileIn = (cockpit: string) => join(cockpit, "lake", "watcher.json");

const lockIn = (cockpit: string) => join(cockpit, "lake", "watcher.lock");

/** The watcher that runs now, if one does. */
export async function watcherOf(cockpit: string): Promise<WatchClaim | undefined> {
  const text = await readFile(fileIn(cockpit), "utf8").catch(() => undefined);
  const found = claim.safeParse(text === undefined ? undefined : parsedJson(text));
  return found.success && isHeld(cockpit) ? found.data : undefined;
}

/** Its number may have become another process's: what counts is who holds the lock. */
function isHeld(cockpit: string): boolean {
  const held = existsSync(lockIn(cockpit)) ? tryLock(lockIn(cockpit)) : undefined;
  held?.release();
  return existsSync(lockIn(cockpit)) && held === undefined;
}

export class WatchedAlready extends Error {
  override name = "WatchedAlready";
}

export interface Claimed {
  /** Says where agents reach the watcher. */
  announce(url: string): Promise<void>;
  giveUp(): Promise<void>;
}

/** Rejects with WatchedAlready when another watcher has it. The claim of one that died is taken over. */
export async function claimWatch(cockpit: string): Promise<Claimed> {
  // Who asks whether there is a watcher holds the lock for a moment, too.
  const held = await lock(lockIn(cockpit), 500).catch(async (error: Error) => {
    if (error instanceof LockHeld) throw new WatchedAlready(await taken(cockpit));
    throw new Error(`${lockIn(cockpit)} cannot be locked: ${error.message}`, { cause: error });
  });
  const startedAt = new Date().toISOString();
  const write = (url: string) =>
    replaceFile(fileIn(cockpit), JSON.stringify({ pid: process.pid, url, startedAt } satisfies WatchClaim), { mode: 0o644, sync: false });
  await write("");
  return {
    announce: async (url) => void (await write(url)),
    async giveUp() {
      await rm(fileIn(cockpit), { force: true });
      held.release();
    },
  };
}

async function taken(cockpit: string): Promise<string> {
  const other = await watcherOf(cockpit);
  const who = other ? `process ${other.pid}` : "another process";
  return `${who} watches this workspace already${other?.url ? `, at ${other.url}` : ""}; end it first, or use it`;
}
