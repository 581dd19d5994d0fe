/** Mothball Agent… and Resume Agent…: by the `cockpit` command, as a person at a terminal would. */
import * as vscode from "vscode";
import type { FleetStatus } from "../../server/protocol/fleet-watch.ts";
import type { CommandContext } from "../commands/commands.ts";
import { type CockpitResult, runCockpit } from "./cockpit-process.ts";
import type { Outcome } from "./outcome.ts";
import { shownText } from "./shown-text.ts";

type Ground = Pick<CommandContext, "context" | "log" | "server" | "live">;

/** `agentId` comes from an alert; without it the person is asked. */
export async function mothballAgent(ground: Ground, agentId: unknown): Promise<void> {
  const folder = watchedFolder(ground);
  if (!folder) return;
  const status = typeof agentId === "string" ? undefined : await statusOf(ground, folder);
  const agent = typeof agentId === "string" ? agentId : await chooseRunning(ground, status);
  if (agent === undefined) return;
  const reason = await vscode.window.showInputBox({
    title: `Mothball ${shownText(agent)}`,
    prompt: "Why? The agent's own error will say it, from its next call on",
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "Say why" : undefined),
  });
  if (!reason?.trim()) return;
  await say(ground, await mothball(ground, agent, reason.trim()));
}

/** Without asking: whoever calls it has asked. */
export const mothball = (ground: Ground, agentId: string, reason: string): Promise<Outcome> => change(ground, "mothball", agentId, reason);

/** Without asking. An empty reason is none. */
export const resume = (ground: Ground, agentId: string, reason = ""): Promise<Outcome> => change(ground, "resume", agentId, reason);

async function change(ground: Ground, kind: "mothball" | "resume", agentId: string, reason: string): Promise<Outcome> {
  const folder = watchedFolder(ground);
  if (!folder) return { isDone: false, text: "Nothing was changed: no folder is open." };
  const { outcomeOf } = await import("./outcome.ts");
  const result = await cockpit(ground, folder, [kind, `--id=${agentId}`, `--reason=${reason}`, "--apply"]);
  const outcome = outcomeOf(kind, agentId, result);
  if (outcome.isDone) ground.log.info(outcome.text);
  else ground.log.error(result.stderr.trim() || outcome.text);
  return outcome;
}

export async function resumeAgent(ground: Ground): Promise<void> {
  const folder = watchedFolder(ground);
  if (!folder) return;
  const status = await statusOf(ground, folder);
  if (!status) return await say(ground, { isDone: false, text: "Nobody can be resumed: who is mothballed cannot be read." });
  const paused = Object.entries(status.mothballed);
  if (paused.length === 0) return void vscode.window.showInformationMessage("No agent is mothballed.");
  const items = paused.map(([agentId, { by, at, reason }]) => ({
    label: shownText(agentId === everyAgent ? "All agents" : agentId),
    description: shownText(reason),
    detail: shownText(`by ${by}, ${new Date(at).toLocaleString()}`),
    agentId,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Resume Agent", placeHolder: "Which one?", matchOnDescription: true });
  if (!chosen) return;
  await say(ground, await resume(ground, chosen.agentId));
}

const everyAgent = "*";

function watchedFolder({ live }: Ground): vscode.WorkspaceFolder | undefined {
  const folder = live.folder() ?? vscode.workspace.workspaceFolders?.[0];
  if (!folder) void vscode.window.showInformationMessage("Open the folder that holds your agents first.");
  return folder;
}

/** Agents that sent something lately, and those that the audit found; who is mothballed already is left out. */
async function chooseRunning({ server }: Ground, status: FleetStatus | undefined): Promise<string | undefined> {
  const state = server.state();
  const audited = state.kind === "ready" ? (state.fleet?.folders ?? []).flatMap((it) => it.agents.map(({ id }) => id)) : [];
  const live = new Map(status?.agents.map((it) => [it.agentId, it.lastHeard]));
  const known = [...new Set([...live.keys(), ...audited])].filter((it) => status?.mothballed[it] === undefined);
  const items = known.map((agentId) => ({ label: shownText(agentId), description: heard(live.get(agentId)), agentId }));
  if (items.length === 0) return void vscode.window.showInformationMessage("No agents are known here that run.");
  return (await vscode.window.showQuickPick(items, { title: "Mothball Agent", placeHolder: "Which one?" }))?.agentId;
}

const heard = (at: string | undefined) => (at === undefined ? "not heard lately" : `heard ${new Date(at).toLocaleString()}`);

/** How the fleet is, where a folder is open and that can be known. */
export async function statusNow(ground: Ground): Promise<FleetStatus | undefined> {
  const folder = ground.live.folder() ?? vscode.workspace.workspaceFolders?.[0];
  return folder && statusOf(ground, folder, "1m");
}

async function statusOf(ground: Ground, folder: vscode.WorkspaceFolder, since = "7d"): Promise<FleetStatus | undefined> {
  const { fleetStatusSchema } = await import("../../server/protocol/fleet-watch.ts");
  const { stdout, stderr } = await cockpit(ground, folder, ["status", "--no-audit", "--since", since]);
  try {
    return fleetStatusSchema.parse(JSON.parse(stdout));
  } catch (error) {
    ground.log.error(`The fleet's status cannot be read: ${stderr || String(error)}`);
    return undefined;
  }
}

const cockpit = ({ context }: Ground, folder: vscode.WorkspaceFolder, args: readonly string[]): Promise<CockpitResult> =>
  runCockpit(context, ["fleet", ...args, "--target", folder.uri.fsPath, "--format", "json", "--quiet"]);

async function say({ log }: Ground, { isDone, text }: Outcome): Promise<void> {
  if (isDone) return void vscode.window.showInformationMessage(text);
  const show = "Show Log";
  if ((await vscode.window.showErrorMessage(text, show)) === show) log.show();
}
