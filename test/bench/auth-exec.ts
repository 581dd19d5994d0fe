/**
 * What `cockpit auth exec` adds to a command: `cockpit auth exec -- true` beside `true`, in turns, in a project that configures all four tools, with somebody logged in and a fresh token.
 * `npm run bench -- auth-exec [--runs 40] [--most 150]`; exits with 1 when the median adds more milliseconds than that. Needs `npm run build`.
 */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { openClouds } from "../auth/identities/clouds.ts";
import { serviceAccount } from "../auth/identities/google-cloud.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "40" }, most: { type: "string", default: "150" } } });
const folder = mkdtempSync(join(tmpdir(), "cockpit-bench-"));
const files = {
  "pyproject.toml":
    '[project]\nname = "agent"\n[[tool.uv.index]]\nname = "team"\nurl = "https://europe-python.pkg.dev/acme/team/simple/"\n',
  "package.json": "{}",
  ".npmrc": "@acme:registry=https://npm.test/\n",
  "home/.config/pip/pip.conf": "[global]\nindex-url = https://pkgs.test/simple/\n",
};
mkdirSync(join(folder, "home/.config/pip"), { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

writeFileSync(join(folder, "sa.json"), JSON.stringify(serviceAccount));
mkdirSync(join(folder, "run"), { mode: 0o700 });

const clouds = await openClouds();
const env = {
  ...process.env,
  ...clouds.environment,
  HOME: join(folder, "home"),
  COCKPIT_CONFIG_DIR: join(folder, "config"),
  XDG_RUNTIME_DIR: join(folder, "run"),
  GOOGLE_APPLICATION_CREDENTIALS: join(folder, "sa.json"),
};
const command = [process.execPath, resolve("dist/cockpit.mjs"), "auth"];
const cockpit = [...command, "exec", "--"];
const program = process.platform === "win32" ? ["cmd", "/c", "rem"] : ["true"];

/** Milliseconds. */
function time(prefix: readonly string[]): number {
  const [first = "", ...args] = [...prefix, ...program];
  const start = performance.now();
  const { status, stderr } = spawnSync(first, args, { cwd: folder, env });
  if (status !== 0) throw new Error(`${first} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

/** Not in step: the cloud that it asks is in this process. */
async function auth(...args: string[]) {
  const [first = "", ...rest] = command;
  await promisify(execFile)(first, [...rest, ...args], { cwd: folder, env });
}

try {
  await auth("login", "google");
  const bare: number[] = [];
  const node: number[] = [];
  const ours: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    bare.push(time([]));
    node.push(time([process.execPath, "-e", "require('child_process').spawnSync(process.argv[1])"]));
    ours.push(time(cockpit));
  }
  const at = (all: readonly number[], share: number) => all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * share)] ?? Number.NaN;
  const row = (all: readonly number[]) => ({ "median ms": Math.round(at(all, 0.5)), "p90 ms": Math.round(at(all, 0.9)) });
  console.table({ "the command": row(bare), "Node that runs it": row(node), "auth exec": row(ours) });
  const added = at(ours, 0.5) - at(bare, 0.5);
  console.log(`auth exec adds ${Math.round(added)} ms (at most ${values.most})`);
  process.exitCode = added > Number(values.most) ? 1 : 0;
} finally {
  await auth("logout");
  await clouds.close();
  rmSync(folder, { recursive: true });
}
