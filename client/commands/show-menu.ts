/** What a click on the status item offers. */
import * as vscode from "vscode";
import type { LiveState } from "../live/live-state.ts";
import type { CommandContext } from "./commands.ts";

type Choice = vscode.QuickPickItem & { command: string };

export async function showMenu({ server, logins, live }: Pick<CommandContext, "server" | "logins" | "live">): Promise<void> {
  const choices: Choice[] = [
    { label: "$(list-tree) Show the Fleet", command: "cockpit.fleet.focus" },
    { label: "$(flame) Open Forest", description: "health, spend and alerts of all agents", command: "cockpit.openForest" },
    { label: "$(refresh) Audit Workspace", command: "cockpit.auditWorkspace" },
    { label: "$(wand) Fix All in Workspace", command: "cockpit.fixAll" },
    { label: "$(new-folder) Scaffold…", command: "cockpit.scaffold" },
    ...liveChoices(live.state()),
    { label: "$(key) Log In to Package Registries…", command: "cockpit.logIn" },
    ...(logins.all().length > 0 ? [{ label: "$(sign-out) Log Out of Package Registries", command: "cockpit.logOut" }] : []),
    { label: "$(plug) Check Package Registries", command: "cockpit.checkRegistries" },
    { label: "$(book) Explain Rule", command: "cockpit.explainRule" },
    { label: "$(debug-restart) Restart Server", command: "cockpit.restartServer" },
    { label: "$(output) Show Log", command: "cockpit.showLog" },
  ];
  if (server.state().kind === "error") choices.reverse();
  const chosen = await vscode.window.showQuickPick(choices, { title: "AgentOps Cockpit" });
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}

function liveChoices(state: LiveState): Choice[] {
  if (state.kind === "off" || state.kind === "failed")
    return [
      { label: "$(broadcast) Start Live Wire", description: "take in what agents do as it happens", command: "cockpit.startLiveWire" },
    ];
  const stop = { label: "$(debug-disconnect) Stop Live Wire", command: "cockpit.stopLiveWire" };
  if (state.kind !== "listening") return [{ ...stop, description: "it is starting" }];
  return [
    { ...stop, description: `listening on ${state.url}` },
    { label: "$(bell) Show Open Alerts", description: String(state.open.size), command: "cockpit.showAlerts" },
    { label: "$(debug-pause) Mothball Agent…", command: "cockpit.mothballAgent" },
    { label: "$(debug-continue) Resume Agent…", command: "cockpit.resumeAgent" },
    { label: "$(copy) Copy OTEL_EXPORTER_OTLP_ENDPOINT", command: "cockpit.copyEndpoint" },
  ];
}
