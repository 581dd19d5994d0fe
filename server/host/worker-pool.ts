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
  /** Audits the tasks; `onOutcome` is called for each, in no order. Rejects with the signal's reason when aborted. */
  run(tasks: readonly FileTask[], onOutcome: (outcome: FileOutcome) => void): Promise<void>;
  close(): Promise<void>;
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
  for (let i = 0; i < threads; i++) pool.push(start());
  let job: Job | undefined;

  function start(): Thread {
    const thread: Thread = {
      worker: new Worker(workerFile(), { workerData: options, resourceLimits: { maxYoungGenerationSizeMb: 16 } }),
      pending: [],
    };
    thread.worker.on("message", (done: BatchDone) => answered(thread, done));
    thread.worker.on("error", (error) => lost(thread, `a check crashed on it: ${error.message}`));
    return thread;
  }

  function answered(thread: Thread, { id, outcomes }: BatchDone) {
    thread.pending = thread.pending.filter((it) => it.id !== id);
    for (const outcome of outcomes) job?.onOutcome(outcome);
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
    if (guilty?.tasks.length === 1 && only) job.onOutcome({ path: only.path, hash: "", notRun: reason });
    else for (const task of guilty?.tasks ?? []) job.batches.push({ id: job.nextId++, tasks: [task] });
    job.batches.push(...innocent);
    const replacement = start();
    pool.push(replacement);
    feed(replacement);
  }

  function feed(thread: Thread) {
    clearTimeout(thread.timer);
    if (!job) return;
    while (thread.pending.length < ahead) {
      const batch = job.batches.pop();
      if (!batch) break;
      thread.pending.push(batch);
      thread.worker.postMessage(batch);
    }
    if (thread.pending.length > 0)
      thread.timer = setTimeout(
        () => lost(thread, `its checks took longer than ${patienceMs / 1000} s; exclude it or report it`),
        patienceMs,
      );
    if (pool.every((it) => it.pending.length === 0)) job.resolve();
  }

  function run(tasks: readonly FileTask[], onOutcome: (outcome: FileOutcome) => void): Promise<void> {
    if (tasks.length === 0) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const batches = batchesOf(tasks);
    job = { batches, nextId: batches.length, onOutcome, resolve };
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    for (const thread of [...pool]) feed(thread);
    return promise.finally(() => {
      job = undefined;
      signal?.removeEventListener("abort", abort);
    });
  }

  return {
    run,
    async close() {
      for (const { timer } of pool) clearTimeout(timer);
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Job {
  /** Still to be sent; the last goes first. */
  batches: Batch[];
  nextId: number;
  onOutcome(outcome: FileOutcome): void;
  resolve(): void;
}

function batchesOf(tasks: readonly FileTask[]): Batch[] {
  const batches: Batch[] = [];
  for (let i = 0; i < tasks.length; i += batchSize) batches.push({ id: batches.length, tasks: tasks.slice(i, i + batchSize) });
  return batches.reverse();
}

/** Beside this module: bundled into one file, or as source. */
function workerFile(): string {
  const bundled = join(import.meta.dirname, "audit-worker.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "audit-worker.ts");
}
