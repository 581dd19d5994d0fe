/** Mothball Agent… and Resume Agent…: by the `cockpit` command, as a person at a terminal would. */
import * as vscode from "vscode";
import type { FleetStatus } from "../../server/protocol/fleet-watch.ts";
import type { CommandContext } from "../commands/commands.ts";
import { type CockpitResult, runCockpit } from "./cockpit-process.ts";
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
  const result = await cockpit(ground, folder, ["mothball", `--id=${agent}`, `--reason=${reason.trim()}`, "--apply"]);
  await say(ground, result, `${shownText(agent)} is mothballed: its next call is refused.`);
}

export async function resumeAgent(ground: Ground): Promise<void> {
  const folder = watchedFolder(ground);
  if (!folder) return;
  const paused = Object.entries((await statusOf(ground, folder))?.mothballed ?? {});
  if (paused.length === 0) return void vscode.window.showInformationMessage("No agent is mothballed.");
  const items = paused.map(([agentId, { by, at, reason }]) => ({
    label: shownText(agentId === everyAgent ? "All agents" : agentId),
    description: shownText(reason),
    detail: shownText(`by ${by}, ${new Date(at).toLocaleString()}`),
    agentId,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Resume Agent", placeHolder: "Which one?", matchOnDescription: true });
  if (!chosen) return;
  const result = await cockpit(ground, folder, ["resume", `--id=${chosen.agentId}`, "--apply"]);
  await say(ground, result, `${chosen.label} is resumed.`);
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

async function statusOf(ground: Ground, folder: vscode.WorkspaceFolder): Promise<FleetStatus | undefined> {
  const { fleetStatusSchema } = await import("../../server/protocol/fleet-watch.ts");
  const { stdout, stderr } = await cockpit(ground, folder, ["status", "--since", "7d"]);
  try {
    return fleetStatusSchema.parse(JSON.parse(stdout));
  } catch (error) {
    ground.log.error(`The fleet's status cannot be read: ${stderr || String(error)}`);
    return undefined;
  }
}

const cockpit = ({ context }: Ground, folder: vscode.WorkspaceFolder, args: readonly string[]): Promise<CockpitResult> =>
  runCockpit(context, ["fleet", ...args, "--target", folder.uri.fsPath, "--format", "json", "--quiet"]);

async function say({ log }: Ground, { code, stderr }: CockpitResult, done: string): Promise<void> {
  if (code === 0) {
    log.info(done);
    return void vscode.window.showInformationMessage(done);
  }
  log.error(stderr.trim());
  const show = "Show Log";
  const problem =
    stderr
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^cockpit: /, "") ?? "";
  if ((await vscode.window.showErrorMessage(`Nothing was changed: ${shownText(problem)}`, show)) === show) log.show();
}
