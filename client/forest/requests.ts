/** What a person asks for in the Forest, done by the parts of the extension that do it elsewhere too. */
import { Buffer } from "node:buffer";
import * as vscode from "vscode";
import type { FindingPlace, HostMessage, ViewMessage } from "../../server/protocol/forest.ts";
import type { FleetAgent } from "../../server/protocol/lsp.ts";
import { type FindingItem, findingItem } from "../fleet/fleet-model.ts";
import { mothball, resume } from "../live/mothball.ts";
import { keyOf } from "./audited.ts";
import type { ForestGround } from "./forest-panel.ts";

interface Ground extends ForestGround {
  panel: vscode.WebviewPanel;
  say(message: HostMessage): void;
}

export async function answer(ground: Ground, message: Exclude<ViewMessage, { kind: "ready" }>): Promise<void> {
  switch (message.kind) {
    case "look":
      return ground.live.look(message.agents, message.range);
    case "openFinding":
    case "applyFix":
      return withFinding(ground, message.place, (item) => run(`cockpit.${message.kind}`, item));
    case "explainRule":
      return run("cockpit.explainRule", message.rule);
    case "openAgent":
      return openAgent(ground, message.key);
    case "mothball":
      return sayOutcome(ground, await mothball(ground, message.agentId, message.reason));
    case "resume":
      return sayOutcome(ground, await resume(ground, message.agentId, message.reason));
    case "copy":
      await vscode.env.clipboard.writeText(message.text);
      return ground.say({ kind: "said", text: "Copied.", isProblem: false });
    case "export":
      return save(ground, message);
    case "auditWorkspace":
    case "showLog":
    case "startLiveWire":
    case "restartServer":
      return run(`cockpit.${message.kind}`);
  }
}

const run = async (command: string, ...args: unknown[]): Promise<void> => {
  await vscode.commands.executeCommand(command, ...args);
};

const sayOutcome = ({ say }: Ground, { text, isDone }: { text: string; isDone: boolean }): void =>
  say({ kind: "said", text, isProblem: !isDone });

interface Known {
  folder: string;
  agent: FleetAgent;
}

/** The view names what it was told of; a path that it makes up leads nowhere. */
function known({ server }: Ground, key: string): Known | undefined {
  const state = server.state();
  for (const { uri, agents } of (state.kind === "ready" ? state.fleet?.folders : undefined) ?? [])
    for (const agent of agents) if (keyOf(uri, agent) === key) return { folder: uri, agent };
  return undefined;
}

/** What the view shows may be what a server said that does not run any more. */
function notThere({ server }: Ground, what: string): string {
  const state = server.state();
  if (state.kind === "ready" && state.fleet) return `This ${what} is not there any more.`;
  return `The cockpit's server is ${state.kind === "error" ? "not running: restart it" : "starting: try again"}.`;
}

async function withFinding(ground: Ground, { key, rule, file, line, column }: FindingPlace, use: (item: FindingItem) => Promise<void>) {
  const found = known(ground, key);
  const finding = found?.agent.findings.find(
    (it) => it.rule === rule && it.file === file && it.start.line === line && it.start.column === column,
  );
  if (found && finding) return use(findingItem(finding, found.folder));
  ground.say({ kind: "said", text: notThere(ground, "finding"), isProblem: true });
}

/** The file of its first finding, else its manifest or README; where there is none, its folder in the explorer. */
async function openAgent(ground: Ground, key: string): Promise<void> {
  const found = known(ground, key);
  if (!found) return ground.say({ kind: "said", text: notThere(ground, "agent"), isProblem: true });
  const root = vscode.Uri.joinPath(vscode.Uri.parse(found.folder, true), found.agent.root);
  const first = found.agent.findings[0]?.file;
  const files = [
    ...(first === undefined ? [] : [vscode.Uri.joinPath(vscode.Uri.parse(found.folder, true), first)]),
    ...manifests.map((it) => vscode.Uri.joinPath(root, it)),
  ];
  for (const file of files) if (await isThere(file)) return void (await vscode.window.showTextDocument(file));
  await run("revealInExplorer", root);
}

const manifests = ["pyproject.toml", "package.json", "go.mod", "requirements.txt", "README.md"];

const isThere = (file: vscode.Uri): Promise<boolean> =>
  Promise.resolve(vscode.workspace.fs.stat(file)).then(
    () => true,
    () => false,
  );

async function save(ground: Ground, { format, content }: Extract<ViewMessage, { kind: "export" }>): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = `forest.${format}`;
  const file = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
    filters: { [format.toUpperCase()]: [format] },
    title: "Export the Forest",
  });
  if (!file) return;
  await vscode.workspace.fs.writeFile(file, Buffer.from(content, format === "png" ? "base64" : "utf8"));
  ground.say({ kind: "said", text: `Exported to ${vscode.workspace.asRelativePath(file)}.`, isProblem: false });
}
