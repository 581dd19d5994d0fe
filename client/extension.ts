/** Composition root of the extension: what is made when VS Code activates it, and how the parts are wired. */
import * as vscode from "vscode";
import { createLogins } from "./auth/logins.ts";
import { registerCommands } from "./commands/commands.ts";
import { createFleetTree } from "./fleet/fleet-tree.ts";
import { createForestPanel } from "./forest/forest-panel.ts";
import { notifyOfAlerts } from "./live/alerts.ts";
import { createLiveWire } from "./live/live-wire.ts";
import { startWithWorkspace } from "./live/start-stop.ts";
import { createServer, type ServerState } from "./server.ts";
import { createStatusItem } from "./status/status-item.ts";

/** What other extensions (and our tests) get from `activate`. */
export interface Cockpit {
  state(): ServerState;
  /** The tree as a person sees it: a line an item, two blanks a level. */
  outline(): string[];
}

export function activate(context: vscode.ExtensionContext): Cockpit {
  const log = vscode.window.createOutputChannel("AgentOps Cockpit", { log: true });
  const server = createServer(context, log);
  const tree = createFleetTree(server);
  const logins = createLogins(context, server, log);
  const live = createLiveWire(context, log);
  const forest = createForestPanel({ context, log, server, live });
  context.subscriptions.push(
    log,
    server,
    tree,
    logins,
    live,
    forest,
    notifyOfAlerts(live),
    createStatusItem(server, logins, live),
    ...registerCommands({ context, log, server, tree, logins, live, forest }),
  );
  // After activation, which VS Code waits for: loading the language client takes longer than all the rest.
  setImmediate(server.start);
  setImmediate(startWithWorkspace, live);
  return { state: server.state, outline: tree.outline };
}
