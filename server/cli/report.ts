/** Questions that every format asks of an audit's report. */
import { type Severity, severities } from "../engine/finding.ts";
import { nearest } from "../protocol/nearest.ts";
import type { AgentReport, AuditReport, NotRun, ReportedFinding } from "../protocol/report.ts";
import { UsageError } from "./flags.ts";

/** A group of findings: an agent's, or those of files outside any agent. */
export type Group = Pick<AgentReport, "health" | "files" | "findings" | "notRun"> & Partial<AgentReport>;

export const groupsOf = (report: AuditReport): Group[] => [...report.agents, report.outside];

export const findingsOf = (report: AuditReport): ReportedFinding[] => groupsOf(report).flatMap((it) => it.findings);

export const notRunOf = (report: AuditReport): NotRun[] => groupsOf(report).flatMap((it) => it.notRun);

const rank = (severity: Severity) => severities.indexOf(severity);

const atLeast = (severity: Severity, threshold: Severity) => rank(severity) <= rank(threshold);

/** Whether an audit passes: no finding at or above the threshold. A check that could not run weighs as much as a warning. */
export function passes(report: AuditReport, threshold: Severity): boolean {
  if (report.summary.notRun > 0 && atLeast("warning", threshold)) return false;
  return severities.every((it) => !atLeast(it, threshold) || report.summary.bySeverity[it] === 0);
}

/** The report about one agent alone. Throws a UsageError when there is none of this id. */
export function onlyAgent(report: AuditReport, id: string | undefined): AuditReport {
  if (id === undefined) return report;
  const agent = report.agents.find((it) => it.id === id) ?? noSuchAgent(id, report.agents);
  const { findings } = agent;
  const bySeverity = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) bySeverity[severity]++;
  const summary = { agents: 1, files: agent.files, findings: findings.length, bySeverity, notRun: agent.notRun.length };
  return {
    ...report,
    summary: { ...summary, durationMs: report.summary.durationMs },
    agents: [agent],
    outside: { health: "green", files: 0, findings: [], notRun: [] },
  };
}

export function noSuchAgent(id: string, agents: readonly { id: string }[]): never {
  const ids = agents.map((it) => it.id);
  const meant = nearest(id, ids);
  const hint = meant ? `did you mean ${JSON.stringify(meant)}?` : "cockpit discover lists all";
  throw new UsageError(`there is no agent ${JSON.stringify(id)} here; ${hint}`);
}

export const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 995 ? 2 : 1)} s`;
