/** The one item in the status bar. */
import * as vscode from "vscode";
import type { Logins } from "../auth/logins.ts";
import type { LiveWire } from "../live/live-wire.ts";
import type { Server } from "../server.ts";
import { liveText, loginText, statusText } from "./status-text.ts";

export function createStatusItem(server: Server, logins: Logins, live: LiveWire): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("cockpit.status", vscode.StatusBarAlignment.Left);
  item.name = "AgentOps Cockpit";
  item.command = "cockpit.showMenu";
  const refresh = () => {
    const { text, tooltip, problem } = statusText(server.state());
    const wire = liveText(live.state());
    item.text = [text, wire.text].join(" ").trimEnd();
    item.tooltip = [tooltip, wire.tooltip, ...logins.all().map(loginText)].filter((it) => it !== "").join("\n");
    item.accessibilityInformation = { label: item.tooltip, role: "button" };
    item.backgroundColor = problem || wire.problem ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
  };
  refresh();
  item.show();
  return vscode.Disposable.from(item, server.onDidChange(refresh), logins.onDidChange(refresh), live.onDidChange(refresh));
}
