/** Watches the indexes of a command while it runs, and says what to do when it fails because one does not let it in. */
import { setTimeout } from "node:timers/promises";
import type { Credential, PackageIndex } from "../package-index.ts";
import type { Probe } from "../probe.ts";
import type { Decision } from "./decide.ts";
import type { Environment } from "./names.ts";
import { publicEnvironment } from "./public-environment.ts";
import type { RequestedBy } from "./requested.ts";

export interface WatchOptions {
  /** Where the command runs. */
  folder: string;
  env: Environment;
  /** `publicPackages` and `--public`. */
  listed: readonly string[];
  /** By address. */
  credentials?: ReadonlyMap<string, Credential | Error>;
  signal?: AbortSignal;
  timeoutMs?: number;
}

export interface Outcome {
  decision: Decision;
  /** Of the command's tool. */
  probes: readonly Probe[];
  requested: RequestedBy;
  /** `performance.now()` when the first lock-out was seen and when it was decided; absent when there is none. */
  seenAt?: number;
  decidedAt?: number;
}

export interface Watch {
  /** Known as soon as an index locks out; else when all have answered. Never rejects but for an aborted signal. */
  outcome: Promise<Outcome>;
  stop(): void;
}

/** Starts beside the command; nothing waits for it. */
function watch(indexes: readonly PackageIndex[], command: readonly string[], options: WatchOptions): Watch {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, ...(options.signal ? [options.signal] : [])]);
  const outcome = observed(indexes, command, { ...options, signal });
  // Whoever stops it no longer asks.
  outcome.catch(() => {});
  return { outcome, stop: () => stopping.abort() };
}

/** Loads what it takes to ask over the network; a command that has ended by then is not kept waiting for it. */
async function observed(indexes: readonly PackageIndex[], command: readonly string[], options: WatchOptions & { signal: AbortSignal }) {
  await setTimeout(briefMs, undefined, { signal: options.signal });
  const { observe } = await import("./observe.ts");
  return observe(indexes, command, options);
}

const briefMs = 50;

export interface RunOptions extends WatchOptions {
  /** Runs the command once and gives its exit code. */
  run(command: readonly string[], env: Environment): Promise<number>;
  /** What the retry starts from; by default `env`. */
  retryEnv?: Environment;
  /** Says in one line what was decided. */
  say(line: string): void;
}

export interface Finished {
  exitCode: number;
  /** Of a command that failed; absent when it worked at once. */
  outcome?: Outcome;
  /** It was run once more, with the public index alone. */
  retried: boolean;
}

/** Runs a command beside its watch. When it fails and an index locks it out, it runs once more or stops, and says so. */
export async function runWatched(indexes: readonly PackageIndex[], command: readonly string[], options: RunOptions): Promise<Finished> {
  const watching = watch(indexes, command, options);
  const exitCode = await options.run(command, options.env);
  if (exitCode === 0 || options.signal?.aborted) {
    watching.stop();
    return { exitCode, retried: false };
  }
  const outcome = await watching.outcome;
  watching.stop();
  const { decision, requested } = outcome;
  if (decision.action !== "use") options.say(lineOf(decision));
  if (decision.action !== "retry-public" || requested.format === "go") return { exitCode, outcome, retried: false };
  const env = publicEnvironment(requested.format, decision, options.retryEnv ?? options.env);
  return { exitCode: await options.run(command, env), outcome, retried: true };
}

function lineOf({ action, reason, suggestion }: Decision): string {
  return action === "retry-public" ? `${reason}: trying once more with the public index alone` : `${reason}. Next: ${suggestion}`;
}
