/** Scaffold…: which agent, language and parts, then the differences, and only then the files. */
import * as vscode from "vscode";
import { plural } from "../../server/fleet/model/plural.ts";
import type { Fleet, ScaffoldParams } from "../../server/protocol/lsp.ts";
import { sayServerFailed } from "../commands/audit-workspace.ts";
import type { CommandContext } from "../commands/commands.ts";
import type { AgentItem } from "../fleet/fleet-model.ts";
import type { Server } from "../server.ts";
import { askInTurn } from "./multi-step.ts";
import { askAgent, askLanguage, askParts, type Draft, paramsOf } from "./questions.ts";
import { review } from "./review.ts";

type Ground = Pick<CommandContext, "server" | "log">;

/** `item` is the agent that it was started from, if any. */
export async function scaffold({ server, log }: Ground, item: unknown): Promise<void> {
  const agent = isAgentItem(item) ? { ...item.agent, folder: item.folder } : undefined;
  const fleet = await knownFleet(server);
  if (!fleet) return sayServerFailed("Nothing was scaffolded");
  if (!agent && fleet.folders.every((it) => it.agents.length === 0)) {
    void vscode.window.showInformationMessage("No agents found here, so there is nothing to scaffold for.");
    return;
  }
  const questions = [...(agent ? [] : [askAgent(fleet)]), askLanguage, askParts, review(server)];
  const { digest, ...params } = (await askInTurn<Draft>(agent ? { agent } : {}, questions)) ?? {};
  const request = paramsOf(params);
  if (digest !== undefined && request) await write({ server, log }, request, digest);
}

function isAgentItem(item: unknown): item is AgentItem {
  return typeof item === "object" && item !== null && "kind" in item && item.kind === "agent";
}

/** What the last audit found; the first one is waited for. */
async function knownFleet(server: Server): Promise<Fleet | undefined> {
  const known = toldFleet(server);
  if (known && !known.auditing) return known;
  const { auditMethod } = await import("../../server/protocol/lsp.ts");
  // What it found is told before it is answered.
  return (await server.request(auditMethod)) === undefined ? undefined : toldFleet(server);
}

function toldFleet(server: Server): Fleet | undefined {
  const state = server.state();
  return state.kind === "ready" ? state.fleet : undefined;
}

async function write({ server, log }: Ground, params: ScaffoldParams, digest: string) {
  const { applyScaffoldMethod, appliedScaffoldSchema } = await import("../../server/protocol/lsp.ts");
  const applied = appliedScaffoldSchema.safeParse(await server.request(applyScaffoldMethod, { ...params, digest }));
  if (!applied.success) return sayServerFailed("Nothing was scaffolded");
  if ("problem" in applied.data) return void vscode.window.showErrorMessage(`Nothing was scaffolded: ${applied.data.problem}.`);
  const { written, next } = applied.data;
  const said = `Wrote ${plural(written.length, "file")} for ${params.agent}.`;
  for (const it of [said, ...written, ...next.map((step) => `next: ${step}`)]) log.info(it);
  const steps = next.length > 0 ? ` Next: ${next.join("; ")}.` : "";
  const show = "Show Files";
  if ((await vscode.window.showInformationMessage(said + steps, show)) === show) log.show();
}
