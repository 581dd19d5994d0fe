/**
 * What `cockpit auth exec` adds to a command: under it and bare, in turns, with somebody logged in at a keeper that runs and a fresh token, in a project that configures all four tools. Once for
 * a command that is no package tool (`true`) and once for one whose indexes are watched (`uv pip list`). Then how long it takes from the first 401 that uv gets to the decision, as it stands on stderr.
 * `npm run bench -- auth-exec [--runs 40] [--most 150] [--decision 300]`; exits with 1 when a median adds more milliseconds than that, or when a decision takes longer. Needs `npm run build`.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { openBroken } from "../auth/failover/broken.ts";
import { openClouds } from "../auth/identities/clouds.ts";
import { serviceAccount } from "../auth/identities/google-cloud.ts";
import { authPython } from "../tools/python.ts";

const number = (fallback: string) => ({ type: "string" as const, default: fallback });
const { values } = parseArgs({ options: { runs: number("40"), most: number("150"), decision: number("300") } });
const runs = Number(values.runs);
const folder = mkdtempSync(join(tmpdir(), "cockpit-bench-"));
const bin = await authPython();
const clouds = await openClouds();
const refusing = await openBroken("401", "http://127.0.0.1:9", folder);
layOut({
  "work/pyproject.toml":
    '[project]\nname = "agent"\n[[tool.uv.index]]\nname = "team"\nurl = "https://europe-python.pkg.dev/acme/team/simple/"\n',
  "work/package.json": "{}",
  "work/.npmrc": "@acme:registry=https://npm.test/\n",
  "locked/pyproject.toml": `[project]\nname = "agent"\n[[tool.uv.index]]\nname = "team"\nurl = "${refusing.url}/simple/"\ndefault = true\n`,
  "home/.config/pip/pip.conf": "[global]\nindex-url = https://pkgs.test/simple/\n",
  "home/sa.json": JSON.stringify(serviceAccount),
});
mkdirSync(join(folder, "run"), { mode: 0o700 });
const env = {
  ...process.env,
  ...clouds.environment,
  PATH: [bin, process.env.PATH].join(delimiter),
  HOME: join(folder, "home"),
  COCKPIT_CONFIG_DIR: join(folder, "config"),
  XDG_RUNTIME_DIR: join(folder, "run"),
  GOOGLE_APPLICATION_CREDENTIALS: join(folder, "home/sa.json"),
  UV_PYTHON: join(bin, "python"),
  UV_HTTP_RETRIES: "0",
  COCKPIT_PUBLIC_PYPI: "http://127.0.0.1:9/simple/",
};
const cockpit = [process.execPath, resolve("dist/cockpit.mjs"), "auth"];

try {
  await finished([...cockpit, "login", "google"]);
  const node = [process.execPath, "-e", "0"];
  const isGood = [await added(["true"], node), await added(["uv", "pip", "list"], node), await decisions()];
  process.exitCode = isGood.every(Boolean) ? 0 : 1;
} finally {
  await finished([...cockpit, "logout"]);
  await clouds.close();
  refusing.close();
  rmSync(folder, { recursive: true });
}

/** Whether it is little enough. */
async function added(command: readonly string[], node: readonly string[]): Promise<boolean> {
  const ways = { bare: command, "node -e 0": node, "auth exec": [...cockpit, "exec", "--", ...command] };
  const times = { bare: [] as number[], "node -e 0": [] as number[], "auth exec": [] as number[] };
  for (let run = 0; run <= runs; run++)
    for (const way of ["bare", "node -e 0", "auth exec"] as const) {
      const start = performance.now();
      await finished(ways[way]);
      // The first of each warms caches.
      if (run > 0) times[way].push(performance.now() - start);
    }
  console.log(`\n${command.join(" ")}`);
  console.table(Object.fromEntries(Object.entries(times).map(([way, it]) => [way, row(it)])));
  const [bare, alone, ours] = [times.bare, times["node -e 0"], times["auth exec"]].map((it) => at(it, 0.5));
  const more = (ours ?? Number.NaN) - (bare ?? 0);
  console.log(
    `auth exec adds ${Math.round(more)} ms in the median (at most ${values.most}), ${(more / (alone ?? 1)).toFixed(1)} times node -e 0`,
  );
  return more <= Number(values.most);
}

async function decisions(): Promise<boolean> {
  const waits: number[] = [];
  for (let run = 0; run < runs; run++) {
    refusing.forget();
    const command = [...cockpit, "exec", "--public", "cockpit-open", "--", "uv", "pip", "install", "--no-cache", "cockpit-open"];
    const saidAt = await finished(command, { cwd: join(folder, "locked"), fails: true });
    waits.push(saidAt - (refusing.refusedAt() ?? Number.NaN));
  }
  console.log(`\nfrom the first 401 to the decision on stderr, ${waits.length} times`);
  console.table({ decision: row(waits) });
  console.log(`the longest took ${Math.round(at(waits, 1))} ms (at most ${values.decision})`);
  // One that was never said is not a number, and so not little enough.
  return waits.every((it) => it <= Number(values.decision));
}

/** When it said that it tries once more, by `performance.now()`. Not in step: the cloud and the index that it asks are in this process. */
function finished([program = "", ...args]: readonly string[], { cwd = join(folder, "work"), fails = false } = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let [said, saidAt] = ["", Number.NaN];
    child.stderr.on("data", (it) => {
      said += it;
      if (Number.isNaN(saidAt) && said.includes("trying once more")) saidAt = performance.now();
    });
    child.once("error", reject).once("close", (code) => {
      if ((code === 0) === fails) reject(new Error(`${program} ${args.join(" ")} ended with ${code}: ${said}`));
      else resolve(saidAt);
    });
  });
}

function layOut(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function at(all: readonly number[], share: number): number {
  return all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * share)] ?? Number.NaN;
}

function row(all: readonly number[]) {
  return { "median ms": Math.round(at(all, 0.5)), "p95 ms": Math.round(at(all, 0.95)), "longest ms": Math.round(at(all, 1)) };
}
