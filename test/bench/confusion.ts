/**
 * Dependency confusion: random dependency sets, given to the real uv, pip and npm whose private index locks out, under the watch that `cockpit auth exec` uses. A public
 * index records what it is asked. `npm run bench -- confusion [--uv 1000] [--pip 40] [--npm 40] [--seed 1]`; exits with 1 when it was asked for a private name, when
 * a decision took longer than 300 ms, or when too few sets were retried to tell.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runWatched } from "../../server/auth/failover/watch.ts";
import { type BrokenIndex, type Case, openBroken } from "../auth/failover/broken.ts";
import { drawSet, type Origins, openNames, writeFiles } from "../auth/failover/dependency-sets.ts";
import { makeTarball, makeWheels } from "../auth/failover/packages.ts";
import { openPublicIndex } from "../auth/failover/public-index.ts";
import { environmentOf, indexOf, runner, type TestedTool, type Toolbox } from "../auth/failover/tools.ts";
import { authPython } from "../tools/python.ts";
import { random as seeded } from "../tools/random.ts";

const count = (fallback: string) => ({ type: "string" as const, default: fallback });
const { values } = parseArgs({ options: { uv: count("1000"), pip: count("40"), npm: count("40"), seed: count("1") } });
const random = seeded(Number(values.seed));
const scratch = mkdtempSync(join(tmpdir(), "cockpit-confusion-"));
const bin = await authPython();
/** Public packages need public ones. */
const packages = openNames.map((name, i) => ({ name, version: "2.0.0", needs: i % 3 === 0 ? openNames.slice(i + 1, i + 2) : [] }));
const wheels = join(scratch, "public");
await makeWheels(join(bin, "python"), wheels, packages);
for (const it of packages) await makeTarball(wheels, it);
const open = await openPublicIndex(wheels, packages);
const toolbox: Toolbox = { bin, scratch, publicVariables: { COCKPIT_PUBLIC_PYPI: open.pypi, COCKPIT_PUBLIC_NPM: open.npm } };
const lockOuts: Case[] = ["401", "403", "407", "302", "login page"];
const broken = await Promise.all(lockOuts.map((how) => openBroken(how, open.pypi, scratch)));

const tallies = new Map<string, { sets: number; retried: number; worked: number; stopped: number }>();
const waits: number[] = [];
let leaks = 0;
let asked = 0;

try {
  for (const tool of ["uv", "pip", "npm"] as const)
    for (let i = 0; i < Number(values[tool]); i++) await runOne(tool, broken[i % broken.length]);
  report();
} finally {
  for (const it of [...broken, open]) it.close();
  rmSync(scratch, { recursive: true });
}

async function runOne(tool: TestedTool, index: BrokenIndex | undefined) {
  if (!index) return;
  const configured = indexOf(tool, index.url);
  const origins: Origins = { open: tool === "npm" ? open.npm : open.pypi, house: configured.url, wheels };
  const { form, command, files, listed } = drawSet(tool, random, origins);
  const folder = mkdtempSync(join(scratch, "set-"));
  writeFiles(folder, { "site/here": "", ...files });
  open.forget();
  index.forget();
  const env = environmentOf(tool, configured.url, toolbox);
  const { exitCode, outcome, retried } = await runWatched([configured], command, {
    folder,
    env,
    listed,
    run: runner(folder),
    say: () => {},
  });
  const refusedAt = index.refusedAt();
  if (refusedAt !== undefined && outcome?.decidedAt !== undefined) waits.push(outcome.decidedAt - refusedAt);
  note(form, retried, exitCode);
  asked += open.seen.length;
  const leaked = open.seen.filter((it) => /house/i.test(it));
  leaks += leaked.length;
  if (leaked.length > 0) console.log("LEAK", form, command.join(" "), files, leaked);
  rmSync(folder, { recursive: true });
}

function note(form: string, retried: boolean, exitCode: number) {
  const { sets = 0, retried: before = 0, worked = 0, stopped = 0 } = tallies.get(form) ?? {};
  tallies.set(form, {
    sets: sets + 1,
    retried: before + Number(retried),
    worked: worked + Number(retried && exitCode === 0),
    stopped: stopped + Number(!retried),
  });
}

function report() {
  console.table(Object.fromEntries([...tallies].sort(([a], [b]) => (a < b ? -1 : 1))));
  const all = [...tallies.values()];
  const sum = (pick: (it: (typeof all)[number]) => number) => all.reduce((total, it) => total + pick(it), 0);
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) => `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)} ms`;
  console.log(
    `${sum((it) => it.sets)} sets, seed ${values.seed}: ${sum((it) => it.retried)} ran once more (${sum((it) => it.worked)} of them installed), ${sum((it) => it.stopped)} did not`,
  );
  console.log(`the public index had ${asked} requests, ${leaks} of them with a private name`);
  console.log(`from the first refusal to the decision, ${sorted.length} times: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
  process.exitCode = leaks > 0 || (sorted.at(-1) ?? 0) > 300 || sum((it) => it.retried) < sum((it) => it.sets) / 10 ? 1 : 0;
}
