/** The fleet as a tree of plain items: healths, worst first, their agents, and each agent's findings. Knows nothing of VS Code. */
import type { Fleet, FleetAgent, FleetFinding } from "../../server/protocol/lsp.ts";
import { type Health, healths } from "../../server/protocol/report.ts";

export type FleetItem = HealthItem | AgentItem | FindingItem | NotRunItem;

export interface HealthItem {
  kind: "health";
  /** `outside` holds the findings in files of no agent. */
  health: Health | "outside";
  label: string;
  children: (AgentItem | FindingItem | NotRunItem)[];
}

export interface AgentItem {
  kind: "agent";
  health: Health;
  label: string;
  /** `2 errors, 1 warning · Python`. */
  description: string;
  tooltip: string;
  /** URI of the workspace folder, and the agent's folder relative to it. */
  folder: string;
  root: string;
  children: (FindingItem | NotRunItem)[];
}

export interface FindingItem {
  kind: "finding";
  label: string;
  /** `main.py:12`, relative to the agent. */
  description: string;
  folder: string;
  finding: FleetFinding;
}

/** A check that could not run; it never counts as passed. */
export interface NotRunItem {
  kind: "notRun";
  label: string;
  /** The file, relative to the agent. */
  description: string;
}

/** Groups without members are left out; inside one, most findings first, then by name. */
export function fleetItems(fleet: Fleet): HealthItem[] {
  const agents = fleet.folders.flatMap(({ uri, agents }) => agents.map((agent) => agentItem(agent, uri)));
  const groups = healths.map((health): HealthItem => {
    const children = agents.filter((it) => it.health === health).sort(worstFirst);
    return { kind: "health", health, label: `${healthLabels[health]} (${children.length})`, children };
  });
  const outside = fleet.folders.flatMap(({ uri, outside }) => leaves(outside, uri, "."));
  groups.push({ kind: "health", health: "outside", label: `Outside of agents (${outside.length})`, children: outside });
  return groups.filter(({ children }) => children.length > 0);
}

const healthLabels: Record<Health, string> = { critical: "Critical", warning: "Warning", green: "Green" };

const worstFirst = (a: AgentItem, b: AgentItem) => b.children.length - a.children.length || a.label.localeCompare(b.label);

function agentItem(agent: FleetAgent, folder: string): AgentItem {
  const facts = [counts(agent), languageNames[agent.language] ?? agent.language];
  return {
    kind: "agent",
    health: agent.health,
    label: agent.id,
    description: facts.join(" · "),
    tooltip: agentTooltip(agent),
    folder,
    root: agent.root,
    children: leaves(agent, folder, agent.root),
  };
}

const languageNames: Record<string, string> = {
  typescript: "TypeScript",
  tsx: "TypeScript",
  javascript: "JavaScript",
  python: "Python",
  go: "Go",
};

/** `2 errors, 1 warning`, and what was not run, since that is not the same as fine. */
function counts({ findings, notRun }: FleetAgent): string {
  const kinds = (["error", "warning", "info"] as const).map((severity) => {
    const count = findings.filter((it) => it.severity === severity).length;
    return count === 0 ? "" : plural(count, severity === "info" ? "hint" : severity);
  });
  const skipped = notRun.length === 0 ? "" : `${plural(notRun.length, "check")} not run`;
  return [...kinds, skipped].filter((it) => it !== "").join(", ") || "no findings";
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function agentTooltip(agent: FleetAgent): string {
  const frameworks = agent.frameworks.length > 0 ? `\nuses ${agent.frameworks.join(", ")}` : "";
  return `${agent.id} in ${agent.root}${frameworks}`;
}

function leaves({ findings, notRun }: Pick<FleetAgent, "findings" | "notRun">, folder: string, root: string): (FindingItem | NotRunItem)[] {
  const skipped = notRun.map(
    ({ file, reason }): NotRunItem => ({ kind: "notRun", label: `not run: ${reason}`, description: within(root, file) }),
  );
  return [...findings.map((finding) => findingItem(finding, folder, root)), ...skipped];
}

function findingItem(finding: FleetFinding, folder: string, root: string): FindingItem {
  const description = `${within(root, finding.file)}:${finding.start.line}`;
  return { kind: "finding", label: finding.message, description, folder, finding };
}

/** A path of the workspace folder as the agent's own. */
function within(root: string, file: string): string {
  return root !== "." && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** Every finding of some items, in their order. */
export function findingsIn(items: readonly FleetItem[]): FindingItem[] {
  return items.flatMap((it) => (it.kind === "finding" ? [it] : it.kind === "notRun" ? [] : findingsIn(it.children)));
}
