/** A small report with everything in it: errors, warnings, fixes, suggestions, findings outside agents and a check that did not run. */
import type { AuditReport, Position, ReportedFinding } from "../../server/protocol/report.ts";

export const exampleSources: Readonly<Record<string, string>> = {
  "billing/agent.py": 'import x\nif x: run("€")\nclient = OpenAI()\n',
  "search/ui, 50%.tsx": "<Surface/>\n",
  "tool.py": "if a: b\n",
};

const at = (line: number, column: number): Position => ({ line, column, offset: 100 * line + column });

export const exampleLine = async (file: string, line: number) => exampleSources[file]?.split("\n")[line - 1];

const findings = {
  client: finding(
    "untracked-client",
    "error",
    "billing/agent.py",
    at(3, 10),
    at(3, 18),
    "OpenAI() is not traced\n100% of its calls are lost",
    null,
  ),
  oneLiner: finding("E701", "warning", "billing/agent.py", at(2, 5), at(2, 6), "Several statements on one line", {
    title: "Put the body on its own line",
    safety: "safe",
    edits: [{ start: at(2, 6), end: at(2, 7), text: "\n    " }],
  }),
  surface: finding("missing-surface-id", "warning", "search/ui, 50%.tsx", at(1, 2), at(1, 9), "Surface needs a surfaceId", {
    title: 'Add surfaceId="ui"',
    safety: "suggestion",
    edits: [{ start: at(1, 9), end: at(1, 9), text: ' surfaceId="ui"' }],
  }),
  outside: finding("E701", "info", "tool.py", at(1, 5), at(1, 6), "Several statements on one line", null),
};

export const exampleReport: AuditReport = {
  version: 1,
  target: "/fleet",
  summary: { agents: 3, files: 5, findings: 4, bySeverity: { error: 1, warning: 2, info: 1 }, notRun: 1, durationMs: 1234 },
  agents: [
    {
      id: "billing",
      root: "billing",
      language: "python",
      frameworks: ["openai"],
      entryPoints: ["agent.py"],
      owners: [],
      health: "critical",
      files: 2,
      findings: [findings.oneLiner, findings.client],
      notRun: [{ file: "billing/huge.py", reason: "it is larger than 4 MiB" }],
    },
    {
      id: "calm",
      root: "calm",
      language: "go",
      frameworks: [],
      entryPoints: [],
      owners: [],
      health: "green",
      files: 1,
      findings: [],
      notRun: [],
    },
    {
      id: "search",
      root: "search",
      language: "tsx",
      frameworks: [],
      entryPoints: [],
      owners: [],
      health: "warning",
      files: 1,
      findings: [findings.surface],
      notRun: [],
    },
  ],
  outside: { health: "green", files: 1, findings: [findings.outside], notRun: [] },
};

function finding(
  rule: string,
  severity: ReportedFinding["severity"],
  file: string,
  start: Position,
  end: Position,
  message: string,
  fix: ReportedFinding["fix"],
): ReportedFinding {
  return { rule, severity, message, file, start, end, fix };
}
