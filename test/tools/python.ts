/** Python environments of the tests' own, under test/.cache/tools, each with what a requirements file beside this module pins. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The linters and fixers we compare with: absolute path of a `bin` folder. Needs `python3` on the PATH. */
export const pythonTools = () => environment("python", "requirements.txt");

/** The real SDKs that the Python runtime wraps, instrumentors to measure it against, and what runs its tests: absolute path of a `bin` folder. */
export const runtimePython = () => environment("runtime", "../runtime/python/requirements.txt");

/** The package tools and a private index for the tests of registry login: absolute path of a `bin` folder. */
export const authPython = () => environment("auth", "../auth/requirements.txt");

/** The older agentops-cockpit, with the two gigabytes that it asks for: absolute path of a `bin` folder. */
export const agentopsTools = () => environment("agentops", "agentops.txt");

/** A BigQuery emulator and the extension of its database: absolute path of a `bin` folder. */
export const bigQueryEmulator = () => environment("bqemulator", "../live/gcp/requirements.txt");

/** moto, botocore and a maker of certificates, for the clouds that the login tests log in to: absolute path of a `bin` folder. */
export const cloudPython = () => environment("clouds", "../auth/identities/requirements.txt");

/** Makes the environment when it is missing or pins something else. */
async function environment(name: string, requirementsFile: string): Promise<string> {
  const requirements = join(import.meta.dirname, requirementsFile);
  const key = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const home = join(import.meta.dirname, "../.cache/tools", `${name}-${key}`);
  const ready = join(home, "ready");
  if (!(await exists(ready))) {
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await run("python3", ["-m", "venv", home]);
    // pip takes more than ten minutes to choose versions for agentops-cockpit, uv seconds.
    await run(join(home, "bin/pip"), ["install", "--quiet", "uv==0.13.9"]);
    await run(join(home, "bin/uv"), ["pip", "install", "--quiet", "--python", join(home, "bin/python"), "--requirement", requirements]);
    await writeFile(ready, "");
  }
  return join(home, "bin");
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
