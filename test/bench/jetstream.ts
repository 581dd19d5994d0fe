/**
 * The terminal's table in a real pseudo-terminal of 80 × 24 with 1,000 agents: bytes written for each update, and the watcher's share of a core, at rest and at 2,000 events/s; how much of that
 * is the table's is shown by the same watcher without one. Then how many lines a report of 100 agents takes, 3 of them critical.
 * `npm run build && npm run bench -- jetstream [--seconds 30] [--rest 75] [--older]`; Linux, Python 3. `--older` then runs the older Python tool on the same 100 agents: ten minutes and more.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { post, request } from "../live/watcher.ts";
import { openPty } from "../pty.ts";
import { agentopsTools } from "../tools/python.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    rest: { type: "string", default: "75" },
    older: { type: "boolean", default: false },
  },
});
const cockpit = join(import.meta.dirname, "../../dist/cockpit.mjs");
const clockTicks = 100;
const agents = 1000;
const rate = 2000;

const folder = await mkdtemp(join(tmpdir(), "cockpit-jetstream-"));
const env = { PATH: process.env.PATH ?? "", HOME: folder, XDG_CACHE_HOME: join(folder, "cache"), TERM: "xterm-256color" };
const inTerminal = (cwd: string, ...args: string[]) => openPty([process.execPath, cockpit, ...args], { cwd, env, columns: 80, rows: 24 });

/** Seconds of processor time that a process has taken. */
async function cpu(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / clockTicks;
}

const quantile = (sorted: readonly number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;

/** Of what was written: each update begins by asking the terminal to show it as a whole. */
function updates(written: string, seconds: number) {
  const frames = written.split("\u001b[?2026h").slice(1);
  const sizes = frames.map((it) => Buffer.byteLength(it) + 8).sort((a, b) => a - b);
  return {
    "updates/s": +(frames.length / seconds).toFixed(2),
    "bytes/update, median": quantile(sizes, 0.5),
    p99: quantile(sizes, 0.99),
    most: sizes.at(-1) ?? 0,
    "bytes/s": Math.round(sizes.reduce((sum, it) => sum + it, 0) / seconds),
  };
}

async function during(pty: ReturnType<typeof inTerminal>, seconds: number, work: () => Promise<unknown>) {
  const pid = await pty.pid;
  const [before, started, from] = [await cpu(pid), performance.now(), pty.written().length];
  await work();
  const took = (performance.now() - started) / 1000;
  const share = { "% of a core": +((100 * ((await cpu(pid)) - before)) / took).toFixed(1) };
  return { ...share, ...updates(pty.written().slice(from), seconds) };
}

async function watched(args: readonly string[]) {
  const cwd = await mkdtemp(join(folder, "watched-"));
  const pty = inTerminal(cwd, "fleet", "watch", "--port", "0", ...args);
  const claim = join(cwd, ".cockpit/lake/watcher.json");
  const urlOf = async () => (existsSync(claim) ? String(JSON.parse(await readFile(claim, "utf8")).url) : "");
  let url = "";
  while (url === "") {
    await sleep(50);
    url = await urlOf();
  }
  let sent = 0;
  const send = async (count: number) => {
    if (!(await post(url, request(sent, count, agents)))) throw new Error("not acknowledged");
    sent += count;
  };
  await send(agents);
  const seconds = Number(values.seconds);
  const load = await during(pty, seconds, async () => {
    const started = performance.now();
    for (let i = 0; i < seconds * 10; i++) {
      await send(rate / 10);
      await sleep(Math.max(0, started + (i + 1) * 100 - performance.now()));
    }
  });
  // Rates are those of the last minute: until that is over, they fall.
  await sleep(Number(values.rest) * 1000);
  const rest = await during(pty, 20, () => sleep(20_000));
  pty.type("\u0003");
  await pty.ended;
  return { load, rest };
}

/** Python agents: every 33rd is critical, of which there are `critical` at most, every 10th has warnings. */
async function writeFleet(root: string, count: number, critical: number, files: number) {
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  };
  await mkdir(join(root, ".git"), { recursive: true });
  await write("cockpit.json", '{ "rules": { "E702": "error", "untracked-client": "off", "uncapped-client": "off" } }');
  for (let i = 0; i < count; i++) {
    const at = `agents/agent-${String(i).padStart(4, "0")}`;
    const isCritical = i % 33 === 1 && i / 33 < critical;
    const more = isCritical ? "import os; import sys\nimport re; import json\n" : i % 10 === 5 ? "if True: pass\nfor x in []: pass\n" : "";
    await write(`${at}/pyproject.toml`, `[project]\nname = "${at.slice(7)}"\n`);
    await write(`${at}/main.py`, `from openai import OpenAI\n\nclient = OpenAI()\n${more}`);
    for (let k = 0; k < files; k++) await write(`${at}/part_${k}.py`, "value = compute(1, [2, 3])\n".repeat(100));
  }
}

async function audited() {
  const root = join(folder, "thousand");
  await writeFleet(root, agents, 30, 8);
  const pty = inTerminal(root, "audit", "--no-cache");
  const started = performance.now();
  await pty.ended;
  const seconds = (performance.now() - started) / 1000;
  // The report comes after the last update.
  const table = pty.written().slice(0, pty.written().indexOf("\u001b[?25h"));
  return updates(table, seconds);
}

const linesOf = (text: string) => text.split("\n").filter((it) => it.trim() !== "").length;

async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  const run = promisify(execFile)(command, args, { cwd, env: { ...env, COLUMNS: "500" }, maxBuffer: 1e9 });
  // A finding is an exit code of 1.
  return run.catch((error: { stdout: string }) => error).then((it) => it.stdout);
}

async function lines() {
  const root = join(folder, "hundred");
  await writeFleet(root, 100, 3, 0);
  const audit = (...args: string[]) => output(process.execPath, [cockpit, "audit", "--quiet", ...args], root);
  const compact = await audit();
  const detail = linesOf(compact.split(/^warning {3}/m)[0] ?? "") / 3;
  const warnings = compact.match(/^warning {3}/gm)?.length ?? 0;
  console.table({
    "cockpit audit": { lines: linesOf(compact), "allowed: 3 × detail + 1 a warning + 1": 3 * detail + warnings + 1 },
    "cockpit audit --verbose": { lines: linesOf(await audit("--verbose")) },
  });
}

/** Last and with what the others leave, because it starts ninety processes at once. It writes reports into each agent. */
async function older() {
  const root = join(folder, "older");
  await writeFleet(root, 100, 3, 0);
  const started = performance.now();
  const tool = join(await agentopsTools(), "agentops-cockpit");
  const report = await output("nice", ["-n", "19", tool, "audit", "report", "--workspace", "--plain", "--path", root], root);
  console.table({ "agentops-cockpit 2.0.35": { lines: linesOf(report), minutes: +((performance.now() - started) / 60_000).toFixed(1) } });
}

try {
  await lines();
  console.table({ "audit of 1,000 agents, 9,000 files": await audited() });
  const table = await watched([]);
  const plain = await watched(["--format", "json"]);
  console.table({
    [`watch, ${rate} events/s`]: table.load,
    "watch, at rest": table.rest,
    [`without a table, ${rate} events/s`]: { "% of a core": plain.load["% of a core"] },
    "without a table, at rest": { "% of a core": plain.rest["% of a core"] },
  });
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  if (values.older) await older();
} finally {
  await rm(folder, { recursive: true, maxRetries: 3 });
}
