/** What an audit reports: the shape behind `--format json`, SARIF, the editor's tree and the audit cache. */
import type { Agent } from "../engine/discovery/agent.ts";
import type { FixSafety, Severity } from "../engine/finding.ts";
import type { Health } from "../fleet/model/fleet-row.ts";

/** A place in a file: 1-based line and column in UTF-16 units, and the UTF-16 offset they stand for. */
export interface Position {
  line: number;
  column: number;
  offset: number;
}

export interface ReportedEdit {
  start: Position;
  end: Position;
  text: string;
  /** Other fixes of the file may have the same insertion; it is made once. */
  shared?: true;
}

export interface ReportedFinding {
  rule: string;
  severity: Severity;
  message: string;
  /** Relative to the audited target, `/`-separated. */
  file: string;
  start: Position;
  end: Position;
  /** `runtime`: path, like `file`, of the cockpit runtime that the edits import; `cockpit fix` creates it with its data and dependencies where it is missing. */
  fix: null | { title: string; safety: FixSafety; edits: ReportedEdit[]; runtime?: string };
}

/** A check that could not run. It never counts as passed. */
export interface NotRun {
  file: string;
  /** What happened and what to do about it, one sentence. */
  reason: string;
}

export interface AgentReport extends Agent {
  health: Health;
  files: number;
  findings: ReportedFinding[];
  notRun: NotRun[];
}

export interface AuditReport {
  version: 1;
  /** Absolute path of the audited file or folder. */
  target: string;
  summary: {
    agents: number;
    files: number;
    findings: number;
    bySeverity: Record<Severity, number>;
    notRun: number;
    durationMs: number;
  };
  agents: AgentReport[];
  /** Findings in files that belong to no agent. */
  outside: Pick<AgentReport, "health" | "files" | "findings" | "notRun">;
}
