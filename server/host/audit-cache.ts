/**
 * What earlier audits found, in the user's cache folder, one file for each target and configuration, never in the target. Those that nobody has used for a month are removed. An entry counts while the file's size, times and
 * inode are the same, or else its content hash; the whole cache counts for one version of the engine and one configuration.
 */
import { hash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FileOutcome } from "./file-audit.ts";
import { cacheFolder } from "./places.ts";
import { replaceFile } from "./replace-file.ts";
import { type FolderNames, listFolder } from "./walk.ts";

/** Size, modification and change time in ms, inode. */
export type Signature = readonly [number, number, number, number];

export interface CacheEntry {
  signature: Signature;
  outcome: FileOutcome;
  /** What was found once the file's neighbours were known too, and a hash of what was known of them. */
  linked?: { key: string; outcome: FileOutcome };
}

export interface AuditCache {
  get(path: string): CacheEntry | undefined;
  /** Of the file or folder at an absolute path as it is now. */
  signatureOf(path: string): Signature;
  /** Whether the entry can be trusted without looking at the file's bytes. */
  isFresh(entry: CacheEntry, signature: Signature): boolean;
  /** What is in a folder (absolute path), read only when it has changed. Throws what the file system throws. */
  list(folder: string): FolderNames;
  /** Replaces what the cache holds, unless nothing changed. A failure to write is returned, it harms nothing but the next audit's speed. */
  save(entries: ReadonlyMap<string, CacheEntry>): Promise<Error | undefined>;
}

interface StoredFolder extends FolderNames {
  signature: Signature;
}

interface Stored {
  key: string;
  /** When the audit began to look, ms since the epoch: what changed later may not be what it saw. */
  writtenAt: number;
  folders: [path: string, folder: StoredFolder][];
  entries: [path: string, entry: CacheEntry][];
}

/** File systems stamp times this coarsely at worst: what changed so shortly before the cache was written may have changed again unseen. */
const racyMs = 2000;

/** `key` names everything but the files that outcomes depend on: engine version, configuration, rules asked for. */
export function openCache(root: string, key: string): AuditCache {
  const file = join(cacheFolder(), `audit-${hash("sha1", `${root}\0${key}`).slice(0, 20)}.json`);
  const openedAt = Date.now();
  const stored = read(file, key);
  const known = { entries: new Map(stored?.entries), folders: new Map(stored?.folders) };
  const folders = new Map<string, StoredFolder>();
  const isFresh = (it: { signature: Signature }, now: Signature) =>
    stored !== undefined && isSame(it.signature, now) && Math.max(now[1], now[2]) < stored.writtenAt - racyMs;

  function isAsStored(entries: ReadonlyMap<string, CacheEntry>): boolean {
    if (entries.size !== known.entries.size || folders.size !== known.folders.size) return false;
    for (const [path, entry] of entries) if (known.entries.get(path) !== entry) return false;
    for (const [path, folder] of folders) if (known.folders.get(path) !== folder) return false;
    return true;
  }

  return {
    get: (path) => known.entries.get(path),
    signatureOf,
    isFresh,
    list(folder) {
      const signature = signatureOf(folder);
      const before = known.folders.get(folder);
      const names = before && isFresh(before, signature) ? before : { signature, ...listFolder(folder) };
      folders.set(folder, names);
      return names;
    },
    async save(entries) {
      if (isAsStored(entries)) return undefined;
      try {
        mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
        const text = JSON.stringify({ key, writtenAt: openedAt, folders: [...folders], entries: [...entries] } satisfies Stored);
        await replaceFile(file, text, { mode: 0o600, sync: false });
        removeUnused();
        return undefined;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    },
  };
}

const unusedMs = 30 * 24 * 3600 * 1000;

/** Caches of what is audited no longer, and what an interrupted write left behind. */
function removeUnused() {
  for (const name of readdirSync(cacheFolder())) {
    const path = join(cacheFolder(), name);
    const stats = /^\.?audit-/.test(name) ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if (stats && Math.max(stats.mtimeMs, stats.atimeMs) < Date.now() - unusedMs) rmSync(path, { force: true });
  }
}

const isSame = (a: Signature, b: Signature) => a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];

/** A cache that remembers nothing. */
export const noCache: AuditCache = {
  get: () => undefined,
  signatureOf: () => unknownSignature,
  isFresh: () => false,
  list: listFolder,
  save: async () => undefined,
};

/** Of what is not there, or was not looked at; no entry with it is ever fresh. */
export const unknownSignature: Signature = [0, Number.POSITIVE_INFINITY, 0, 0];

function signatureOf(path: string): Signature {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats ? [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino] : unknownSignature;
}

/** A cache that is missing, broken or another version's is empty. */
function read(file: string, key: string): Stored | undefined {
  try {
    const stored: Stored = JSON.parse(readFileSync(file, "utf8"));
    return stored.key === key && Array.isArray(stored.entries) && Array.isArray(stored.folders) ? stored : undefined;
  } catch {
    return undefined;
  }
}
