/** One thread of an audit: gets batches of files, answers each batch with its outcomes. */
import { parentPort, workerData } from "node:worker_threads";
import { createFileAuditor, type FileAuditOptions, type FileOutcome, type FileTask } from "./file-audit.ts";

export interface Batch {
  id: number;
  tasks: FileTask[];
}

/** Crosses threads as JSON: many small objects are sooner written as text than cloned. */
export interface BatchDone {
  id: number;
  /** In the order of the batch's tasks. */
  outcomes: FileOutcome[];
}

const options: FileAuditOptions = workerData;
const auditor = createFileAuditor(options);

parentPort?.on("message", async ({ id, tasks }: Batch) => {
  const audit = await auditor;
  const outcomes: FileOutcome[] = [];
  for (const task of tasks) outcomes.push(await audit(task));
  parentPort?.postMessage(JSON.stringify({ id, outcomes } satisfies BatchDone));
});
