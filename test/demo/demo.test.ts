/** `npm start` in the terminal, with a hurried clock: what a newcomer is shown really happens, and nothing of it stays. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { places, root } from "../../scripts/demo/places.ts";
import { statusOf, until } from "../live/status.ts";
import { cockpit, run } from "../wrap/world.ts";

interface Demo {
  child: ChildProcess;
  /** All that it said so far. */
  said(): string;
  ended(): Promise<unknown>;
}

/** Everything that the demo starts inherits it. */
const mark = `COCKPIT_DEMO_MARK=${process.pid}`;

function startDemo(args: readonly string[], environment: Record<string, string> = {}): Demo {
  const env = { ...process.env, COCKPIT_DEMO_MARK: String(process.pid), ...environment };
  const child = spawn(process.execPath, [join(root, "scripts/start.ts"), ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  const ended = once(child, "close");
  const tooLong = () => sleep(90_000, "it did not end", { ref: false });
  return { child, said: () => text, ended: () => Promise.race([ended, tooLong()]) };
}

const says = (demo: Demo, what: RegExp) =>
  until(async () => {
    if (demo.child.exitCode !== null && !what.test(demo.said())) throw new Error(`it ended without a word of ${what}`);
    return what.exec(demo.said()) ?? undefined;
  }, String(what)).catch((error: Error) => assert.fail(`${error.message}; it said:\n${demo.said()}`));

/** Of everything that any demo of this test started: what runs still. */
function running(): string[] {
  return readdirSync("/proc")
    .filter((it) => /^\d+$/.test(it) && textOf(`/proc/${it}/environ`).split("\0").includes(mark))
    .map((it) => textOf(`/proc/${it}/cmdline`).replaceAll("\0", " "))
    .filter(Boolean);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const gone = () => until(async () => (running().length === 0 ? true : undefined), "the end of all processes");

const repositoryState = async () => (await run("git", ["status", "--porcelain"], root)).stdout;

describe("npm start -- --no-editor", { skip: process.platform !== "linux" && "it looks for what is left in /proc" }, () => {
  let demo: Demo;
  let stateBefore: string;
  before(async () => {
    stateBefore = await repositoryState();
    demo = startDemo(["--no-editor", "--wrong-after", "6"]);
    const isComplete = () => ["TypeScript", "Python", "Go"].every((it) => demo.said().includes(`at work in ${it}`));
    await until(async () => isComplete() || demo.child.exitCode !== null || undefined, "all agents at work", 300_000);
  });
  after(() => {
    demo.child.kill("SIGKILL");
  });

  test("agents in three languages send what they do", async () => {
    await says(demo, /at work in TypeScript: invoice-extractor$/m);
    await says(demo, /at work in Python: travel-concierge and writer$/m);
    await says(demo, /at work in Go: ledger-watch$/m);
    for (const agent of ["travel-concierge", "writer", "invoice-extractor", "ledger-watch"]) {
      const { errors, inputTokens } = await statusOf(places.fleet, agent, 1);
      assert.equal(errors, 0);
      assert(inputTokens > 0);
    }
  });

  test("one of them goes wrong, and an alert says so", async () => {
    await says(demo, /invoice-extractor got 2026-131.txt/);
    await says(demo, /alert +invoice-extractor has spent more than its budget: [\d.]+ of 0\.75 USD an hour/);
    const { models } = await statusOf(places.fleet, "invoice-extractor", 20);
    assert.deepEqual(models, ["claude-sonnet-4-5"]);
  });

  test("mothballed, its next call is refused", async () => {
    await cockpit(places.fleet, "fleet", "mothball", "--id", "invoice-extractor", "--by", "ana", "--reason", "asks for ever", "--apply");
    await says(demo, /invoice-extractor was refused its call: invoice-extractor is paused by ana since \S+: asks for ever/);
    await says(demo, /2026-131.txt is set aside/);
    const { calls } = await statusOf(places.fleet, "invoice-extractor", 1);
    const others = await statusOf(places.fleet, "ledger-watch", 1);
    await statusOf(places.fleet, "ledger-watch", others.calls + 3);
    assert.equal((await statusOf(places.fleet, "invoice-extractor", 1)).calls, calls);
  });

  test("resumed, it goes on in good health", async () => {
    const { calls } = await statusOf(places.fleet, "invoice-extractor", 1);
    await cockpit(places.fleet, "fleet", "resume", "--id", "invoice-extractor", "--by", "ana", "--apply");
    await says(demo, /invoice-extractor goes on/);
    const { errors } = await statusOf(places.fleet, "invoice-extractor", calls + 2);
    assert.equal(errors, 0);
  });

  test("a second one does not touch the fleet of the first", async () => {
    const second = startDemo(["--no-editor"]);
    assert.deepEqual(await second.ended(), [2, null]);
    assert.match(second.said(), /runs already/);
    assert(existsSync(join(places.fleet, ".cockpit/lake/lake.db")));
  });

  test("Ctrl-C ends everything, and the repository is as it was", async () => {
    assert(running().length >= 6);
    demo.child.kill("SIGINT");
    assert.deepEqual(await demo.ended(), [0, null], demo.said());
    await gone();
    assert.equal(await repositoryState(), stateBefore);
  });

  test("killed, it leaves nothing behind", async () => {
    const killed = startDemo(["--no-editor", "--wrong-after", "0"]);
    await says(killed, /asks its model about it again and again/);
    killed.child.kill("SIGKILL");
    await gone();
  });

  test("what is not installed is said, and left out", async () => {
    const bin = mkdtempSync(join(tmpdir(), "cockpit-tools-"));
    for (const tool of ["npm", "git", "sh"]) symlinkSync((await run("which", [tool], root)).stdout.trim(), join(bin, tool));
    const poor = startDemo(["--no-editor", "--seconds", "4"], { PATH: [dirname(process.execPath), "/no/such", bin].join(delimiter) });
    assert.deepEqual(await poor.ended(), [0, null], poor.said());
    rmSync(bin, { recursive: true });
    assert.match(poor.said(), /left out in Python: travel-concierge and writer; there is no Python 3.11 or newer$/m);
    assert.match(poor.said(), /left out in Go: ledger-watch; there is no Go 1.24 or newer$/m);
    assert.match(poor.said(), /at work in TypeScript: invoice-extractor$/m);
    await gone();
  });

  test("an option that is not understood is said", async () => {
    const wrong = startDemo(["--seconds", "soon"]);
    assert.deepEqual(await wrong.ended(), [2, null]);
    assert.match(wrong.said(), /--seconds takes a number of seconds, not "soon"/);
  });
});
