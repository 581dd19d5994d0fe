/**
 * The Python runtime as a wrapped program has it: pyright and mypy look at it, and pytest runs it with the real SDKs against a stand-in server and an OTLP receiver. Needs
 * python3. Ends with `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmTool } from "../../tools/npm.ts";
import { runtimePython } from "../../tools/python.ts";

const here = import.meta.dirname;

async function main() {
  const bin = await runtimePython();
  const checks = [await checked(bin, "pyright", ["--pythonpath", join(bin, "python")]), await checked(bin, "mypy", ["--strict"])];
  const tests = await tested(bin);
  const passed = checks.filter((it) => it).length + tests.passed;
  const failed = checks.filter((it) => !it).length + tests.failed;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** What a type checker says of the generated file; nothing is good. */
async function checked(bin: string, checker: string, flags: readonly string[]): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), "cockpit-runtime-"));
  try {
    const template = await readFile(join(here, "../../../templates/runtime/python/cockpit_runtime.py.hbs"), "utf8");
    await writeFile(join(home, "cockpit_runtime.py"), template.replace("{{agentId}}", "billing"));
    const { code, output } = await run(join(bin, checker), [...flags, "cockpit_runtime.py"], home);
    if (code !== 0) console.log(output);
    return code === 0;
  } finally {
    await rm(home, { recursive: true });
  }
}

async function tested(bin: string) {
  const aimock = join(await npmTool("@copilotkit/aimock", "1.43.0"), "dist/cli.js");
  const { code, output } = await run(join(bin, "python"), ["-m", "pytest", "-q", "-p", "no:cacheprovider", "."], here, { AIMOCK: aimock });
  console.log(output);
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(output.trimEnd().split("\n").at(-1) ?? "")?.[1] ?? 0);
  const failed = count("failed") + count("errors?");
  return { passed: count("passed"), failed: code !== 0 ? Math.max(failed, 1) : failed };
}

function run(command: string, args: readonly string[], cwd: string, environment: Record<string, string> = {}) {
  const env = { ...process.env, NODE: process.execPath, PYTHONDONTWRITEBYTECODE: "1", ...environment };
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise<{ code: number; output: string }>((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

await main();
