/**
 * The Live Wire under load: OpenTelemetry's Go SDK exports spans of 1,000 agents to the real `cockpit fleet watch`; every one that was acknowledged must be in the lake, once. Then, at 2,000 events/s, the
 * time from the export of a call that breaks its budget to the line of its alert.
 * `npm run build && npm run bench -- live [--rate 20000] [--seconds 60] [--probes 300]`; needs Go. 5 million events: `--seconds 250`. Exits with 1 when an event is lost or there twice.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "20000" },
    seconds: { type: "string", default: "60" },
    probes: { type: "string", default: "300" },
  },
});
const sent = z.object({ made: z.number(), taken: z.number(), failed: z.number(), seconds: z.number() });
const clockTicks = 100;

const folder = await mkdtemp(join(tmpdir(), "cockpit-live-"));
const sender = join(folder, "sender");
await run("go", ["build", "-o", sender, "."], { cwd: join(import.meta.dirname, "live-sender") });
await writeFile(
  join(folder, "cockpit.json"),
  JSON.stringify({ fleet: { budgets: [{ agent: "*", unit: "usd", per: "day", limit: 1000 }] } }),
);

const command = join(import.meta.dirname, "../../dist/cockpit.mjs");
const watcher = spawn(process.execPath, [command, "fleet", "watch", "--port", "0", "--format", "json"], {
  cwd: folder,
  stdio: ["ignore", "pipe", "inherit"],
});
const heard = new Map<string, (at: number) => void>();
createInterface(watcher.stdout).on("line", (line) => {
  const { kind, alert } = JSON.parse(line);
  if (kind === "alert" && alert.status === "opened") heard.get(alert.agentId)?.(performance.now());
});
const url = await listening();
try {
  const load = await ingest(Number(values.rate), Number(values.seconds));
  const latency = await latencies(2000, Number(values.probes));
  watcher.kill("SIGINT");
  await ended(watcher);
  const lake = new DatabaseSync(join(folder, ".cockpit/lake/lake.db"), { readOnly: true });
  const { events, ids } = { ...lake.prepare("SELECT count(*) AS events, count(DISTINCT id) AS ids FROM events").get() };
  const taken = load.taken + latency.taken;
  console.table({ ...load, ...latency.figures, "events in the lake": events, "ids in the lake": ids, "acknowledged in all": taken });
  process.exitCode = events === ids && events === taken && load.failed + latency.failed === 0 ? 0 : 1;
} finally {
  watcher.kill("SIGKILL");
  await rm(folder, { recursive: true });
}

async function listening(): Promise<string> {
  for (;;) {
    const claim = await readFile(join(folder, ".cockpit/lake/watcher.json"), "utf8").catch(() => "{}");
    const { url } = JSON.parse(claim);
    if (url) return url;
    await sleep(20);
  }
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => (child.exitCode === null ? child.once("close", resolve) : resolve(0)));
}

async function send(rate: number, seconds: number) {
  const { stdout } = await run(sender, ["-url", `${url}/v1/traces`, "-rate", String(rate), "-seconds", String(seconds)]);
  return sent.parse(JSON.parse(stdout));
}

async function ingest(rate: number, seconds: number) {
  const rss: number[] = [];
  const looking = setInterval(() => void memory().then((it) => rss.push(it)), 1000);
  const before = await processorSeconds();
  const { taken, failed, seconds: took } = await send(rate, seconds);
  clearInterval(looking);
  return {
    "events/s wanted": rate,
    "events/s taken": Math.round(taken / took),
    taken,
    failed,
    "RSS at half time, MiB": rss[rss.length >> 1],
    "RSS at the end, MiB": rss.at(-1),
    "processor µs an event": Math.round((((await processorSeconds()) - before) / taken) * 1e7) / 10,
    "load average": loadavg()
      .map((it) => it.toFixed(1))
      .join(" "),
  };
}

async function latencies(rate: number, probes: number) {
  const background = send(rate, Math.ceil(probes / 20) + 2);
  await sleep(1000);
  const all: number[] = [];
  for (let i = 0; i < probes; i++) {
    all.push(await probe(i));
    await sleep(50 - Math.min(all.at(-1) ?? 0, 50));
  }
  const { taken, failed } = await background;
  all.sort((a, b) => a - b);
  const at = (share: number) => Number((all[Math.min(Math.floor(all.length * share), all.length - 1)] ?? Number.NaN).toFixed(1));
  return { taken: taken + probes, failed, figures: { "alert p50 ms": at(0.5), "alert p99 ms": at(0.99), "alert worst ms": at(1) } };
}

/** Milliseconds from the export of a call that costs more than the budget to the line of its alert. */
async function probe(i: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  heard.set(`probe-${i}`, resolve);
  const since = performance.now();
  const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers: { "Content-Type": "application/json" }, body: costly(i) });
  if (!answer.ok) throw new Error(`the probe was answered with ${answer.status}`);
  return (await promise) - since;
}

function costly(i: number): string {
  const attribute = (key: string, value: object) => ({ key, value });
  const span = {
    traceId: `${i}`.padStart(32, "f"),
    spanId: `${i}`.padStart(16, "f"),
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [
      attribute("gen_ai.operation.name", { stringValue: "chat" }),
      attribute("gen_ai.agent.id", { stringValue: `probe-${i}` }),
      attribute("cockpit.cost.usd", { doubleValue: 2000 }),
    ],
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

async function memory(): Promise<number> {
  const status = await readFile(`/proc/${watcher.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

async function processorSeconds(): Promise<number> {
  const fields = (await readFile(`/proc/${watcher.pid}/stat`, "utf8")).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / clockTicks;
}
