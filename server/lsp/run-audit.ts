/** Audits a folder in a thread of its own. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { AuditOptions } from "../host/audit.ts";
import type { ThreadAudit, ThreadMessage, ThreadOptions } from "./audit-thread.ts";

export type RunOptions = ThreadOptions & Pick<AuditOptions, "onProgress" | "onWarning"> & { signal: AbortSignal };

/** Rejects with the signal's reason when aborted, and with an Error when the folder cannot be audited. */
export async function runAudit({ target, config, onProgress, onWarning, signal }: RunOptions): Promise<ThreadAudit> {
  const { promise, resolve, reject } = Promise.withResolvers<ThreadAudit>();
  signal.throwIfAborted();
  const worker = new Worker(threadFile(), { workerData: { target, config } satisfies ThreadOptions });
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  worker.on("message", (message: ThreadMessage) => {
    if (message.kind === "progress") onProgress?.(message);
    if (message.kind === "warning") onWarning?.(message.text);
    if (message.kind === "failed") reject(new Error(message.message));
    if (message.kind === "done") resolve(message.audit);
  });
  worker.on("error", reject);
  worker.on("exit", (code) => reject(new Error(`the audit's thread ended with code ${code}`)));
  return promise.finally(() => {
    signal.removeEventListener("abort", abort);
    worker.removeAllListeners();
    void worker.terminate();
  });
}

/** Beside this module: bundled into one file, or as source. */
function threadFile(): string {
  const bundled = join(import.meta.dirname, "audit-thread.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "audit-thread.ts");
}
