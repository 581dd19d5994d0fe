/** The fleet as the editor's tree shows it: the last audit's agents, with the findings of open documents as they are typed. */
import { agentFinder } from "../engine/discovery/discovery.ts";
import type { Finding } from "../engine/finding.ts";
import { healthOf } from "../fleet/model/health.ts";
import { pathWithin } from "../host/path-within.ts";
import type { Fleet, FleetAgent, FleetFinding } from "../protocol/lsp.ts";
import type { AgentReport, ReportedFinding } from "../protocol/report.ts";
import { findingsOf } from "./file-diagnostics.ts";
import type { Folder } from "./folders.ts";
import type { OpenDocument } from "./open-documents.ts";
import type { Session } from "./session.ts";

export const fleetOf = (session: Session): Fleet => ({
  auditing: session.audits.isRunning,
  folders: session.folders.workspace.map((it) => folderFleet(session, it)),
});

type FleetFolder = Fleet["folders"][number];

function folderFleet(session: Session, folder: Folder): FleetFolder {
  const report = session.audits.of(folder)?.report;
  if (!report) return { uri: folder.uri, agents: [], outside: { findings: [], notRun: [] } };
  const open = openFindings(session, folder);
  const agentAt = agentFinder(report.agents);
  /** By agent id; `undefined` for what belongs to none. */
  const openOf = Map.groupBy(open, ([file]) => agentAt(file)?.id);
  const now = (saved: readonly ReportedFinding[], owner: string | undefined) => [
    ...saved.filter(({ file }) => !open.has(file)).map(savedFinding),
    ...(openOf.get(owner) ?? []).flatMap(([, findings]) => findings),
  ];
  return {
    uri: folder.uri,
    agents: report.agents.map((it) => (openOf.has(it.id) ? fleetAgent(it, now(it.findings, it.id)) : savedAgent(it))),
    outside: { findings: now(report.outside.findings, undefined), notRun: report.outside.notRun },
  };
}

const fleetAgent = ({ id, root, language, frameworks, owners, notRun }: AgentReport, findings: FleetFinding[]): FleetAgent => ({
  ...{ id, root, language, frameworks, owners, health: healthOf({ findings, notRun }), findings, notRun },
});

/** Of whom no file is open; the same object as long as the report is. */
function savedAgent(it: AgentReport): FleetAgent {
  const agent = savedAgents.get(it) ?? fleetAgent(it, it.findings.map(savedFinding));
  savedAgents.set(it, agent);
  return agent;
}
const savedAgents = new WeakMap<AgentReport, FleetAgent>();

const savedFinding = ({ rule, severity, message, file, start, end, fix }: ReportedFinding): FleetFinding => ({
  rule,
  severity,
  message,
  file,
  start: { line: start.line, column: start.column },
  end: { line: end.line, column: end.column },
  fix: fix && { title: fix.title, safety: fix.safety },
});

/** By path relative to the folder. A document that cannot be analysed yet is not among them. */
function openFindings(session: Session, folder: Folder): Map<string, FleetFinding[]> {
  const found = new Map<string, FleetFinding[]>();
  for (const document of session.documents.values()) {
    const path = document.path === undefined || document.folder !== folder ? undefined : pathWithin(folder.path, document.path);
    if (path !== undefined && document.isReady)
      found.set(
        path,
        findingsOf(session, document).map((it) => openFinding(it, path, document)),
      );
  }
  return found;
}

function openFinding({ rule, severity, message, start, end, fix }: Finding, file: string, { lines }: OpenDocument): FleetFinding {
  const at = (offset: number) => {
    const { line, character } = lines.positionAt(offset);
    return { line: line + 1, column: character + 1 };
  };
  return { rule, severity, message, file, start: at(start), end: at(end), fix: fix ? { title: fix.title, safety: fix.safety } : null };
}
