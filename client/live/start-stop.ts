/** Start and Stop Live Wire, by command or, where the person said so in the settings, with the workspace. */
import * as vscode from "vscode";
import type { LiveWire } from "./live-wire.ts";

export async function startLiveWire(live: LiveWire): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const manage = "Manage Trust";
    const said = "Live Wire runs in trusted workspaces only: it opens a port and writes below .cockpit.";
    if ((await vscode.window.showWarningMessage(said, manage)) === manage) await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  const folder = await chooseFolder();
  if (folder) await live.start(folder);
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick({ placeHolder: "Which folder's fleet?" });
  if (!folders[0]) void vscode.window.showInformationMessage("Open the folder that holds your agents first.");
  return folders[0];
}

/** The setting is the person's alone: its scope keeps a repository from turning it on. */
export function startWithWorkspace(live: LiveWire): void {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const isWanted = vscode.workspace.getConfiguration("cockpit.live").get("startWithWorkspace", false);
  if (folder && isWanted && vscode.workspace.isTrusted) void live.start(folder);
}

export async function copyEndpoint(live: LiveWire): Promise<void> {
  const state = live.state();
  if (state.kind !== "listening") return void vscode.window.showInformationMessage("Live Wire does not listen now.");
  await vscode.env.clipboard.writeText(`OTEL_EXPORTER_OTLP_ENDPOINT=${state.url}`);
  void vscode.window.showInformationMessage(`Copied OTEL_EXPORTER_OTLP_ENDPOINT=${state.url}`);
}
