/** `cockpit audit --record`: what an audit found, as evidence. A record holds counts and the report's digest: findings are in the report, which whoever keeps it can prove to be the one that was recorded. */
import { hash } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { dirname, relative } from "node:path";
import { messageOf } from "../protocol/message-of.ts";
import type { AgentReport, AuditReport } from "../protocol/report.ts";
import { openLakeFile } from "../telemetry/lake/lake-file.ts";
import { cockpitFolder, lakeFileIn, makeLakeFolder } from "../telemetry/workspace.ts";
import { UsageError } from "./flags.ts";
import { type Session, shownPath } from "./session.ts";

export async function recordAudit(report: AuditReport, { target, isFile }: Session): Promise<void> {
  const cockpit = cockpitFolder(isFile ? dirname(target) : target);
  const file = lakeFileIn(cockpit);
  const by = `${userInfo().username}@${hostname()}`;
  const body = { kind: "audit", target: relative(dirname(cockpit), target) || ".", by, ...summaryOf(report) };
  try {
    await makeLakeFolder(cockpit);
    const lake = openLakeFile(file);
    lake.write({ cells: [], evidence: [{ time: Date.now(), kind: "finding", body }], state: {} });
    lake.close();
  } catch (error) {
    throw new UsageError(`the audit was not recorded: ${shownPath(file)}: ${messageOf(error)}`);
  }
}

/** `digest`: SHA-256 of `JSON.stringify({ agents, outside })` of the report. */
function summaryOf({ summary: { bySeverity, notRun }, agents, outside }: AuditReport) {
  const digest = hash("sha256", JSON.stringify({ agents, outside }));
  return { bySeverity, notRun, agents: agents.map((it) => ({ id: it.id, ...countsOf(it) })), outside: countsOf(outside), digest };
}

function countsOf({ health, findings, notRun }: Pick<AgentReport, "health" | "findings" | "notRun">) {
  const byRule: Record<string, number> = {};
  for (const { rule } of findings) byRule[rule] = (byRule[rule] ?? 0) + 1;
  return { health, findings: byRule, notRun: notRun.length };
}
