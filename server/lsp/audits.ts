/** What the last audit of each workspace folder found, and when the next one runs. One audit of a folder at a time. */
import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { WorkspaceFacts } from "../engine/workspace.ts";
import { plural } from "../fleet/model/plural.ts";
import type { AuditReport, ReportedFinding } from "../protocol/report.ts";
import type { ClientSupport } from "./client-support.ts";
import type { Folder } from "./folders.ts";
import type { Log } from "./log.ts";
import { openProgress } from "./progress.ts";
import { runAudit } from "./run-audit.ts";

export interface FolderAudit {
  report: AuditReport;
  /** By path relative to the folder; only files that have findings. */
  byFile: ReadonlyMap<string, readonly ReportedFinding[]>;
  workspace: ReadonlyMap<string, WorkspaceFacts>;
}

export interface Audits {
  of(folder: Folder): FolderAudit | undefined;
  /** True from the start until the first audit has ended, and whenever another one is scheduled or under way. */
  readonly isRunning: boolean;
  /** Audits the folder soon and quietly; many calls in a short time make one audit. */
  schedule(folder: Folder): void;
  /** Audits now, with progress. Resolves when all are done; a cancelled one leaves what was known before. */
  run(folders: readonly Folder[], token?: CancellationToken): Promise<void>;
  /** Resolves when none is running in the sense of `isRunning`. */
  idle(): Promise<void>;
  forget(folder: Folder): void;
  stop(): void;
}

export interface AuditsOptions {
  connection: Connection;
  support: ClientSupport;
  log: Log;
  /** Told when an audit starts and when it ends, with what it found unless it was cancelled or failed. */
  onStart(folder: Folder): void;
  onEnd(folder: Folder, before: FolderAudit | undefined): void;
  /** Told when all audits of a `run` have ended. */
  onRunEnd(): void;
}

interface Running {
  controller: AbortController;
  promise: Promise<void>;
}

const soonMs = 300;

export function createAudits({ connection, support, log, onStart, onEnd, onRunEnd }: AuditsOptions): Audits {
  const latest = new Map<Folder, FolderAudit>();
  const running = new Map<Folder, Running>();
  const scheduled = new Map<Folder, NodeJS.Timeout>();
  const first = Promise.withResolvers<void>();
  let hasRun = false;
  let runs = 0;

  async function audit(folder: Folder, { signal }: AbortController, onProgress: (done: number, total: number) => void) {
    const before = latest.get(folder);
    try {
      const { report, workspace } = await runAudit({
        target: folder.path,
        config: folder.config,
        signal,
        onProgress: ({ done, total }) => onProgress(done, total),
        onWarning: (message) => log.warn(message),
      });
      latest.set(folder, { report, byFile: byFile(report), workspace });
    } catch (error) {
      if (!signal.aborted) log.error(`${folder.path} was not audited`, error);
    } finally {
      running.delete(folder);
      onEnd(folder, before);
    }
  }

  /** Replaces an audit that is under way: what it was about has changed. */
  async function start(folder: Folder, onProgress: (done: number, total: number) => void = () => {}, token?: CancellationToken) {
    clearTimeout(scheduled.get(folder));
    scheduled.delete(folder);
    for (let old = running.get(folder); old; old = running.get(folder)) {
      old.controller.abort();
      await old.promise;
    }
    const controller = new AbortController();
    const listener = token?.onCancellationRequested(() => controller.abort());
    const promise = audit(folder, controller, onProgress).finally(() => listener?.dispose());
    running.set(folder, { controller, promise });
    onStart(folder);
    await promise;
  }

  async function startAll(folders: readonly Folder[], token: CancellationToken | undefined) {
    const progress = await openProgress(connection, support, "Auditing agents", token);
    try {
      for (const folder of folders)
        await start(
          folder,
          (done, total) => progress.report(`${done.toLocaleString("en-US")} of ${plural(total, "file")}`, done / total),
          progress.token,
        );
    } finally {
      progress.done();
    }
  }

  const isRunning = () => !hasRun || runs > 0 || running.size > 0 || scheduled.size > 0;

  async function idle(): Promise<void> {
    await first.promise;
    while (isRunning()) {
      await Promise.all([...running.values()].map((it) => it.promise));
      if (isRunning()) await new Promise((resolve) => setTimeout(resolve, soonMs / 10));
    }
  }

  function schedule(folder: Folder) {
    clearTimeout(scheduled.get(folder));
    const begin = () => {
      // One that is under way may have read what changed before it changed: another one follows.
      if (running.has(folder)) schedule(folder);
      else void start(folder);
    };
    scheduled.set(folder, setTimeout(begin, soonMs));
  }

  return {
    of: (folder) => latest.get(folder),
    get isRunning() {
      return isRunning();
    },
    schedule,
    idle,
    async run(folders, token) {
      runs++;
      try {
        await startAll(folders, token);
      } finally {
        runs--;
        hasRun = true;
        first.resolve();
        onRunEnd();
      }
    },
    forget(folder) {
      clearTimeout(scheduled.get(folder));
      scheduled.delete(folder);
      running.get(folder)?.controller.abort();
      latest.delete(folder);
    },
    stop() {
      for (const timer of scheduled.values()) clearTimeout(timer);
      scheduled.clear();
      for (const { controller } of running.values()) controller.abort();
    },
  };
}

function byFile({ agents, outside }: AuditReport): Map<string, ReportedFinding[]> {
  return Map.groupBy([...agents.flatMap((it) => it.findings), ...outside.findings], ({ file }) => file);
}
