/**
 * Tests of the extension in a real VS Code: builds the VSIX, installs what is missing (code-server, Debian's chromium) and runs every suite
 * of this folder.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { join } from "node:path";
import { installCodeServer, run } from "../../scripts/code-server.ts";

const root = join(import.meta.dirname, "../..");

await run("npm", ["run", "--silent", "package"], { cwd: root });
await installCodeServer();
const suites = globSync("*.test.ts", { cwd: import.meta.dirname }).map((it) => join(import.meta.dirname, it));
// One VS Code at a time: two would fight for a small machine's cores.
const child = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...suites.sort()], { stdio: "inherit" });
const [code] = await once(child, "exit");
process.exitCode = code ?? 1;
