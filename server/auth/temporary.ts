/**
 * The folder that a command's tools get their settings from: no secret is in it, nobody else may read it, and it is gone when the command has ended, however it ends; what a killed one
 * left is removed at the next start.
 */
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../protocol/message-of.ts";
import { AuthError } from "./identity.ts";

export interface Temporary {
  /** Absolute path of a file or program of this name with this text. */
  write(name: string, text: string, options?: { isProgram?: boolean }): string;
  remove(): void;
}

/** What nobody can guess, for a variable's name. */
export const randomMark = (): string => randomBytes(8).toString("hex").toUpperCase();

/** Makes the folder when the first file is written. Synchronous throughout: it is emptied while the process exits, too. */
export function openTemporary(parent = tmpdir()): Temporary {
  let folder: string | undefined;
  const remove = () => {
    forgetAtExit(remove);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  };
  const create = () => {
    const path = join(parent, `cockpit-auth-${process.pid}-${randomBytes(6).toString("hex")}`);
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      throw new AuthError(`${parent} cannot be written to (${messageOf(error)}); set TMPDIR to a folder that can`);
    }
    removeAtExit(remove);
    return path;
  };
  return {
    write(name, text, { isProgram = false } = {}) {
      folder ??= create();
      const path = join(folder, name);
      writeFileSync(path, text, { flag: "wx", mode: isProgram ? 0o700 : 0o600 });
      return path;
    },
    remove,
  };
}

const atExit = new Set<() => void>();
const removeAll = () => {
  for (const remove of atExit) remove();
};

/** One listener for all: an editor's server opens a folder at each renewal, and Node warns of more than ten. */
function removeAtExit(remove: () => void) {
  if (atExit.size === 0) process.on("exit", removeAll);
  atExit.add(remove);
}

function forgetAtExit(remove: () => void) {
  if (atExit.delete(remove) && atExit.size === 0) process.off("exit", removeAll);
}

/** Removes the folders of processes that have ended. One that is not ours, or that somebody else removes meanwhile, is left alone. */
export function removeLeftovers(parent = tmpdir()) {
  for (const name of namesIn(parent)) {
    const pid = Number(/^cockpit-auth-(\d+)-[0-9a-f]{12}$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      const path = join(parent, name);
      const stat = lstatSync(path);
      if (stat.isDirectory() && stat.uid === (process.getuid?.() ?? stat.uid)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another start removes it at the same moment, or it is closed to us: nothing of it is secret.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // What cannot be listed cannot be cleaned; writing to it will say what is wrong, if it comes to that.
    return [];
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
