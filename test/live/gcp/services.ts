/** The services that the suite speaks to, each a process of its own: Pub/Sub's as Google's Go library has it for tests, BigQuery's as an emulator. Needs Go and python3. */
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { resolved } from "../../../server/telemetry/google/names.ts";
import { pubSubParts } from "../../../server/telemetry/google/pubsub-parts.ts";
import { applySetup } from "../../../server/telemetry/google/setup.ts";
import { bigQueryEmulator } from "../../tools/python.ts";

const run = promisify(execFile);

/** Google's libraries would look for an account on the machine that they run on. */
process.env.METADATA_SERVER_DETECTION = "none";

type Child = ChildProcessByStdio<null, Readable, null>;

export interface Service {
  stop(): Promise<void>;
}

/** Afterwards the libraries of this process, and of those it starts, speak to it. A stream lasts as long as is said, else for ever. */
export async function startPubSub({ streamMs }: { streamMs?: number } = {}): Promise<Service> {
  const binary = join(import.meta.dirname, "../../.cache/pstest");
  await run("go", ["build", "-o", binary, "."], { cwd: join(import.meta.dirname, "pstest") });
  const child = spawn(binary, streamMs === undefined ? [] : [`${streamMs}ms`], { stdio: ["ignore", "pipe", "inherit"] });
  process.env.PUBSUB_EMULATOR_HOST = (await firstLine(child)).trim();
  return { stop: () => ended(child) };
}

/** A topic and its subscriptions, as the cockpit makes them. */
export async function makeTopic(project: string, topic: string) {
  const done = await applySetup({ project, topic }, pubSubParts(resolved({ project, topic })));
  return done.map(({ state, what }) => `${state} ${what}`);
}

async function firstLine({ stdout }: Child): Promise<string> {
  for await (const chunk of stdout) return String(chunk);
  throw new Error("it ended before it listened");
}

/** Its API's address, `http://127.0.0.1:9050/bigquery/v2`. Its database finds its extension in a home of its own. */
export async function startBigQuery(): Promise<Service & { url: string }> {
  const bin = await bigQueryEmulator();
  const home = await mkdtemp(join(tmpdir(), "cockpit-bigquery-"));
  await layOutExtension(bin, home);
  const port = await freePort();
  const args = ["start", "--rest-port", String(port), "--grpc-port", "0", "--log-level", "error"];
  const child = spawn(join(bin, "bqemulator"), args, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, HOME: home } });
  child.stdout.resume();
  const url = `http://127.0.0.1:${port}/bigquery/v2`;
  await answering(`${url}/projects/x/datasets`, child);
  return {
    url,
    async stop() {
      await ended(child);
      await rm(home, { recursive: true });
    },
  };
}

async function layOutExtension(bin: string, home: string) {
  const lib = join(bin, "../lib");
  const [python = ""] = await readdir(lib);
  const from = join(lib, python, "site-packages/duckdb_extension_spatial/extensions/v1.5.5/spatial.duckdb_extension");
  const to = join(home, ".duckdb/extensions/v1.5.5/linux_amd64");
  await mkdir(to, { recursive: true });
  await cp(from, join(to, "spatial.duckdb_extension"));
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function answering(url: string, child: Child) {
  for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await delay(100);
  }
  throw new Error("the emulator does not answer");
}

function ended(child: Child): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill("SIGKILL");
  });
}

/** Waits until it holds; the machine may be busy. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string, patienceMs = 60_000) {
  const until = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`in ${patienceMs} ms it did not come to this: ${what}`);
    await delay(20);
  }
}
