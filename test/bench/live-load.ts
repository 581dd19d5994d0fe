/** Load for the Live Wire from the real SDKs and exporters of OpenTelemetry in Go, Python and JavaScript, each a process of its own, with agents of its own. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { runtimePython } from "../tools/python.ts";
import { typescriptSdks } from "../wrap/world.ts";

const run = promisify(execFile);
const here = join(import.meta.dirname, "live-sender");
const sent = z.object({ made: z.number(), taken: z.number(), failed: z.number(), to: z.number() });

/** Milliseconds: they begin together. */
const untilAllRun = 2000;

export type Sender = "Go" | "Python" | "JavaScript";

export interface Sent {
  /** Spans that the exporters say were taken, and those that they gave up. */
  taken: number;
  failed: number;
  /** From the first span to the last acknowledgement. */
  seconds: number;
  /** Spans taken, by sender. */
  by: Readonly<Record<Sender, number>>;
}

export type Senders = (url: string, rate: number, seconds: number) => Promise<Sent>;

/** Builds and installs what they need. The folder is for programs. */
export async function openSenders(folder: string): Promise<Senders> {
  const go = join(folder, "sender");
  await run("go", ["build", "-o", go, "."], { cwd: here });
  const python = join(await runtimePython(), "python");
  const sdks = await typescriptSdks();
  const start = async (command: string, args: readonly unknown[], seconds: number) => {
    const options = { timeout: (seconds + 180) * 1000, killSignal: "SIGKILL" } as const;
    return sent.parse(JSON.parse((await run(command, args.map(String), options)).stdout));
  };
  return async (url, rate, seconds) => {
    const traces = `${url}/v1/traces`;
    const from = Date.now() + untilAllRun;
    // As much as an interpreter can make beside a watcher that needs its share of the processor; Go carries the rest.
    const [py, js] = [Math.min(1000, rate / 20), Math.min(2000, rate / 10)];
    const [fromGo, fromPython, fromJs] = await Promise.all([
      start(
        go,
        ["-url", traces, "-rate", rate - py - js, "-start", from, "-seconds", seconds, "-first", 150, "-agents", 850 - (850 % 4)],
        seconds,
      ),
      start(python, [join(here, "sender.py"), traces, py, from, seconds, 0, 50], seconds),
      start(process.execPath, [join(here, "sender.mjs"), sdks, traces, js, from, seconds, 50, 100], seconds),
    ]);
    const all = [fromGo, fromPython, fromJs];
    const sum = (of: (it: z.infer<typeof sent>) => number) => all.reduce((total, it) => total + of(it), 0);
    return {
      taken: sum((it) => it.taken),
      failed: sum((it) => it.failed),
      seconds: (Math.max(...all.map((it) => it.to)) - from) / 1000,
      by: { Go: fromGo.taken, Python: fromPython.taken, JavaScript: fromJs.taken },
    };
  };
}
