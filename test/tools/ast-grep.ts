/** ast-grep, installed from npm into a folder of its own under test/.cache/tools. */
import { execFile } from "node:child_process";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const version = "0.51.1";

/** Absolute path of the executable. Needs npm on the PATH. */
export async function astGrep(): Promise<string> {
  const home = join(import.meta.dirname, "../.cache/tools", `ast-grep-${version}`);
  const executable = join(home, "node_modules/@ast-grep/cli/ast-grep");
  const isThere = await stat(executable).then(
    () => true,
    () => false,
  );
  if (isThere) return executable;
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await promisify(execFile)("npm", ["install", "--silent", "--no-save", "--prefix", home, `@ast-grep/cli@${version}`]);
  return executable;
}
