/** One line a finding, as compilers print them. */
import type { AuditReport } from "../../protocol/report.ts";
import { findingsOf, notRunOf } from "../report.ts";

export function compactReport(report: AuditReport, shown: (file: string) => string): string {
  const findings = findingsOf(report).map(
    ({ file, start, severity, rule, message }) => `${shown(file)}:${start.line}:${start.column}: ${severity} ${rule} ${oneLine(message)}\n`,
  );
  const notRun = notRunOf(report).map(({ file, reason }) => `${shown(file)}: not run: ${oneLine(reason)}\n`);
  return [...findings, ...notRun].join("");
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, " ");
