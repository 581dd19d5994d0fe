/**
 * Audits many files on several threads. A file that crashes a thread or keeps it too long is found by running its batch one by one, is reported
 * as not run, and harms no other.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Batch, BatchDone } from "./audit-worker.ts";
import type { FileAuditOptions, FileOutcome, FileTask } from "./file-audit.ts";

export interface PoolOptions {
  threads: number;
  /** How long one batch may take before its thread is given up. */
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

export interface WorkerPool {
  /** One job at a time; `onOutcome` is called for each of its tasks, in no order. */
  open(onOutcome: OnOutcome): Job;
  close(): Promise<void>;
}

export type OnOutcome = (path: string, outcome: FileOutcome) => void;

/** Files to audit, while they become known. */
export interface Job {
  add(tasks: readonly FileTask[]): void;
  /** No more will come: resolves when all are audited. Rejects with the signal's reason when aborted. */
  done(): Promise<void>;
}

const batchSize = 32;
/** Batches that wait at each thread, so that it never idles while its answer is on the way. */
const ahead = 2;

interface Thread {
  worker: Worker;
  /** Sent and not answered, oldest first. */
  pending: Batch[];
  timer?: NodeJS.Timeout;
}

/** Threads start at once, so that they are ready when the files are known. */
export function createPool(options: FileAuditOptions, { threads, patienceMs, signal }: PoolOptions): WorkerPool {
  const pool: Thread[] = [];
  let nextId = 0;
  for (let i = 0; i < threads; i++) pool.push(start());
  let job: Work | undefined;

  function start(): Thread {
    const thread: Thread = {
      worker: new Worker(workerFile(), { workerData: options, resourceLimits: { maxYoungGenerationSizeMb: 16 } }),
      pending: [],
    };
    thread.worker.on("message", (done: string) => answered(thread, JSON.parse(done)));
    thread.worker.on("error", (error) => lost(thread, `a check crashed on it: ${error.message}`));
    return thread;
  }

  function answered(thread: Thread, { id, outcomes }: BatchDone) {
    const batch = thread.pending.find((it) => it.id === id);
    thread.pending = thread.pending.filter((it) => it !== batch);
    for (const [i, outcome] of outcomes.entries()) {
      const path = batch?.tasks[i]?.path;
      if (path !== undefined) job?.onOutcome(path, outcome);
    }
    feed(thread);
  }

  /** The thread is gone; its first batch is to blame, and alone in a batch a file is. */
  function lost(thread: Thread, reason: string) {
    clearTimeout(thread.timer);
    const [guilty, ...innocent] = thread.pending;
    pool.splice(pool.indexOf(thread), 1);
    thread.worker.removeAllListeners();
    void thread.worker.terminate();
    if (!job) return;
    const [only] = guilty?.tasks ?? [];
    if (guilty?.tasks.length === 1 && only) job.onOutcome(only.path, { notRun: reason });
    else job.batches.unshift(...(guilty?.tasks ?? []).map((task) => ({ id: nextId++, tasks: [task] })));
    job.batches.unshift(...innocent);
    const replacement = start();
    pool.push(replacement);
    feed(replacement);
  }

  function feed(thread: Thread) {
    clearTimeout(thread.timer);
    if (!job) return;
    while (thread.pending.length < ahead) {
      const batch = job.batches.shift();
      if (!batch) break;
      thread.pending.push(batch);
      thread.worker.postMessage(batch);
    }
    if (thread.pending.length > 0)
      thread.timer = setTimeout(
        () => lost(thread, `its checks took longer than ${patienceMs / 1000} s; exclude it or report it`),
        patienceMs,
      );
    if (pool.every((it) => it.pending.length === 0)) job.onIdle?.();
  }

  function add(tasks: readonly FileTask[]) {
    for (let i = 0; i < tasks.length; i += batchSize) job?.batches.push({ id: nextId++, tasks: tasks.slice(i, i + batchSize) });
    for (const thread of pool) if (thread.pending.length < ahead) feed(thread);
  }

  function done(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    if (job) job.onIdle = resolve;
    for (const thread of [...pool]) feed(thread);
    return promise.finally(() => {
      job = undefined;
      signal?.removeEventListener("abort", abort);
    });
  }

  return {
    open(onOutcome) {
      job = { batches: [], onOutcome };
      return { add, done };
    },
    async close() {
      for (const { timer } of pool) clearTimeout(timer);
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Work {
  /** Still to be sent, in this order. */
  batches: Batch[];
  onOutcome: OnOutcome;
  /** Called when nothing is left to do; set once no more will come. */
  onIdle?(): void;
}

/** Beside this module: bundled into one file, or as source. */
function workerFile(): string {
  const bundled = join(import.meta.dirname, "audit-worker.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "audit-worker.ts");
}
