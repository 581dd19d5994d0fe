/** The view of the fleet: items of `fleet-model.ts` dressed with icons, links and menus. */
import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import { plural } from "../../server/fleet/model/plural.ts";
import { countOf } from "../../server/protocol/count-fleet.ts";
import type { Fleet } from "../../server/protocol/lsp.ts";
import type { Server } from "../server.ts";
import { type FindingItem, type FleetItem, fleetItems, type HealthItem, idOf } from "./fleet-model.ts";

export interface FleetTree extends vscode.Disposable {
  outline(): string[];
  /** Opens the view on the worst that there is. */
  reveal(): Promise<void>;
}

export function createFleetTree(server: Server): FleetTree {
  const changed = new vscode.EventEmitter<undefined>();
  let items: HealthItem[] = [];
  let shown: Fleet["folders"] = [];
  const view = vscode.window.createTreeView<FleetItem>("cockpit.fleet", {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (item) => (item ? [...childrenOf(item)] : items),
      getTreeItem: treeItem,
    },
    showCollapseAll: true,
  });

  function refresh() {
    const state = server.state();
    // While a server starts again, what the one before it said is still there to read.
    const fleet = state.kind === "error" ? undefined : server.fleet();
    const known = state.kind === "ready" && state.fleet && !state.fleet.auditing;
    void vscode.commands.executeCommand("setContext", "cockpit.state", state.kind === "error" ? "error" : known ? "noAgents" : "starting");
    const folders = fleet?.folders ?? [];
    // Rows that are drawn anew lose what a person does with them at that moment.
    if (isDeepStrictEqual(folders, shown)) return;
    shown = folders;
    items = fleet ? fleetItems(fleet) : [];
    const found = fleet ? countOf(fleet).findings : 0;
    view.badge = found > 0 ? { value: found, tooltip: plural(found, "finding") } : undefined;
    changed.fire(undefined);
  }

  const listening = server.onDidChange(refresh);
  refresh();
  return {
    outline: () => items.flatMap((it) => outlineOf(it, 0)),
    reveal: async () => {
      await vscode.commands.executeCommand("cockpit.fleet.focus");
    },
    dispose: () => {
      for (const it of [listening, view, changed]) it.dispose();
    },
  };
}

function childrenOf(item: FleetItem): readonly FleetItem[] {
  return "children" in item ? item.children : [];
}

function outlineOf(item: FleetItem, depth: number): string[] {
  const description = item.kind === "health" ? "" : ` · ${item.description}`;
  return [`${"  ".repeat(depth)}${item.label}${description}`, ...childrenOf(item).flatMap((it) => outlineOf(it, depth + 1))];
}

function treeItem(item: FleetItem): vscode.TreeItem {
  const dressed = new vscode.TreeItem(item.label, collapsibleState(item));
  // By it VS Code knows what is open, selected and in focus.
  if (item.kind === "health" || item.kind === "agent") dressed.id = idOf(item);
  dressed.iconPath = icon(item);
  dressed.contextValue = item.kind;
  if (item.kind === "agent") {
    dressed.description = item.description;
    dressed.tooltip = item.tooltip;
    dressed.accessibilityInformation = { label: `${item.label}, ${item.health}, ${item.description}` };
  }
  if (item.kind === "finding") dressFinding(dressed, item);
  if (item.kind === "notRun") {
    dressed.description = item.description;
    dressed.tooltip = `${item.file}: ${item.description}`;
  }
  return dressed;
}

function dressFinding(dressed: vscode.TreeItem, item: FindingItem) {
  const { rule, severity, file, fix } = item.finding;
  dressed.description = item.description;
  dressed.tooltip = `${item.description} (${rule})\n${file}${fix ? `\nfix: ${fix.title}` : ""}`;
  dressed.accessibilityInformation = { label: `${severity} at ${item.label}: ${item.description}` };
  dressed.contextValue = fix ? "fixableFinding" : "finding";
  dressed.command = { command: "cockpit.openFinding", title: "Go to Finding", arguments: [item] };
}

function collapsibleState(item: FleetItem) {
  if (!("children" in item) || (item.kind === "agent" && item.children.length === 0)) return vscode.TreeItemCollapsibleState.None;
  const open = item.kind === "health" ? item.health !== "green" : item.health === "critical";
  return open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}

/** Every state has a shape of its own; the colour only repeats what the shape says. */
function icon(item: FleetItem): vscode.ThemeIcon {
  const [name, colour] = icons[item.kind === "finding" ? item.finding.severity : item.kind === "notRun" ? "notRun" : item.health];
  return new vscode.ThemeIcon(name, new vscode.ThemeColor(colour));
}

const icons = {
  critical: ["flame", "problemsErrorIcon.foreground"],
  error: ["error", "problemsErrorIcon.foreground"],
  warning: ["warning", "problemsWarningIcon.foreground"],
  green: ["pass-filled", "testing.iconPassed"],
  info: ["info", "problemsInfoIcon.foreground"],
  outside: ["file", "icon.foreground"],
  notRun: ["circle-slash", "icon.foreground"],
} as const;

/** Where a finding is, for `showTextDocument`. */
export function placeOf({ folder, finding }: FindingItem): { uri: vscode.Uri; range: vscode.Range } {
  const { start, end } = finding;
  return {
    uri: vscode.Uri.joinPath(vscode.Uri.parse(folder, true), finding.file),
    range: new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1),
  };
}
