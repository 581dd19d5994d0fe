/** What an audit found, as a document. */
import { createFleetModel } from "../../fleet/model/fleet-model.ts";
import type { AuditedAgent, FleetRow } from "../../fleet/model/fleet-row.ts";
import { plural } from "../../fleet/model/plural.ts";
import type { AuditReport } from "../../protocol/report.ts";
import { findingsOf, seconds } from "../report.ts";
import { type EntryOptions, entryOf, type FleetDocument, type Phrase } from "./fleet-document.ts";

const outsideName = "outside any agent";

export async function auditDocument(report: AuditReport, options: EntryOptions & { single?: boolean }): Promise<FleetDocument> {
  const agents = [];
  for (const it of rowsOf(report)) agents.push(await entryOf(it, options));
  return { title: "Audit", facts: lookedAt(report, options.single), outcome: outcomeOf(report), agents };
}

/** What the fleet model takes in of an audit. */
export const auditedOf = ({ agents }: Pick<AuditReport, "agents">): AuditedAgent[] =>
  agents.map(({ id, root, language, frameworks, owners, findings, notRun }) => ({
    ...{ key: id, id, folder: "", root, language, frameworks, owners, notRun },
    findings: findings.map(({ rule, severity, message, file, start, end, fix }) => ({ rule, severity, message, file, start, end, fix })),
  }));

/** The one model's rows; what belongs to no agent is one of them where something is wrong with it. */
function rowsOf(report: AuditReport): readonly FleetRow[] {
  const { outside } = report;
  const model = createFleetModel();
  const none = { key: "", id: outsideName, folder: "", root: "", language: "", frameworks: [], owners: [] };
  const others: AuditedAgent[] = outside.findings.length + outside.notRun.length > 0 ? [{ ...none, ...outside }] : [];
  model.audit([...auditedOf(report), ...others]);
  return model.rows(0);
}

function lookedAt({ summary: { agents, files, durationMs } }: AuditReport, single = false): string[] {
  return [single ? "" : plural(agents, "agent"), plural(files, "file"), seconds(durationMs)].filter(Boolean);
}

function outcomeOf(report: AuditReport): Phrase[] {
  const { bySeverity, notRun } = report.summary;
  const fixes = (safety: "safe" | "suggestion") => findingsOf(report).filter((it) => it.fix?.safety === safety).length;
  const [fixable, suggested] = [fixes("safe"), fixes("suggestion")];
  const phrases: (Phrase | false)[] = [
    bySeverity.error > 0 && { text: plural(bySeverity.error, "error"), tone: "error" },
    bySeverity.warning > 0 && { text: plural(bySeverity.warning, "warning"), tone: "warning" },
    bySeverity.info > 0 && { text: `${bySeverity.info.toLocaleString("en-US")} info`, tone: "plain" },
    report.summary.findings === 0 && { text: "no findings", tone: notRun > 0 ? "plain" : "good" },
    notRun > 0 && { text: `${plural(notRun, "check")} not run`, tone: "odd" },
    fixable > 0 && { text: `cockpit fix repairs ${fixable.toLocaleString("en-US")}`, tone: "plain" },
    suggested > 0 && { text: `${plural(suggested, "suggestion")} for cockpit fix --at`, tone: "plain" },
  ];
  return phrases.filter((it) => it !== false);
}
