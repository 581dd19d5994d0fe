/** Tools that only tests and benchmarks need, each installed from npm into a folder of its own under test/.cache/tools. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const cache = join(import.meta.dirname, "../.cache/tools");

/** Installs the package when it is missing and returns the absolute path of its folder. Needs npm on the PATH. */
export async function npmTool(name: string, version: string): Promise<string> {
  const home = join(cache, `${name.replace("/", "+")}-${version}`);
  const isThere = await stat(home).then(
    () => true,
    () => false,
  );
  if (!isThere) await install(`${name}@${version}`, home);
  return join(home, "node_modules", name);
}

/** Two runs may install at once: the first to finish counts. */
async function install(specifier: string, home: string) {
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, "partial-"));
  await promisify(execFile)("npm", ["install", "--silent", "--no-save", "--prefix", partial, specifier]);
  await rename(partial, home).catch(() => rm(partial, { recursive: true }));
}
