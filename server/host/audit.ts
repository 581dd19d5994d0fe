/** The audit of a file or a folder: walk, byte tests, rules on several threads, what files say about one another, and the report by agent. */
import { hash } from "node:crypto";
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, sep } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { Agent } from "../engine/discovery/agent.ts";
import { agentFinder } from "../engine/discovery/discovery.ts";
import { rules } from "../engine/rules/index.ts";
import { aloneInTheWorld, type FileSummary, type KnownOfPaths, link, type WorkspaceFacts } from "../engine/workspace.ts";
import type { CockpitConfig } from "../protocol/config.ts";
import type { AuditReport } from "../protocol/report.ts";
import { type AuditCache, type CacheEntry, noCache, openCache, type Signature, unknownSignature } from "./audit-cache.ts";
import { createJobRunner, type JobRunner } from "./audit-job.ts";
import { type AuditProgress, type AuditTracker, createTracker } from "./audit-progress.ts";
import { assembleReport } from "./audit-report.ts";
import { withheldMessage } from "./engine.ts";
import type { FileAuditOptions, FileOutcome, FileTask } from "./file-audit.ts";
import { agentsIn, emptyListing, findSources } from "./listing.ts";
import { runtimePlaces } from "./runtime-places.ts";
import { isInstrumentedAround } from "./surroundings.ts";

export interface AuditOptions {
  /** Absolute path of a file or folder. */
  target: string;
  config: CockpitConfig;
  /** Only these rules; all when absent. */
  only?: ReadonlySet<string>;
  /** Use and keep results in the user's cache folder. Default: true. */
  cache?: boolean;
  /** Threads; 0 audits on this one. Default: by the number of files. */
  workers?: number;
  onProgress?(progress: { done: number; total: number }): void;
  /** Called once, with what can be asked while the audit runs. */
  onStart?(progress: AuditProgress): void;
  /** Told, in a sentence, of what went wrong without harm to the report: a fix withheld, a cache that could not be written. */
  onWarning?(message: string): void;
  signal?: AbortSignal;
}

export interface WorkspaceAudit {
  report: AuditReport;
  /** What each file concerned should know of its neighbours, by path. */
  workspace: ReadonlyMap<string, WorkspaceFacts>;
  /** SHA-1 of the bytes that a file's findings are about. */
  hashOf(path: string): string | undefined;
}

/** Rejects with the signal's reason when aborted, and with an Error when the target cannot be read. Writes nothing into the target. */
export async function auditWorkspace(options: AuditOptions): Promise<WorkspaceAudit> {
  const started = performance.now();
  const { target, config, only, signal } = options;
  const isFile = statSync(target).isFile();
  const root = isFile ? dirname(target) : target;
  const fileOptions: FileAuditOptions = { root, config, ...(only ? { only } : {}) };
  const runner = createJobRunner(fileOptions, options.workers ?? availableParallelism(), signal);
  try {
    const cache = options.cache === false || isFile ? noCache : openCache(root, cacheKey(fileOptions));
    const listing = emptyListing();
    const tracker = options.onStart && createTracker(listing, basename(root));
    if (tracker) options.onStart?.(tracker);
    if (isFile) listing.sources.push(basename(target));
    const sources = isFile ? listing.sources : findSources(root, { ...config, list: cache.list }, listing);
    const entries = await auditFiles(sources, { root, cache, runner, signal, tracker, onProgress: options.onProgress });
    const agents = agentsIn(root, listing, new Map([...entries].map(([path, it]) => [path, it.outcome.signals])));
    tracker?.name(agents);
    const isInstrumented = isFile ? await instrumentedAround(entries, options) : instrumentedBy(entries, agents);
    const workspace = await auditLinked(entries, { isInstrumented, runtimePlace: await runtimePlaces(root) }, { runner, tracker });
    signal?.throwIfAborted();
    // What the threads hold is given back before the cache is put together.
    await runner.close();
    const unsaved = await cache.save(entries);
    if (unsaved) options.onWarning?.(`the next audit will be slower, as its cache could not be written: ${unsaved.message}`);
    for (const [path, { outcome }] of entries) for (const rule of outcome.withheld ?? []) options.onWarning?.(withheldMessage(rule, path));
    const report = assembleReport({ target, agents, listing, entries, durationMs: performance.now() - started });
    return { report, workspace, hashOf: (path) => (entries.get(path)?.linked ?? entries.get(path))?.outcome.hash };
  } finally {
    await runner.close();
  }
}

/** Everything but the files that outcomes depend on. */
const cacheKey = ({ config, only }: FileAuditOptions) =>
  hash("sha1", JSON.stringify([manifest.version, buildId(), rules.map(({ meta }) => meta), config, only ? [...only].sort() : null]));

/** When this code was built: outcomes of another build do not count. */
const buildId = () => statSync(import.meta.filename).mtimeMs;

