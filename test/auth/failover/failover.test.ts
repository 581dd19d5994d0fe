/** How an index fails × the tool → what is seen of it, and what becomes of a command that needs a public package and one that needs the house's own. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Decision } from "../../../server/auth/failover/decide.ts";
import { runWatched } from "../../../server/auth/failover/watch.ts";
import { probe } from "../../../server/auth/probe.ts";
import type { Verdict } from "../../../server/protocol/auth.ts";
import { authPython } from "../../tools/python.ts";
import { type BrokenIndex, type Case, cases, openBroken } from "./broken.ts";
import { makeTarball, makeWheels } from "./packages.ts";
import { openPypiserver, openVerdaccio, type PrivateIndex } from "./private-index.ts";
import { openPublicIndex, type PublicIndex } from "./public-index.ts";
import { environmentOf, indexOf, installed, installing, runner, type TestedTool, type Toolbox, tools } from "./tools.ts";

/** The house has a copy of the public package, of another version: so it shows who served it. */
const house = [
  { name: "cockpit-open", version: "1.0.0" },
  { name: "cockpit-house", version: "1.0.0" },
];
const open = [{ name: "cockpit-open", version: "2.0.0" }];

/** `works`: the command succeeds by itself. */
type Action = Decision["action"] | "works";
const table: Record<Case, { verdict: Verdict; status?: number; known: Action; unknown: Action }> = {
  "200": { verdict: "reachable", status: 200, known: "works", unknown: "works" },
  "401": { verdict: "needs-login", status: 401, known: "retry-public", unknown: "stop" },
  "403": { verdict: "forbidden", status: 403, known: "retry-public", unknown: "stop" },
  "407": { verdict: "cordoned", status: 407, known: "retry-public", unknown: "stop" },
  "302": { verdict: "cordoned", status: 200, known: "retry-public", unknown: "stop" },
  "login page": { verdict: "cordoned", status: 200, known: "retry-public", unknown: "stop" },
  hang: { verdict: "offline", known: "stop", unknown: "stop" },
  reset: { verdict: "offline", known: "stop", unknown: "stop" },
  "wrong certificate": { verdict: "tls-failure", known: "stop", unknown: "stop" },
};

const scratch = mkdtempSync(join(tmpdir(), "cockpit-failover-"));
const broken = new Map<string, BrokenIndex>();
let toolbox: Toolbox;
let publicIndex: PublicIndex;
let indexes: { pypi: PrivateIndex; npm: PrivateIndex };

before(async () => {
  const bin = await authPython();
  const files = join(scratch, "public");
  await makeWheels(join(bin, "python"), files, open);
  for (const it of open) await makeTarball(files, it);
  publicIndex = await openPublicIndex(files, open);
  toolbox = { bin, scratch, publicVariables: { COCKPIT_PUBLIC_PYPI: publicIndex.pypi, COCKPIT_PUBLIC_NPM: publicIndex.npm } };
  indexes = { pypi: await openPypiserver(bin, scratch, house), npm: await openVerdaccio(scratch, house) };
  for (const how of cases)
    for (const format of ["pypi", "npm"] as const) broken.set(`${how} ${format}`, await openBroken(how, indexes[format].url, scratch));
});

after(() => {
  for (const it of [...broken.values(), publicIndex, indexes?.pypi, indexes?.npm]) it?.close();
  rmSync(scratch, { recursive: true });
});

function brokenFor(how: Case, tool: TestedTool): BrokenIndex {
  const found = broken.get(`${how} ${tool === "npm" ? "npm" : "pypi"}`);
  assert(found);
  return found;
}

for (const how of cases)
  for (const tool of tools) {
    const { verdict, status, known, unknown } = table[how];

    test(`${how}, ${tool}: ${verdict}`, async () => {
      const index = indexOf(tool, brokenFor(how, tool).url);
      const seen = await probe(index, { packages: ["cockpit-house"], timeoutMs: 1500, env: {} });
      assert.deepEqual({ verdict: seen.verdict, status: seen.status }, { verdict, status }, seen.detail);
      assert.equal(seen.packages["cockpit-house"], verdict === "reachable" ? "there" : "unknown");
      assert.equal(seen.next === "", verdict === "reachable");
    });

    test(`${how}, ${tool}, a public package: ${known}`, () => run(how, tool, "cockpit-open", ["cockpit-open"], known));
    test(`${how}, ${tool}, the house's own package: ${unknown}`, () => run(how, tool, "cockpit-house", ["cockpit-open"], unknown));
  }

/** Installs `name` and sees that what was decided is what happened. */
async function run(how: Case, tool: TestedTool, name: string, listed: string[], action: Action) {
  const index = indexOf(tool, brokenFor(how, tool).url);
  const { command, folder } = installing(tool, [name], toolbox);
  const [lines, said]: [string[], string[]] = [[], []];
  publicIndex.forget();
  const env = environmentOf(tool, index.url, toolbox);
  const { exitCode, outcome, retried } = await runWatched([index], command, {
    folder,
    env,
    listed,
    timeoutMs: 1500,
    run: runner(folder, said),
    say: (line) => lines.push(line),
  });
  const all = said.join("");
  assert.equal(outcome?.decision.action ?? "works", action, all);
  assert.equal(retried, action === "retry-public");
  assert.equal(exitCode === 0, action === "works" || retried, all);
  assert.equal(installed(tool, name, folder), action === "works" ? "1.0.0" : retried ? "2.0.0" : undefined, all);
  assert.equal(lines.length, action === "works" ? 0 : 1);
  if (retried) assert(publicIndex.seen.length > 0);
  else assert.deepEqual(publicIndex.seen, []);
  assert(publicIndex.seen.every((it) => !it.includes("house")));
}
