/** Findings as LSP diagnostics. */
import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver/node";
import type { Finding, FixSafety, Severity } from "../engine/finding.ts";
import type { FileProblem } from "../host/json-places.ts";
import type { Position, ReportedFinding } from "../protocol/report.ts";
import type { ClientSupport } from "./client-support.ts";
import type { Lines } from "./lines.ts";
import { rulePage } from "./rule-pages.ts";

/** What a diagnostic carries for whoever reads it by program. */
export interface DiagnosticData {
  rule: string;
  fix: { title: string; safety: FixSafety } | null;
}

const source = "cockpit";

export const findingDiagnostic = (finding: Finding, lines: Lines, support: ClientSupport): Diagnostic =>
  diagnostic(finding, lines.rangeOf(finding), support);

export const reportedDiagnostic = (finding: ReportedFinding, support: ClientSupport): Diagnostic =>
  diagnostic(finding, { start: lspPosition(finding.start), end: lspPosition(finding.end) }, support);

/** What is wrong with a `cockpit.json`. */
export const problemDiagnostic = ({ message, start, end }: FileProblem, lines: Lines): Diagnostic => ({
  range: lines.rangeOf({ start, end }),
  severity: DiagnosticSeverity.Error,
  source,
  message,
});

type Told = Pick<Finding, "rule" | "severity" | "message"> & { fix?: { title: string; safety: FixSafety } | null };

function diagnostic({ rule, severity, message, fix }: Told, range: Range, support: ClientSupport): Diagnostic {
  const page = support.codeDescription ? rulePage(rule) : undefined;
  const data: DiagnosticData = { rule, fix: fix ? { title: fix.title, safety: fix.safety } : null };
  return {
    range,
    severity: severityOf[severity],
    code: rule,
    ...(page === undefined ? {} : { codeDescription: { href: page } }),
    source,
    message,
    ...(support.diagnosticData ? { data } : {}),
  };
}

const severityOf: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

const lspPosition = ({ line, column }: Position) => ({ line: line - 1, character: column - 1 });
