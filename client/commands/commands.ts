/** Every command of the extension by its id. */
import * as vscode from "vscode";
import { logIn, logOut } from "../auth/log-in.ts";
import type { Logins } from "../auth/logins.ts";
import type { FleetTree } from "../fleet/fleet-tree.ts";
import type { ForestPanel } from "../forest/forest-panel.ts";
import { showAlerts } from "../live/alerts.ts";
import type { LiveWire } from "../live/live-wire.ts";
import { mothballAgent, resumeAgent } from "../live/mothball.ts";
import { copyEndpoint, startLiveWire } from "../live/start-stop.ts";
import { registerPreviews } from "../scaffold/preview.ts";
import { scaffold } from "../scaffold/scaffold.ts";
import type { Server } from "../server.ts";
import { auditWorkspace } from "./audit-workspace.ts";
import { checkRegistries } from "./check-registries.ts";
import { explainRule } from "./explain-rule.ts";
import { applyFix, fixAll, fixAllInFile, openFinding } from "./fix.ts";
import { showMenu } from "./show-menu.ts";

export interface CommandContext {
  context: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  server: Server;
  tree: FleetTree;
  logins: Logins;
  live: LiveWire;
  forest: ForestPanel;
}

export function registerCommands(all: CommandContext): vscode.Disposable[] {
  // Arguments come from menus, links and other people's keybindings: each command checks its own.
  const commands: Record<string, (argument?: unknown) => unknown> = {
    "cockpit.auditWorkspace": () => auditWorkspace(all),
    "cockpit.fixAll": () => fixAll(all),
    "cockpit.fixAllInFile": () => fixAllInFile(),
    "cockpit.openForest": () => all.forest.open(),
    "cockpit.explainRule": (rule) => explainRule(all, rule),
    "cockpit.restartServer": () => all.server.restart(),
    "cockpit.showLog": () => all.log.show(),
    "cockpit.openFinding": (item) => openFinding(item),
    "cockpit.applyFix": (item) => applyFix(item),
    "cockpit.scaffold": (item) => scaffold(all, item),
    "cockpit.logIn": () => logIn(all),
    "cockpit.logOut": () => logOut(all),
    "cockpit.checkRegistries": (how) => checkRegistries(all, how),
    "cockpit.startLiveWire": () => startLiveWire(all.live),
    "cockpit.stopLiveWire": () => all.live.stop(),
    "cockpit.copyEndpoint": () => copyEndpoint(all.live),
    "cockpit.showAlerts": () => showAlerts(all.live),
    "cockpit.mothballAgent": (agentId) => mothballAgent(all, agentId),
    "cockpit.resumeAgent": () => resumeAgent(all),
    "cockpit.showMenu": () => showMenu(all),
  };
  return [registerPreviews(), ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run))];
}
