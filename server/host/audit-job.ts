/** Audits files as they become known: a few on this thread, more than a few on several. */
import { createFileAuditor, type FileAuditOptions, type FileAuditor, type FileTask } from "./file-audit.ts";
import { createPool, type Job, type OnOutcome, type WorkerPool } from "./worker-pool.ts";

export interface JobRunner {
  /** One job at a time; `onOutcome` is called for each of its tasks, in no order. */
  open(onOutcome: OnOutcome): Job;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** `threads` 0 audits on this thread alone. */
export function createJobRunner(options: FileAuditOptions, threads: number, signal: AbortSignal | undefined): JobRunner {
  let pool: WorkerPool | undefined;
  let auditor: Promise<FileAuditor> | undefined;

  async function here(tasks: readonly FileTask[], onOutcome: OnOutcome) {
    for (const task of tasks) {
      signal?.throwIfAborted();
      auditor ??= createFileAuditor(options);
      onOutcome(task.path, await (await auditor)(task));
    }
  }

  return {
    open(onOutcome) {
      const few: FileTask[] = [];
      let many: Job | undefined;
      return {
        add(tasks) {
          if (many) return many.add(tasks);
          few.push(...tasks);
          if (threads === 0 || few.length <= fewFiles) return;
          pool ??= createPool(options, { threads, patienceMs, signal });
          many = pool.open(onOutcome);
          many.add(few);
        },
        done: () => (many ? many.done() : here(few, onOutcome)),
      };
    },
    close: async () => pool?.close(),
  };
}

/** So many are sooner done here than handed over. */
const fewFiles = 64;

/** How long a batch may keep a thread. */
const patienceMs = 10_000;
