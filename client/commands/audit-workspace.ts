/** Audit Workspace: asks the server for a fresh audit and says what came out. */
import * as vscode from "vscode";
import { findingsIn, fleetItems, plural } from "../fleet/fleet-model.ts";
import type { CommandContext } from "./commands.ts";

export async function auditWorkspace({ server, tree }: Pick<CommandContext, "server" | "tree">): Promise<void> {
  const { auditMethod, fleetSchema } = await import("../../server/protocol/lsp.ts");
  const fleet = fleetSchema.safeParse(await server.request(auditMethod));
  if (!fleet.success) return sayServerFailed("The workspace was not audited");
  const agents = fleet.data.folders.flatMap((it) => it.agents);
  const findings = findingsIn(fleetItems(fleet.data));
  const said =
    agents.length === 0 ? "No agents found." : `${plural(agents.length, "agent")} audited, ${plural(findings.length, "finding")}.`;
  const show = "Show the Fleet";
  if ((await vscode.window.showInformationMessage(said, show)) === show) await tree.reveal();
}

export async function sayServerFailed(what: string): Promise<void> {
  const log = "Show Log";
  if ((await vscode.window.showErrorMessage(`${what}: the cockpit's server did not answer. The log says why.`, log)) === log)
    await vscode.commands.executeCommand("cockpit.showLog");
}
