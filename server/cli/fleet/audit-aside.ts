/** An audit in a process of its own, for a command that must not wait for one. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { AuditedAgent } from "../../fleet/model/fleet-row.ts";
import { auditedOf } from "../format/audit-document.ts";

/** The agents of a folder with their findings. Rejects when there is no report, also because `signal` ended it. */
export async function auditAside(folder: string, signal: AbortSignal): Promise<AuditedAgent[]> {
  const [, command = ""] = process.argv;
  const args = [...process.execArgv, command, "audit", "--format", "json", "--quiet", "--target", folder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], signal });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  const [report, complaint] = await Promise.race([Promise.all([text(child.stdout), text(child.stderr)]), failed]);
  if (report === "") throw new Error(complaint.trim().replace(/^cockpit: /, "") || "the audit was ended");
  return auditedOf(JSON.parse(report));
}
