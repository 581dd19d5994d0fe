/** What a click on the status item offers. */
import * as vscode from "vscode";
import type { CommandContext } from "./commands.ts";

export async function showMenu({ server, logins }: Pick<CommandContext, "server" | "logins">): Promise<void> {
  const choices: (vscode.QuickPickItem & { command: string })[] = [
    { label: "$(list-tree) Show the Fleet", command: "cockpit.fleet.focus" },
    { label: "$(refresh) Audit Workspace", command: "cockpit.auditWorkspace" },
    { label: "$(wand) Fix All in Workspace", command: "cockpit.fixAll" },
    { label: "$(new-folder) Scaffold…", command: "cockpit.scaffold" },
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
