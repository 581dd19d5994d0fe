/** Tiny packages for both kinds of index: wheels, and npm's tarballs. */
import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Package {
  name: string;
  version: string;
  needs?: readonly string[];
}

/** Writes a wheel of each into `folder`. */
export async function makeWheels(python: string, folder: string, packages: readonly Package[]) {
  const child = spawn(python, [join(import.meta.dirname, "wheels.py")], { stdio: ["pipe", "ignore", "inherit"] });
  for (const { name, version, needs = [] } of packages) child.stdin.write(`${JSON.stringify({ folder, name, version, needs })}\n`);
  child.stdin.end();
  await new Promise<void>((resolve, reject) =>
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error("wheels.py failed")))),
  );
}

/** `NAME-VERSION.tgz` in `folder`, for a name without a scope. */
export async function makeTarball(folder: string, { name, version, needs = [] }: Package): Promise<string> {
  const home = join(folder, `${name}-${version}`);
  mkdirSync(join(home, "package"), { recursive: true });
  const dependencies = Object.fromEntries(needs.map((it) => [it, "*"]));
  writeFileSync(join(home, "package/package.json"), JSON.stringify({ name, version, dependencies }));
  const file = join(folder, `${name}-${version}.tgz`);
  await promisify(execFile)("tar", ["czf", file, "-C", home, "package"]);
  return file;
}
