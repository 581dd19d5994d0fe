/** How every configured index is, where packages are, and what would become of them if an index locked out. */
import type { Format, Tool } from "../../protocol/auth.ts";
import { credentialsFor } from "../credentials.ts";
import { configuredIndexes } from "../indexes/configured.ts";
import type { PackageIndex } from "../package-index.ts";
import { type PackageState, type Probe, probeAs } from "../probe.ts";
import { canRetry, type Decision, decide, type Requested } from "./decide.ts";
import { knownPublic, type LockedPin } from "./known-public.ts";
import { canonical, type Environment, isEverybodys, isPublicOrigin, type RetryFormat } from "./names.ts";
import { verdictOf } from "./observe.ts";
import { requestedIn } from "./requested.ts";

export interface CheckOptions {
  /** Whose configuration counts. */
  folder: string;
  /** Folders whose dependencies count when no package is named. */
  agents: readonly string[];
  /** `npm:NAME` for one of npm. */
  packages: readonly string[];
  listed: readonly string[];
  env: Environment;
  signal?: AbortSignal;
}

export interface CheckedPackage {
  name: string;
  format: RetryFormat;
  /** Why it is known to be public; absent when it is not. */
  public?: string;
  at: { tool: Tool; index: string; state: PackageState }[];
  /** What a command that needs it alone would do. */
  onLockOut: "retry-public" | "stop";
}

export interface RegistryCheck {
  indexes: Probe[];
  packages: CheckedPackage[];
  /** What a command that needs all of them would do now. */
  decisions: { tool: Tool; decision: Decision }[];
}

/** Rejects with the signal's reason when aborted. */
export async function checkRegistries(options: CheckOptions): Promise<RegistryCheck> {
  const { folder, env, listed, signal } = options;
  const [indexes, wanted] = await Promise.all([configuredIndexes(folder, env), wantedBy(options)]);
  const known = new Map(wanted.map(({ format, names, pins }) => [format, knownPublic(names, format, { listed, pins, env })]));
  const credentials = await credentialsFor(indexes, signal);
  const probes = await Promise.all(
    indexes.map((index) => {
      const packages = sendable(index, wanted, known, env);
      return probeAs(credentials, index, { packages, env, timeoutMs: 10_000, ...(signal ? { signal } : {}) });
    }),
  );
  return {
    indexes: probes,
    packages: wanted.flatMap((it) => it.names.map((name) => packageOf(name, it.format, probes, known.get(it.format)))),
    decisions: wanted.flatMap((it) => decisionsFor(it, probes, known.get(it.format) ?? new Map(), env)),
  };
}

interface Wanted extends Requested {
  format: RetryFormat;
  pins: readonly LockedPin[];
}

async function wantedBy({ agents, packages, folder, env }: CheckOptions): Promise<Wanted[]> {
  const folders = [...new Set([folder, ...agents])];
  const found = await Promise.all(
    (["uv", "npm"] as const).map(async (tool) => together(await Promise.all(folders.map((it) => requestedIn(it, tool, env))))),
  );
  const named = packages.map((it) => /^(?:(npm|pypi):)?(.*)$/.exec(it) ?? []);
  return (["pypi", "npm"] as const).map((format, i) => {
    const own = found[i] ?? { names: [], pins: [] };
    if (packages.length === 0) return { ...own, format, names: withOwn(own.names) };
    const names = named.flatMap(([, only = "pypi", name = ""]) => (only === format && name !== "" ? [canonical(name, format)] : []));
    return { format, names, pins: own.pins };
  });
}

const withOwn = (names: readonly string[]) => [...new Set(["agentops-cockpit", ...names])];

function together(all: readonly Omit<Wanted, "format">[]) {
  const unclear = all.flatMap((it) => it.unclear ?? []);
  return {
    names: [...new Set(all.flatMap((it) => it.names))].sort(),
    pins: all.flatMap((it) => it.pins),
    ...(unclear.length > 0 ? { unclear: unclear.join("; ") } : {}),
  };
}

/** To a public index go only names that are known to be public. */
function sendable(
  index: PackageIndex,
  wanted: readonly Wanted[],
  known: ReadonlyMap<Format, ReadonlyMap<string, string>>,
  env: Environment,
): string[] {
  const names = wanted.filter((it) => it.format === index.format).flatMap((it) => it.names);
  const own = names.filter((it) => index.scope === undefined || it.startsWith(`${index.scope}/`));
  return isEverybodys(index.url, env) ? own.filter((it) => known.get(index.format)?.has(it)) : own;
}

function packageOf(
  name: string,
  format: RetryFormat,
  probes: readonly Probe[],
  known: ReadonlyMap<string, string> | undefined,
): CheckedPackage {
  const why = known?.get(name);
  const at = probes.flatMap(({ index, packages }) => {
    const state = packages[name];
    return index.format === format && state !== undefined ? [{ tool: index.tool, index: index.name, state }] : [];
  });
  return { name, format, ...(why === undefined ? {} : { public: why }), at, onLockOut: why === undefined ? "stop" : "retry-public" };
}

function decisionsFor(requested: Wanted, probes: readonly Probe[], known: ReadonlyMap<string, string>, env: Environment) {
  const tools = new Set(probes.filter(({ index }) => index.format === requested.format).map(({ index }) => index.tool));
  if (!canRetry(requested.format) || requested.names.length === 0) return [];
  return [...tools].map((tool) => ({
    tool,
    decision: decide({
      indexes: probes.filter(({ index }) => index.tool === tool).map(verdictOf),
      requested,
      known,
      isPublic: (url) => isPublicOrigin(url, requested.format, env),
    }),
  }));
}
