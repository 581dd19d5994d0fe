/**
 * What earlier audits found, in the user's cache folder, one file a target, never in the target. An entry counts while the file's size, times and
 * inode are the same, or else its content hash; the whole cache counts for one version of the engine and one configuration.
 */
import { hash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import envPaths from "env-paths";
import type { FileOutcome } from "./file-audit.ts";
import { replaceFile } from "./replace-file.ts";

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
  /** Whether the entry can be trusted without looking at the file's bytes. */
  isFresh(entry: CacheEntry, signature: Signature): boolean;
  /** Replaces what the cache holds. A failure to write is returned, it harms nothing but the next audit's speed. */
  save(entries: ReadonlyMap<string, CacheEntry>): Promise<Error | undefined>;
}

interface Stored {
  key: string;
  /** ms since the epoch. */
  writtenAt: number;
  entries: [path: string, entry: CacheEntry][];
}

/** File systems stamp times this coarsely at worst: a file changed so shortly before the cache was written may have changed again unseen. */
const racyMs = 2000;

export const cacheFolder = () => process.env.COCKPIT_CACHE_DIR ?? envPaths("agentops-cockpit", { suffix: "" }).cache;

/** `key` names everything but the files that outcomes depend on: engine version, configuration, rules asked for. */
export function openCache(root: string, key: string): AuditCache {
  const file = join(cacheFolder(), `audit-${hash("sha1", `${root}\0${key}`).slice(0, 20)}.json`);
  const stored = read(file, key);
  const entries = new Map(stored?.entries);
  return {
    get: (path) => entries.get(path),
    isFresh: (entry, signature) =>
      stored !== undefined &&
      signature.every((it, i) => it === entry.signature[i]) &&
      Math.max(signature[1], signature[2]) < stored.writtenAt - racyMs,
    async save(next) {
      try {
        mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
        const text = JSON.stringify({ key, writtenAt: Date.now(), entries: [...next] } satisfies Stored);
        await replaceFile(file, text, { mode: 0o600, sync: false });
        return undefined;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    },
  };
}

/** A cache that remembers nothing. */
export const noCache: AuditCache = { get: () => undefined, isFresh: () => false, save: async () => undefined };

export function signatureOf(path: string): Signature | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
}

/** A cache that is missing, broken or another version's is empty. */
function read(file: string, key: string): Stored | undefined {
  try {
    const stored: Stored = JSON.parse(readFileSync(file, "utf8"));
    return stored.key === key && Array.isArray(stored.entries) ? stored : undefined;
  } catch {
    return undefined;
  }
}
