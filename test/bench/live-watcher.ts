/** The real `cockpit fleet watch` of the benchmark: its address, its alerts as they are told, what it takes of the machine. Whoever waits for it waits a limited time, and says for what. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

export interface Watched {
  url: string;
  /** Resolves with the moment (of `performance`) at which the line of an alert about this agent came. */
  alertOf(agent: string): Promise<number>;
  /** Resident memory in MiB. */
  memory(): Promise<number>;
  processorSeconds(): Promise<number>;
  /** What it had written when it was asked to end: events and their different ids in the lake. */
  end(): Promise<{ events: number; ids: number }>;
  kill(): void;
}

/** In a folder that has nothing yet. `fleet` goes into its cockpit.json. */
export async function openWatcher(folder: string, fleet: object): Promise<Watched> {
  await writeFile(join(folder, "cockpit.json"), JSON.stringify({ fleet }));
  const command = join(import.meta.dirname, "../../dist/cockpit.mjs");
  const flags = ["fleet", "watch", "--port", "0", "--format", "json", "--quiet"];
  const child = spawn(process.execPath, [command, ...flags], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const heard = new Map<string, PromiseWithResolvers<number>>();
  const listening = Promise.withResolvers<string>();
  const alertOf = (agent: string) => {
    const known = heard.get(agent) ?? Promise.withResolvers<number>();
    heard.set(agent, known);
    return known.promise;
  };
  createInterface(child.stdout).on("line", (line) => {
    const at = performance.now();
    const { kind, alert, url, message } = JSON.parse(line);
    if (kind === "listening") listening.resolve(url);
    if (kind === "failed") listening.reject(new Error(message));
    if (kind === "alert" && alert.status === "opened") heard.get(alert.agentId)?.resolve(at);
  });
  return {
    url: await within(30, "the watcher to listen", listening.promise),
    alertOf,
    memory: () => memoryOf(child),
    processorSeconds: () => processorSecondsOf(child),
    async end() {
      child.kill("SIGINT");
      await within(120, "the watcher to end", ended(child));
      const lake = new DatabaseSync(join(folder, ".cockpit/lake/lake.db"), { readOnly: true });
      const { events, ids } = { ...lake.prepare("SELECT count(*) AS events, count(DISTINCT id) AS ids FROM events").get() };
      lake.close();
      return { events: Number(events), ids: Number(ids) };
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Rejects when the time is over. */
export async function within<T>(seconds: number, what: string, promise: Promise<T>): Promise<T> {
  const end = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: end.signal }).then(() => {
    throw new Error(`waited ${seconds} s in vain for ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    end.abort();
  }
}

function ended(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => (child.exitCode === null ? child.once("close", resolve) : resolve(0)));
}

const clockTicks = 100;

async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

async function processorSecondsOf({ pid }: ChildProcess): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / clockTicks;
}
