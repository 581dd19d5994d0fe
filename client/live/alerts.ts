/** Opened alerts as notifications, few enough to be read. */
import * as vscode from "vscode";
import type { ToldAlert } from "../../server/protocol/fleet-watch.ts";
import { createAlertNews } from "./alert-news.ts";
import { type LiveWire, later } from "./live-wire.ts";
import { shownText } from "./shown-text.ts";

export const notifyOfAlerts = (live: LiveWire): vscode.Disposable =>
  vscode.Disposable.from(createAlertNews(live, { later, show: (alerts) => void say(live, alerts) }));

async function say(live: LiveWire, alerts: readonly ToldAlert[]): Promise<void> {
  const [first] = alerts;
  if (!first) return;
  if (alerts.length === 1) return sayOne(first);
  const show = "Show";
  if ((await vscode.window.showWarningMessage(summary(alerts), show)) === show) await showAlerts(live);
}

const summary = (alerts: readonly ToldAlert[]) => {
  const agents = [...new Set(alerts.map(({ alert }) => alert.agentId))];
  const named = agents.slice(0, mostNamed).join(", ");
  return `${alerts.length} more alerts: ${shownText(named)}${agents.length > mostNamed ? ", …" : ""}`;
};
const mostNamed = 3;

async function sayOne({ alert, text }: ToldAlert): Promise<void> {
  const [mothball, forest, log] = ["Mothball…", "Open Forest", "Show Log"];
  const chosen = await vscode.window.showWarningMessage(shownText(text), mothball, forest, log);
  if (chosen === mothball) await vscode.commands.executeCommand("cockpit.mothballAgent", alert.agentId);
  if (chosen === forest) await vscode.commands.executeCommand("cockpit.openForest");
  if (chosen === log) await vscode.commands.executeCommand("cockpit.showLog");
}

/** Those that are open now, the newest first. */
export async function showAlerts(live: LiveWire): Promise<void> {
  const state = live.state();
  const open = state.kind === "listening" ? [...state.open.values()].reverse() : [];
  if (open.length === 0) return void vscode.window.showInformationMessage("No alert is open.");
  const items = open.map((told) => ({
    label: shownText(told.text),
    description: `since ${new Date(told.alert.since).toLocaleTimeString()}`,
    told,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Open Alerts", placeHolder: "Which one?" });
  if (chosen) await sayOne(chosen.told);
}
