/**
 * What wrapping a Python client adds to a call, beside the instrumentors of OpenLLMetry and OpenInference: each variant is a process of its own, all variants take turns, and what counts is the
 * difference of medians within a round. The model's answer comes from memory, spans go in batches to a real OTLP receiver, or to nobody.
 * `npm run bench -- overhead [--rounds 7] [--calls 1500]`; exits with 1 when ours is slower than one of them.
 */
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { runtimePython } from "../tools/python.ts";

const repository = join(import.meta.dirname, "../..");
const kinds = ["sync", "async", "stream"] as const;
const variants = ["bare", "cockpit", "cockpit-capped", "openllmetry", "openinference"] as const;
const measured = z.object({ median: z.number(), spans: z.number() });

const { values } = parseArgs({ options: { rounds: { type: "string", default: "7" }, calls: { type: "string", default: "1500" } } });

/** A folder as an agent's: the runtime and its data. */
async function home(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cockpit-overhead-"));
  const template = await readFile(join(repository, "templates/runtime/python/cockpit_runtime.py.hbs"), "utf8");
  await writeFile(join(folder, "cockpit_runtime.py"), template.replace("{{agentId}}", "billing"));
  await mkdir(join(folder, ".cockpit"));
  await copyFile(join(repository, "templates/data/model_prices.json"), join(folder, ".cockpit/model_prices.json"));
  return folder;
}

const bin = await runtimePython();
const python = join(bin, "python");
const folder = await home();
const receiver = spawn(python, [join(repository, "test/runtime/otlp_receiver.py")], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
  const up = `http://127.0.0.1:${(await lines.next()).value}`;
  receiver.stdout.resume();
  /** Microseconds of the median call. */
  const measure = async (variant: string, kind: string, endpoint: string) => {
    const args = [join(import.meta.dirname, "overhead.py"), variant, kind, values.calls, endpoint];
    const { stdout } = await promisify(execFile)(python, args, { cwd: folder, env: { ...process.env, PYTHONPATH: folder } });
    const { median, spans } = measured.parse(JSON.parse(stdout));
    if (variant !== "bare" && spans < 1) throw new Error(`${variant} wrote ${spans} spans a call (${kind}): it measures nothing`);
    return median;
  };
  const rows = [
    ...kinds.flatMap((kind) => variants.slice(1).map((variant) => ({ variant, kind, endpoint: up, collector: "up" }))),
    ...["cockpit", "openllmetry", "openinference"].map((variant) => ({
      variant,
      kind: "sync",
      endpoint: "http://127.0.0.1:9",
      collector: "down",
    })),
  ].map((it) => ({ ...it, added: [] as number[] }));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const kind of kinds) {
      const bare = await measure("bare", kind, up);
      for (const row of rows.filter((it) => it.kind === kind)) row.added.push((await measure(row.variant, kind, row.endpoint)) - bare);
    }
  const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
  console.table(
    rows.map(({ variant, kind, collector, added }) => ({
      variant,
      kind,
      collector,
      "added µs, median": Math.round(median(added)),
      from: Math.round(Math.min(...added)),
      to: Math.round(Math.max(...added)),
    })),
  );
  const of = (variant: string, kind: string) => median(rows.find((it) => it.variant === variant && it.kind === kind)?.added ?? []);
  process.exitCode = kinds.some((kind) => of("cockpit", kind) > Math.min(of("openllmetry", kind), of("openinference", kind))) ? 1 : 0;
} finally {
  receiver.kill();
  await rm(folder, { recursive: true });
}
