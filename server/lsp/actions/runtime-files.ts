/** What the fixes of one folder need in other files: the runtimes they import, their data, and what manifests say of their dependencies. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../host/config.ts";
import type { FileChange } from "../../scaffold/file-change.ts";
import { homesOf } from "../../scaffold/homes.ts";
import type { Dependency } from "../../scaffold/manifests/manifest.ts";
import { installUnlisted } from "../../scaffold/next-steps.ts";
import { planRuntimes } from "../../scaffold/runtimes.ts";
import type { Folder } from "../folders.ts";
import type { Session } from "../session.ts";
import { uriOf } from "../uris.ts";
import type { FileEdits } from "./workspace-edit.ts";

export interface RuntimeFiles {
  files: FileEdits[];
  /** Packages that no manifest lists. */
  unlisted: readonly Dependency[];
}

/** Edits as of what the files hold on disk. Throws a ScaffoldError when something stands in the way. */
export async function runtimeFiles({ audits }: Session, folder: Folder, runtimes: readonly string[]): Promise<RuntimeFiles> {
  const missing = runtimes.map((it) => join(folder.path, it)).filter((it) => !existsSync(it));
  if (missing.length === 0) return { files: [], unlisted: [] };
  const agents = audits.of(folder)?.report.agents ?? [];
  const top = (await repositoryRoot(folder.path)) ?? folder.path;
  const { changes, unlisted } = await planRuntimes(top, missing, homesOf(folder.path, agents));
  return { files: changes.map(fileEdits), unlisted };
}

/** For who has chosen fixes; `undefined` when there is nothing to install by hand. */
export const toInstall = (unlisted: readonly Dependency[]): string | undefined =>
  unlisted.length === 0 ? undefined : `To run what was fixed, ${installUnlisted([...new Set(unlisted)])}.`;

/** Editors keep a byte-order mark to themselves. */
function fileEdits({ path, before, after }: FileChange): FileEdits {
  const text = (before ?? "").replace(/^\uFEFF/, "");
  const edits = [difference(text, after.replace(/^\uFEFF/, ""))];
  return { uri: uriOf(path), version: null, text, edits, ...(before === null ? { isNew: true } : {}) };
}

/** The one edit between what both have in common at their start and at their end. */
function difference(before: string, after: string) {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { start, end: before.length - end, text: after.slice(start, after.length - end) };
}
