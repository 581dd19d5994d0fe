/** The fleet as a tree of plain items: healths, worst first, their agents, and each agent's findings. Knows nothing of VS Code. */
import { type Health, healths } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import { languageNames } from "../../server/protocol/language-names.ts";
import type { Fleet, FleetAgent, FleetFinding } from "../../server/protocol/lsp.ts";
import { keyOf } from "../forest/audited.ts";

export type FleetItem = HealthItem | AgentItem | FindingItem | NotRunItem;

export interface HealthItem {
  kind: "health";
  /** `outside` holds the findings in files of no agent. */
  health: Health | "outside";
  label: string;
  /** Made when somebody looks: of thousands that are green, nobody does as a rule. */
  readonly children: readonly (AgentItem | FindingItem | NotRunItem)[];
}

export interface AgentItem {
  kind: "agent";
  agent: FleetAgent;
  /** The workspace folder's URI. */
  folder: string;
  health: Health;
  label: string;
  /** The label, whatever its case. */
  sortName: string;
  /** `2 errors, 1 warning · Python`. */
  readonly description: string;
  readonly tooltip: string;
  children: (FindingItem | NotRunItem)[];
}

export interface FindingItem {
  kind: "finding";
  /** `main.py:12`. */
  label: string;
  /** What is wrong. */
  description: string;
  folder: string;
  finding: FleetFinding;
}

/** A check that could not run; it never counts as passed. */
export interface NotRunItem {
  kind: "notRun";
  label: string;
  /** Why. */
  description: string;
  /** Relative to the workspace folder. */
  file: string;
}

/** Groups without members are left out; inside one, most findings first, then by name. */
export function fleetItems({ folders }: Fleet): HealthItem[] {
  const groups = healths.map((health) => {
    const all = folders.map(({ uri, agents }) => ({ uri, agents: agents.filter((it) => it.health === health) }));
    const items = () => all.flatMap(({ uri, agents }) => agents.map((it) => agentItem(it, uri))).sort(worstFirst);
    return group(health, healthLabels[health], sum(all.map(({ agents }) => agents.length)), items);
  });
  const outside = sum(folders.map((it) => it.outside.findings.length + it.outside.notRun.length));
  groups.push(group("outside", "Outside of agents", outside, () => folders.flatMap((it) => leaves(it.outside, it.uri))));
  return groups.filter((it) => it !== undefined);
}

/** The same whatever the label counts and wherever the item stands. */
export const idOf = (item: HealthItem | AgentItem): string => (item.kind === "agent" ? keyOf(item.folder, item.agent) : item.health);

const sum = (counts: readonly number[]) => counts.reduce((sum, it) => sum + it, 0);

function group(health: HealthItem["health"], label: string, count: number, items: () => HealthItem["children"]): HealthItem | undefined {
  if (count === 0) return undefined;
  let made: HealthItem["children"] | undefined;
  return {
    kind: "health",
    health,
    label: `${label} (${count})`,
    get children() {
      made ??= items();
      return made;
    },
  };
}

const healthLabels: Record<Health, string> = { critical: "Critical", warning: "Warning", green: "Green" };

/** By name without a language's rules: those take three times as long, and thousands are sorted where a person's typing is handled. */
const worstFirst = (a: AgentItem, b: AgentItem) =>
  b.children.length - a.children.length || (a.sortName < b.sortName ? -1 : a.sortName > b.sortName ? 1 : 0);

/** The same item as long as the agent is the same: a keystroke changes one of thousands. */
function agentItem(agent: FleetAgent, folder: string): AgentItem {
  const known = items.get(agent);
  if (known?.folder === folder) return known;
  const item = newItem(agent, folder);
  items.set(agent, item);
  return item;
}
const items = new WeakMap<FleetAgent, AgentItem>();

function newItem(agent: FleetAgent, folder: string): AgentItem {
  return {
    kind: "agent",
    agent,
    folder,
    health: agent.health,
    label: agent.id,
    sortName: agent.id.toLowerCase(),
    // Of the many that nobody looks at they are not needed.
    get description() {
      return agentDescription(agent);
    },
    get tooltip() {
      return agentTooltip(agent);
    },
    children: leaves(agent, folder),
  };
}

const agentDescription = (agent: FleetAgent): string => `${counts(agent)} · ${languageNames[agent.language] ?? agent.language}`;

/** `2 errors, 1 warning`, and what was not run, since that is not the same as fine. */
function counts({ findings, notRun }: FleetAgent): string {
  const kinds = severities.map((severity) => {
    const count = findings.filter((it) => it.severity === severity).length;
    return count === 0 ? "" : plural(count, severity === "info" ? "hint" : severity);
  });
  const skipped = notRun.length === 0 ? "" : `${plural(notRun.length, "check")} not run`;
  return [...kinds, skipped].filter((it) => it !== "").join(", ") || "no findings";
}

function agentTooltip(agent: FleetAgent): string {
  const frameworks = agent.frameworks.length > 0 ? `\nuses ${agent.frameworks.join(", ")}` : "";
  const owners = agent.owners.length > 0 ? `\nowned by ${agent.owners.join(", ")}` : "";
  return `${agent.id} in ${agent.root}${frameworks}${owners}`;
}

const severities = ["error", "warning", "info"] as const satisfies readonly FleetFinding["severity"][];

/** Errors first; then as the audit has them, by file and line. */
function leaves({ findings, notRun }: Pick<FleetAgent, "findings" | "notRun">, folder: string): (FindingItem | NotRunItem)[] {
  if (findings.length + notRun.length === 0) return [];
  const sorted = severities.flatMap((severity) => findings.filter((it) => it.severity === severity));
  const skipped = notRun.map(
    ({ file, reason }): NotRunItem => ({ kind: "notRun", label: baseName(file), description: `not run: ${reason}`, file }),
  );
  return [...sorted.map((finding) => findingItem(finding, folder)), ...skipped];
}

/** The place comes first, as a narrow side bar cuts off the end. */
export function findingItem(finding: FleetFinding, folder: string): FindingItem {
  return { kind: "finding", label: `${baseName(finding.file)}:${finding.start.line}`, description: finding.message, folder, finding };
}

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
