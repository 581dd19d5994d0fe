/** The one item in the status bar. */
import * as vscode from "vscode";
import type { Server } from "../server.ts";
import { statusText } from "./status-text.ts";

export function createStatusItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("cockpit.status", vscode.StatusBarAlignment.Left);
  item.name = "AgentOps Cockpit";
  item.command = "cockpit.showMenu";
  const refresh = () => {
    const { text, tooltip, problem } = statusText(server.state());
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip, role: "button" };
    item.backgroundColor = problem ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
  };
  refresh();
  item.show();
  return vscode.Disposable.from(item, server.onDidChange(refresh));
}
