/**
 * Makes the VSIX of what `npm run build` built. vsce looks at every file below a folder, and below this one may lie a whole VS Code (test/extension), so
 * what .vscodeignore lets in is copied to a folder of its own first.
 */
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./code-server.ts";
import { vsixFile } from "./demo/places.ts";

const root = join(import.meta.dirname, "..");
const stage = join(root, "node_modules/.cache/cockpit-vsix");

const wanted = (await readFile(join(root, ".vscodeignore"), "utf8")).split("\n").flatMap((line) => /^!([^/*]+)/.exec(line)?.[1] ?? []);
await rm(stage, { recursive: true, force: true });
await mkdir(stage, { recursive: true });
for (const name of [...wanted, ".vscodeignore"]) await cp(join(root, name), join(stage, name), { recursive: true });
const flags = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];
await run(join(root, "node_modules/.bin/vsce"), ["package", ...flags, "--out", vsixFile], { cwd: stage });