interface Pass {
  root: string;
  cache: AuditCache;
  runner: JobRunner;
  signal: AbortSignal | undefined;
  tracker: AuditTracker | undefined;
  onProgress: AuditOptions["onProgress"] | undefined;
}

/** Every file by itself, or as the cache remembers it. */
async function auditFiles(sources: Iterable<string>, pass: Pass): Promise<Map<string, CacheEntry>> {
  const { root, cache, runner, signal, tracker, onProgress } = pass;
  const entries = new Map<string, CacheEntry>();
  const signatures = new Map<string, Signature>();
  const base = root.endsWith(sep) ? root : root + sep;
  // Known once all files are found; until then there is no progress to speak of.
  let total: number | undefined;
  const keep = (path: string, entry: CacheEntry) => {
    entries.set(path, entry);
    tracker?.checked(path, entry);
  };
  const job = runner.open((path, outcome) => {
    const signature = signatures.get(path) ?? unknownSignature;
    const before = outcome.unchanged ? cache.get(path) : undefined;
    keep(path, before ? { ...before, signature } : { signature, outcome });
    if (total !== undefined && (entries.size % 100 === 0 || entries.size === total)) onProgress?.({ done: entries.size, total });
  });
  let found = 0;
  let tasks: FileTask[] = [];
  for (const path of sources) {
    tracker?.found(path);
    const signature = cache.signatureOf(base + path);
    const entry = cache.get(path);
    if (entry && cache.isFresh(entry, signature)) keep(path, entry);
    else {
      signatures.set(path, signature);
      tasks.push({ path, ...(entry?.outcome.hash ? { known: entry.outcome.hash } : {}) });
    }
    if (++found % 256 > 0) continue;
    job.add(tasks);
    tasks = [];
    // Lets threads answer and get more to do while the walk goes on.
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  job.add(tasks);
  total = found;
  onProgress?.({ done: entries.size, total });
  await job.done();
  return entries;
}

/** Files that others have something to say about, once more with that. */
async function auditLinked(
  entries: Map<string, CacheEntry>,
  known: KnownOfPaths,
  { runner, tracker }: Pick<Pass, "runner" | "tracker">,
): Promise<Map<string, WorkspaceFacts>> {
  const summaries = new Map<string, FileSummary>();
  for (const [path, { outcome }] of entries) if (outcome.summary) summaries.set(path, outcome.summary);
  const workspace = link(summaries, known);
  const keys = new Map<string, string>();
  const tasks: FileTask[] = [];
  for (const [path, { linked, ...alone }] of entries) {
    const facts = workspace.get(path) ?? aloneInTheWorld;
    if (isAsExpected(facts, alone.outcome)) {
      // What a file's neighbours said once counts no longer when they have nothing to say.
      if (linked) {
        entries.set(path, alone);
        tracker?.linking(path);
        tracker?.linked(path, linked.outcome, alone.outcome);
      }
      continue;
    }
    const key = hash("sha1", JSON.stringify(facts, plainCollections));
    if (linked?.key === key) continue;
    keys.set(path, key);
    tracker?.linking(path);
    tasks.push({ path, workspace: facts });
  }
  const job = runner.open((path, outcome) => {
    const entry = entries.get(path);
    if (!entry) return;
    entries.set(path, { ...entry, linked: { key: keys.get(path) ?? "", outcome } });
    tracker?.linked(path, (entry.linked ?? entry).outcome, outcome);
  });
  job.add(tasks);
  await job.done();
  return workspace;
}

/** Whether the file was audited with what is said of it now. */
const isAsExpected = ({ instrumented, surfaceComponents, surfaceIds, runtime }: WorkspaceFacts, outcome: FileOutcome) =>
  !instrumented &&
  surfaceComponents.size + surfaceIds.size === 0 &&
  runtime?.path === outcome.runtime?.path &&
  runtime?.specifier === outcome.runtime?.specifier;

/** Says it of a file that is audited by itself; most have no use for the answer. */
async function instrumentedAround(entries: ReadonlyMap<string, CacheEntry>, options: AuditOptions): Promise<() => boolean> {
  const isAsked = [...entries.values()].some(({ outcome }) => outcome.summary?.clientModules);
  const answer = isAsked && (await isInstrumentedAround(options));
  return () => answer;
}

/** Says of a path whether some file of its agent (or, outside agents, some file outside) turns tracing on. */
function instrumentedBy(entries: ReadonlyMap<string, CacheEntry>, agents: readonly Agent[]): (path: string) => boolean {
  const agentAt = agentFinder(agents);
  const instrumented = new Set<string | undefined>();
  for (const [path, { outcome }] of entries) if (outcome.signals?.instruments) instrumented.add(agentAt(path)?.id);
  return (path) => instrumented.has(agentAt(path)?.id);
}

/** Maps and sets as arrays in JSON. */
const plainCollections = (_: string, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value);
