/** A Python environment of the tests' own, under test/.cache/tools, with the tools that `requirements.txt` pins. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes the environment when it is missing or pins something else, and returns the absolute path of its `bin` folder. Needs `python3` on the PATH. */
export async function pythonTools(): Promise<string> {
  const requirements = join(import.meta.dirname, "requirements.txt");
  const key = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const home = join(import.meta.dirname, "../.cache/tools", `python-${key}`);
  const ready = join(home, "ready");
  if (!(await exists(ready))) {
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await run("python3", ["-m", "venv", home]);
    await run(join(home, "bin/pip"), ["install", "--quiet", "--requirement", requirements]);
    await writeFile(ready, "");
  }
  return join(home, "bin");
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
