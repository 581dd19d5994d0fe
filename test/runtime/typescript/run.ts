/**
 * The TypeScript runtime as an agent has it, tried with the real SDKs of OpenAI, Anthropic and Google. Installs them when they are missing and runs
 * the tests beside this file.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
if (!existsSync(join(here, "node_modules/openai"))) await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here });
const tests = readdirSync(here).filter((it) => it.endsWith(".test.ts"));
const child = spawn(process.execPath, ["--test", ...tests], { cwd: here, stdio: "inherit" });
child.once("close", (code) => {
  process.exitCode = code ?? 1;
});
