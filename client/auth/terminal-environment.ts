/** What new terminals get, folder by folder. VS Code would keep it on disk; it may not, for it holds tokens. */
import { delimiter } from "node:path";
import * as vscode from "vscode";
import type { TerminalEnvironment } from "../../server/protocol/auth-messages.ts";

export function applyEnvironment(collection: vscode.GlobalEnvironmentVariableCollection, { folders, logins }: TerminalEnvironment): void {
  collection.persistent = false;
  for (const workspaceFolder of vscode.workspace.workspaceFolders ?? []) {
    const scoped = collection.getScoped({ workspaceFolder });
    const variables = folders.find((it) => it.uri === workspaceFolder.uri.toString())?.variables ?? {};
    scoped.persistent = false;
    scoped.clear();
    scoped.description = logins.length > 0 ? `Logged in to package registries as ${logins.map((it) => it.account).join(", ")}` : undefined;
    for (const [name, value] of Object.entries(variables))
      if (name === "PATH") scoped.prepend(name, value + delimiter, { applyAtProcessCreation: true, applyAtShellIntegration: true });
      else scoped.replace(name, value);
  }
}
