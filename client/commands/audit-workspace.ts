/** Audit Workspace: asks the server for a fresh audit and says what came out. */
import * as vscode from "vscode";
import { plural } from "../../server/fleet/model/plural.ts";
import type { CommandContext } from "./commands.ts";

export async function auditWorkspace({ server, tree }: Pick<CommandContext, "server" | "tree">): Promise<void> {
  const { auditMethod, auditCountSchema } = await import("../../server/protocol/lsp.ts");
  const count = auditCountSchema.safeParse(await server.request(auditMethod));
  if (!count.success) return sayServerFailed("The workspace was not audited");
  const { agents, findings } = count.data;
  const said = agents === 0 ? "No agents found." : `${plural(agents, "agent")} audited, ${plural(findings, "finding")}.`;
  const show = "Show the Fleet";
  if ((await vscode.window.showInformationMessage(said, show)) === show) await tree.reveal();
}

export async function sayServerFailed(what: string): Promise<void> {
  const log = "Show Log";
  if ((await vscode.window.showErrorMessage(`${what}: the cockpit's server did not answer. The log says why.`, log)) === log)
    await vscode.commands.executeCommand("cockpit.showLog");
}
