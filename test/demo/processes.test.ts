/** What the demo starts ends with it, whoever ends it and whatever hangs. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openProcesses } from "../../scripts/demo/processes.ts";
import { until } from "../live/status.ts";

/** Tells its own number and its child's, and lets nobody end it in good manners. */
const stubborn = `process.on("SIGTERM", () => {});
setInterval(() => {}, 1000);
if (!process.argv[1]) {
  const child = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)")}, "child"]);
  console.log(process.pid, child.pid);
}`;

const ended = (pids: readonly number[]) => until(async () => (pids.some(isAlive) ? undefined : true), `the end of ${pids}`);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Of both; they are ended with the test in any case. */
async function pidsFrom(child: ChildProcess, t: TestContext): Promise<number[]> {
  assert(child.stdout);
  const pids = String((await once(child.stdout, "data"))[0])
    .trim()
    .split(" ")
    .map(Number);
  t.after(() => pids.filter(isAlive).map((pid) => process.kill(pid, "SIGKILL")));
  assert(pids.length === 2 && pids.every(isAlive));
  return pids;
}

test("a process that hangs is ended with its children", async (t) => {
  const processes = openProcesses();
  const { child } = processes.start(process.execPath, ["-e", stubborn], { stdio: ["ignore", "pipe", "inherit"] });
  const pids = await pidsFrom(child, t);
  await processes.stopAll();
  await ended(pids);
});

test("so it is when whoever started it is killed", async (t) => {
  const starter = `import { openProcesses } from ${JSON.stringify(join(import.meta.dirname, "../../scripts/demo/processes.ts"))};
openProcesses().start(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { stdio: ["ignore", "inherit", "inherit"] });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", starter], { stdio: ["ignore", "pipe", "inherit"] });
  const pids = await pidsFrom(child, t);
  child.kill("SIGKILL");
  await ended(pids);
});

test("a program that is not there is an end, not a crash", async () => {
  const processes = openProcesses();
  assert.equal(await processes.start("no-such-program", [], { stdio: "ignore" }).ended, null);
  await processes.stopAll();
});
