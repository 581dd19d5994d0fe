/** Runs the parts of this folder, one language after the other, each of which ends with `N passed, N failed`. `npm run test:runtime -- go` runs only those named. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const parts = readdirSync(import.meta.dirname).filter((it) => existsSync(join(import.meta.dirname, it, "run.ts")));
const wanted = process.argv.slice(2);
for (const part of wanted.length > 0 ? wanted : parts) {
  console.log(`── ${part}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, part, "run.ts")], { stdio: "inherit" });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) process.exitCode = 1;
}
