/** A thread that audits one folder, so that walking and reading a large workspace never keeps the editor waiting. */
import { parentPort, workerData } from "node:worker_threads";
import { type AuditOptions, auditWorkspace, type WorkspaceAudit } from "../host/audit.ts";
import { messageOf } from "../protocol/message-of.ts";

/** What the thread is started with. */
export type ThreadOptions = Pick<AuditOptions, "target" | "config">;

/** What of an audit can cross threads. */
export type ThreadAudit = Pick<WorkspaceAudit, "report" | "workspace">;

/** What the thread says; the last message is `done` or `failed`. */
export type ThreadMessage =
  | { kind: "progress"; done: number; total: number }
  | { kind: "warning"; text: string }
  | { kind: "done"; audit: ThreadAudit }
  | { kind: "failed"; message: string };

const { target, config }: ThreadOptions = workerData;
const say = (message: ThreadMessage) => parentPort?.postMessage(message);

try {
  const { report, workspace } = await auditWorkspace({
    target,
    config,
    onProgress: ({ done, total }) => say({ kind: "progress", done, total }),
    onWarning: (text) => say({ kind: "warning", text }),
  });
  say({ kind: "done", audit: { report, workspace } });
} catch (error) {
  say({ kind: "failed", message: messageOf(error) });
}
