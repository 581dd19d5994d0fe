/**
 * Workflow commands that annotate a pull request:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
 */
import type { Severity } from "../../engine/finding.ts";
import type { AuditReport, ReportedFinding } from "../../protocol/report.ts";
import { findingsOf, notRunOf } from "../report.ts";

/** `shown` gives a path relative to the root of the repository. */
export function githubReport(report: AuditReport, shown: (file: string) => string): string {
  const findings = findingsOf(report).map((it) =>
    command(commands[it.severity], { file: shown(it.file), ...region(it), title: it.rule }, it.message),
  );
  const notRun = notRunOf(report).map(({ file, reason }) => command("warning", { file: shown(file), title: "not run" }, reason));
  return [...findings, ...notRun].join("");
}

const commands: Record<Severity, string> = { error: "error", warning: "warning", info: "notice" };

/** Columns are for findings on one line: GitHub rejects them on others. */
function region({ start, end }: ReportedFinding): Record<string, number> {
  const lines = { line: start.line, endLine: end.line };
  return start.line === end.line ? { ...lines, col: start.column, endColumn: end.column } : lines;
}

function command(name: string, properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name} ${list.join(",")}::${escapeData(message)}\n`;
}

const escapeData = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string) => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
