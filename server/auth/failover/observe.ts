/** What the indexes of a command say while it runs, and what is decided of it. */
import { setTimeout } from "node:timers/promises";
import type { PackageIndex } from "../package-index.ts";
import { type Probe, probeAs } from "../probe.ts";
import { type Decision, decide, locksOut } from "./decide.ts";
import { knownPublic } from "./known-public.ts";
import { isEverybodys, isPublicOrigin } from "./names.ts";
import { type RequestedBy, requestedBy } from "./requested.ts";
import type { Outcome, WatchOptions } from "./watch.ts";

/** Known as soon as an index locks out; else when all have answered. */
export async function observe(indexes: readonly PackageIndex[], command: readonly string[], options: WatchOptions): Promise<Outcome> {
  const requested = await requestedBy(command, options.folder, options.env);
  // The command may have ended meanwhile, unheard: what asks over the network takes as long to load as many a command runs.
  await setTimeout(5, undefined, options.signal ? { signal: options.signal } : {});
  const known = knownIn(requested, options);
  const asked = indexes.filter((it) => concerns(it, requested));
  const probes: Probe[] = [];
  const decideNow = (): Decision =>
    decide({ indexes: probes.map(verdictOf), requested, known, isPublic: (url) => isPublicOrigin(url, requested.format, options.env) });
  const running = asked.map(async (index) => {
    const seen = await probeAs(options.credentials, index, probeOptions(index, requested, known, options));
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
  const sent = isEverybodys(index.url, options.env) ? own.filter((it) => known.has(it)) : own;
  const { signal, timeoutMs, env } = options;
  return { packages: sent.slice(0, 4), env, ...(signal ? { signal } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

export const verdictOf = ({ index, verdict, detail, next }: Probe) => ({ name: index.name, url: index.url, verdict, detail, next });
