/** Changes of files that belong together: all are made or none. */
import { constants } from "node:fs";
import { access, lstat, mkdir, readFile, realpath, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pathWithin } from "../host/path-within.ts";
import { replaceFile } from "../host/replace-file.ts";
import { messageOf } from "../protocol/message-of.ts";
import { ScaffoldError } from "./scaffold-error.ts";

export interface FileChange {
  /** Absolute. */
  path: string;
  /** What it must hold still when it is changed; `null` when it must not be there. */
  before: string | null;
  after: string;
}

/** Makes all changes inside of `root`, or none: what was written before a failure is taken back. Throws a ScaffoldError. */
export async function applyChanges(root: string, changes: readonly FileChange[]): Promise<void> {
  for (const it of changes) await check(root, it);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    for (const it of changes) await write(it, undo);
  } catch (error) {
    for (const it of undo.reverse()) await it();
    if (error instanceof ScaffoldError) throw error;
    throw new ScaffoldError(`nothing was written: ${messageOf(error)}`);
  }
}

async function check(root: string, { path, before }: FileChange) {
  const home = await nearestFolder(dirname(path));
  if ((await currentText(path)) !== before)
    throw new ScaffoldError(
      `${path} ${before === null ? "is there already" : "has changed meanwhile"}: nothing was written; run the command again`,
    );
  const real = before === null ? join(await realpath(home), relative(home, path)) : await realpath(path);
  if (pathWithin(await realpath(root), real) === undefined)
    throw new ScaffoldError(`${path} leads outside of ${root} through a link: nothing was written`);
  const target = before === null ? home : path;
  if (!(await isWritable(target)))
    throw new ScaffoldError(`${target} is read-only: nothing was written; make it writable and run the command again`);
}

/** The folder itself, or the one in which it would be created. */
const nearestFolder = (folder: string): Promise<string> =>
  stat(folder).then(
    (it) => (it.isDirectory() ? folder : Promise.reject(new ScaffoldError(`${folder} is no folder: nothing was written`))),
    (error) => (isMissing(error) && dirname(folder) !== folder ? nearestFolder(dirname(folder)) : Promise.reject(error)),
  );

/** `null` when nothing is there; a link that leads nowhere is something. */
async function currentText(path: string): Promise<string | null> {
  const isThere = await lstat(path).then(
    () => true,
    (error) => (isMissing(error) ? false : Promise.reject(error)),
  );
  if (!isThere) return null;
  return readFile(path, "utf8").catch((error: Error) => {
    throw new ScaffoldError(`${path} cannot be read: nothing was written (${error.message})`);
  });
}

/** The mode counts even for root, who may write anything. */
async function isWritable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  const allowed = (mode & (constants.S_IWUSR | constants.S_IWGRP | constants.S_IWOTH)) !== 0;
  return (
    allowed &&
    (await access(path, constants.W_OK).then(
      () => true,
      () => false,
    ))
  );
}

async function write({ path, before, after }: FileChange, undo: (() => Promise<unknown>)[]) {
  const created = await mkdir(dirname(path), { recursive: true });
  if (created !== undefined) undo.push(() => removeEmpty(dirname(path), created));
  const target = before === null ? path : await realpath(path);
  const { mode, uid, gid } = before === null ? { mode: 0o644, uid: undefined, gid: undefined } : await stat(target);
  const options = { mode: mode & 0o7777, ...(uid === undefined || gid === undefined ? {} : { owner: { uid, gid } }) };
  const replaced = await replaceFile(target, after, { ...options, mayReplace: async () => (await currentText(path)) === before });
  if (!replaced) throw new ScaffoldError(`${path} changed while it was being written: nothing was written; run the command again`);
  undo.push(() => (before === null ? rm(path, { force: true }) : replaceFile(target, before, options)));
}

/** Folders that were made for a file, from the innermost to the first that was created. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
  if (folder !== first) await removeEmpty(dirname(folder), first);
}

const isMissing = (error: unknown) => error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
