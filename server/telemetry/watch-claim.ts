/** One watcher a workspace: who it is, and where agents reach it, stands beside the lake. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { replaceFile } from "../host/replace-file.ts";

const claim = z.object({ pid: z.int().positive(), url: z.string(), startedAt: z.string() });
export type WatchClaim = z.infer<typeof claim>;

const fileIn = (cockpit: string) => join(cockpit, "lake", "watcher.json");

/** The watcher that runs now, if one does. */
export async function watcherOf(cockpit: string): Promise<WatchClaim | undefined> {
  const text = await readFile(fileIn(cockpit), "utf8").catch(() => undefined);
  const found = claim.safeParse(text === undefined ? undefined : jsonOf(text));
  return found.success && isAlive(found.data.pid) ? found.data : undefined;
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
  const other = await watcherOf(cockpit);
  if (other)
    throw new WatchedAlready(
      `process ${other.pid} watches this workspace already${other.url ? `, at ${other.url}` : ""}; end it first, or use it`,
    );
  const file = fileIn(cockpit);
  await rm(file, { force: true });
  const text = (url: string) => JSON.stringify({ pid: process.pid, url, startedAt: new Date().toISOString() } satisfies WatchClaim);
  try {
    await writeFile(file, text(""), { flag: "wx" });
  } catch (error) {
    // Another one started at the same moment.
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return claimWatch(cockpit);
    throw error;
  }
  return {
    announce: async (url) => void (await replaceFile(file, text(url), { mode: 0o644, sync: false })),
    giveUp: () => rm(file, { force: true }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
