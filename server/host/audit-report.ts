/** Puts the outcomes of files together, agent by agent. */
import type { Agent } from "../engine/discovery/agent.ts";
import { agentFinder } from "../engine/discovery/discovery.ts";
import { healthOf } from "../fleet/model/health.ts";
import type { AgentReport, AuditReport } from "../protocol/report.ts";
import type { CacheEntry } from "./audit-cache.ts";
import type { Listing } from "./listing.ts";

export interface ReportParts {
  target: string;
  agents: readonly Agent[];
  listing: Listing;
  entries: ReadonlyMap<string, CacheEntry>;
  durationMs: number;
}

type Group = Pick<AgentReport, "health" | "files" | "findings" | "notRun">;

export function assembleReport({ target, agents, listing, entries, durationMs }: ReportParts): AuditReport {
  const outside = emptyGroup();
  const groups = new Map(agents.map((agent) => [agent.id, emptyGroup()]));
  const agentAt = agentFinder(agents);
  const groupAt = (path: string) => groups.get(agentAt(path)?.id ?? "") ?? outside;
  for (const it of listing.unreadable) groupAt(it.file).notRun.push(it);
  for (const path of [...listing.sources].sort()) {
    const entry = entries.get(path);
    if (entry) add(groupAt(path), path, entry);
  }
  const reports = agents.map((agent) => ({ ...agent, ...withHealth(groups.get(agent.id) ?? emptyGroup()) }));
  return {
    version: 1,
    target,
    summary: summary([...reports, withHealth(outside)], agents.length, durationMs),
    agents: reports,
    outside: withHealth(outside),
  };
}

const emptyGroup = (): Group => ({ health: "green", files: 0, findings: [], notRun: [] });

/** What is known with a file's neighbours replaces what it gave alone. */
function add(group: Group, path: string, { outcome, linked }: CacheEntry) {
  const told = linked?.outcome ?? outcome;
  group.files++;
  // Not all at once: a file can have more findings than a call may have arguments.
  for (const it of told.findings ?? []) group.findings.push(it);
  if (told.notRun) group.notRun.push({ file: path, reason: told.notRun });
}

const withHealth = (group: Group): Group => ({ ...group, health: healthOf(group) });

function summary(groups: readonly Group[], agents: number, durationMs: number): AuditReport["summary"] {
  const bySeverity = { error: 0, warning: 0, info: 0 };
  for (const { findings } of groups) for (const { severity } of findings) bySeverity[severity]++;
  const total = (count: (group: Group) => number) => groups.reduce((sum, it) => sum + count(it), 0);
  return {
    agents,
    files: total((it) => it.files),
    findings: total((it) => it.findings.length),
    bySeverity,
    notRun: total((it) => it.notRun.length),
    durationMs: Math.round(durationMs),
  };
}
