/** Watches the indexes of a command while it runs, and says what to do when it fails because one does not let it in. */
import type { Credential, PackageIndex } from "../package-index.ts";
import { type Probe, probe } from "../probe.ts";
import { type Decision, decide, locksOut } from "./decide.ts";
import { knownPublic } from "./known-public.ts";
import { type Environment, isPublicOrigin, type RetryFormat } from "./names.ts";
import { publicEnvironment } from "./public-environment.ts";
import { type RequestedBy, requestedBy } from "./requested.ts";

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

/** Starts at once; nothing waits for it. */
export function watch(indexes: readonly PackageIndex[], command: readonly string[], options: WatchOptions): Watch {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, ...(options.signal ? [options.signal] : [])]);
  const outcome = observe(indexes, command, { ...options, signal });
  // Whoever stops it no longer asks.
  outcome.catch(() => {});
  return { outcome, stop: () => stopping.abort() };
}

async function observe(indexes: readonly PackageIndex[], command: readonly string[], options: WatchOptions): Promise<Outcome> {
  const requested = await requestedBy(command, options.folder, options.env);
  const known = knownIn(requested, options);
  const asked = indexes.filter((it) => concerns(it, requested));
  const probes: Probe[] = [];
  const decideNow = (): Decision =>
    decide({ indexes: probes.map(verdictOf), requested, known, isPublic: (url) => isPublicOrigin(url, requested.format, options.env) });
  const running = asked.map(async (index) => {
    const seen = await probe(index, { ...credentialOf(index, options), ...probeOptions(index, requested, known, options) });
    probes.push(seen);
    if (!locksOut(seen)) throw new Error("not this one");
    return performance.now();
  });
  const seenAt = await Promise.any(running).catch(() => undefined);
  options.signal?.throwIfAborted();
  const decision = decideNow();
  return { decision, probes, requested, ...(seenAt === undefined ? {} : { seenAt, decidedAt: performance.now() }) };
}

function knownIn(requested: RequestedBy, { listed, env }: WatchOptions): Map<string, string> {
  return requested.format === "go" ? new Map() : knownPublic(requested.names, requested.format, { listed, pins: requested.pins, env });
}

/** Only what the command would ask: its tool's indexes, and of npm's scopes those that it names. */
function concerns(index: PackageIndex, { tool, names, unclear }: RequestedBy): boolean {
  if (tool !== undefined && index.tool !== tool) return false;
  return index.scope === undefined || unclear !== undefined || names.some((it) => it.startsWith(`${index.scope}/`));
}

/** A few of the names that this index would be asked for; of a public one only such as are known to be public. */
function probeOptions(index: PackageIndex, { names, format }: RequestedBy, known: ReadonlyMap<string, string>, options: WatchOptions) {
  const own = names.filter((it) => index.format === format && (index.scope === undefined || it.startsWith(`${index.scope}/`)));
  const sent = isPublicOrigin(index.url, index.format, options.env) ? own.filter((it) => known.has(it)) : own;
  const { signal, timeoutMs, env } = options;
  return { packages: sent.slice(0, 4), env, ...(signal ? { signal } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

export function credentialOf({ url }: PackageIndex, { credentials }: Pick<WatchOptions, "credentials">): { credential?: Credential } {
  const found = credentials?.get(url);
  return found === undefined || found instanceof Error ? {} : { credential: found };
}

export const verdictOf = ({ index, verdict, detail, next }: Probe) => ({ name: index.name, url: index.url, verdict, detail, next });

export interface RunOptions extends WatchOptions {
  /** Runs the command once and gives its exit code. */
  run(command: readonly string[], env: Environment): Promise<number>;
  /** What the retry runs in; by default the public index alone (`publicEnvironment`). */
  environment?(format: RetryFormat, decision: Decision): Promise<Environment>;
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
  const env = await (options.environment ?? ((format, it) => publicEnvironment(format, it, options.env)))(requested.format, decision);
  return { exitCode: await options.run(command, env), outcome, retried: true };
}

export function lineOf({ action, reason, suggestion }: Decision): string {
  return action === "retry-public" ? `${reason}: trying once more with the public index alone` : `${reason}. Next: ${suggestion}`;
}
