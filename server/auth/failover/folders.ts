/** Folders that a workspace's patterns name. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { matchesName } from "../../engine/globs.ts";

/** `packages/*` → the folders there. `undefined` for a pattern that is more than names and `*`. */
export function foldersOf(root: string, pattern: string): string[] | undefined {
  const segments = pattern.split("/").filter((it) => it !== "" && it !== ".");
  if (segments.some((it) => it === "**" || /[[\]{}?]/.test(it))) return undefined;
  return segments.reduce(
    (folders: string[], segment) => folders.flatMap((it) => (segment.includes("*") ? matching(it, segment) : [join(it, segment)])),
    [root],
  );
}

function matching(folder: string, segment: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((it) => it.isDirectory() && matchesName([segment], it.name)).map((it) => join(folder, it.name));
  } catch {
    // A pattern may name a folder that is not there (yet).
    return [];
  }
}

/** `folder` and those above it, the nearest first. */
export function upFrom(folder: string): string[] {
  return dirname(folder) === folder ? [folder] : [folder, ...upFrom(dirname(folder))];
}
