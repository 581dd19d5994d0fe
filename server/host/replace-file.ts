/** Replaces a file in one step: whoever reads it sees the old text or the new one, whole, whatever happens meanwhile. */
import { randomBytes } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface ReplaceOptions {
  mode: number;
  owner?: { uid: number; gid: number };
  /** Wait until the disk has it, so that a power cut leaves the old text or the new one too. Default: true. */
  sync?: boolean;
  /** Asked at the last moment; `false` leaves the file as it is. */
  mayReplace?(): Promise<boolean>;
}

/** Writes a temporary file beside `path`, then renames it. Returns whether the file was replaced. */
export async function replaceFile(path: string, text: string, { mode, owner, sync = true, mayReplace }: ReplaceOptions): Promise<boolean> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.cockpit`);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(text);
      if (owner) await handle.chown(owner.uid, owner.gid).catch(ignoreForeignOwner);
      // After chown, which drops set-user bits, and because open() applies the umask.
      await handle.chmod(mode);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
    if (mayReplace && !(await mayReplace())) return false;
    await rename(temporary, path);
    return true;
  } finally {
    // Gone already after the rename.
    await unlink(temporary).catch(() => undefined);
  }
}

/** Who is not root cannot give a file to another owner; it becomes theirs. */
function ignoreForeignOwner(error: unknown) {
  if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
}
