/** What stands in the list: headings, critical agents in full, a row for each warning, and one line for all that are green. */
import type { FleetRow, Freshness, Health } from "../server/fleet/model/fleet-row.ts";
import type { ViewState } from "./view-state.ts";

export type Item = FolderItem | HealthItem | AgentItem | GreensItem;

export interface FolderItem {
  readonly kind: "folder";
  readonly key: string;
  readonly folder: string;
  readonly agents: number;
}

export interface HealthItem {
  readonly kind: "health";
  readonly key: string;
  readonly health: Health;
  readonly agents: number;
}

export interface AgentItem {
  readonly kind: "agent";
  readonly key: string;
  readonly row: FleetRow;
  readonly isOpen: boolean;
}

export interface GreensItem {
  readonly kind: "greens";
  readonly key: string;
  /** Of `ViewState.greens`. */
  readonly group: string;
  readonly agents: number;
  readonly byFreshness: Readonly<Record<Freshness, number>>;
  readonly isOpen: boolean;
}

/** `rows` are filtered and sorted, the worst health first. */
export function itemsOf(rows: readonly FleetRow[], state: ViewState): readonly Item[] {
  const choice = { greens: state.greens, toggled: new Map(Object.entries(state.toggled)) };
  if (!state.byFolder) return itemsIn(rows, "", choice);
  const groups = Map.groupBy(rows, folderOf);
  const inOrder = [...groups].sort(([a, [worstOfA]], [b, [worstOfB]]) => rank(worstOfA) - rank(worstOfB) || (a < b ? -1 : 1));
  return inOrder.flatMap(([folder, members]) => [
    { kind: "folder" as const, key: `folder ${folder}`, folder, agents: members.length },
    ...itemsIn(members, folder, choice),
  ]);
}

interface Choice {
  /** Groups whose green agents are shown. */
  readonly greens: readonly string[];
  /** As the view's state has it; thousands are looked up in a map in a fifth of the time. */
  readonly toggled: ReadonlyMap<string, boolean>;
}

const rank = (row: FleetRow | undefined): number => (row?.health === "critical" ? 0 : row?.health === "warning" ? 1 : 2);

/** Of who is heard and is no agent of the workspace. */
const outside = "not in this workspace";

function folderOf({ audited }: FleetRow): string {
  if (!audited) return outside;
  const folder = decoded(audited.folder.slice(audited.folder.lastIndexOf("/") + 1));
  const parent = audited.root.includes("/") ? audited.root.slice(0, audited.root.lastIndexOf("/")) : "";
  return [folder, parent].filter((it) => it !== "").join("/") || ".";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function itemsIn(rows: readonly FleetRow[], group: string, choice: Choice): Item[] {
  const begin = (health: Health) => {
    const at = rows.findIndex((it) => it.health === health);
    return at < 0 ? rows.length : at;
  };
  const [green, warning] = [begin("green"), Math.min(begin("warning"), begin("green"))];
  return [
    ...headed("critical", rows.slice(0, warning), group, choice),
    ...headed("warning", rows.slice(warning, green), group, choice),
    ...greens(rows.slice(green), group, choice),
  ];
}

function headed(health: Health, rows: readonly FleetRow[], group: string, choice: Choice): Item[] {
  if (rows.length === 0) return [];
  return [{ kind: "health", key: `${health} ${group}`, health, agents: rows.length }, ...rows.map((row) => agentItem(row, choice))];
}

function greens(rows: readonly FleetRow[], group: string, choice: Choice): Item[] {
  if (rows.length === 0) return [];
  const byFreshness = { live: 0, quiet: 0, stale: 0, unheard: 0 };
  for (const { freshness } of rows) byFreshness[freshness]++;
  const isOpen = choice.greens.includes(group);
  const line: GreensItem = { kind: "greens", key: `green ${group}`, group, agents: rows.length, byFreshness, isOpen };
  return isOpen ? [line, ...rows.map((row) => agentItem(row, choice))] : [line];
}

/** Most rows are the same from one telling to the next, and so are their entries. */
const entries = new WeakMap<FleetRow, AgentItem>();

function agentItem(row: FleetRow, { toggled }: Choice): AgentItem {
  const isOpen = toggled.get(row.key) ?? row.health === "critical";
  const known = entries.get(row);
  if (known?.isOpen === isOpen) return known;
  const item: AgentItem = { kind: "agent", key: `agent ${row.key}`, row, isOpen };
  entries.set(row, item);
  return item;
}

export const isFocusable = ({ kind }: Item): boolean => kind === "agent" || kind === "greens";
