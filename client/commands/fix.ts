/** Commands that repair: one finding of the fleet, the file in the editor, or the whole workspace. */
import * as vscode from "vscode";
import { plural } from "../../server/fleet/model/plural.ts";
import type { FindingItem } from "../fleet/fleet-model.ts";
import { placeOf } from "../fleet/fleet-tree.ts";
import { sayServerFailed } from "./audit-workspace.ts";
import type { CommandContext } from "./commands.ts";

export async function fixAll({ server }: Pick<CommandContext, "server">): Promise<void> {
  const { fixAllMethod, fixAllResultSchema } = await import("../../server/protocol/lsp.ts");
  const result = fixAllResultSchema.safeParse(await server.request(fixAllMethod));
  if (!result.success) return sayServerFailed("Nothing was fixed");
  const { fixed, files } = result.data;
  void vscode.window.showInformationMessage(
    fixed === 0
      ? "Nothing to fix: no finding has a safe fix."
      : `Fixed ${plural(fixed, "finding")} in ${plural(files, "file")}. Undo takes it back.`,
  );
}

/** Not by the editor's own command, which does nothing without a word when diagnostics come while it waits for the server. */
export async function fixAllInFile(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document) return void vscode.window.showInformationMessage("Open the file that is to be fixed.");
  const { version } = document;
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const [fix] = await actionsAt(document.uri, all, "source.fixAll.cockpit");
  if (!fix?.edit) return void vscode.window.showInformationMessage("Nothing to fix: no finding in this file has a safe fix.");
  if (document.version !== version) return sayOutOfDate();
  await vscode.workspace.applyEdit(fix.edit);
}

export async function openFinding(item: unknown): Promise<vscode.TextEditor | undefined> {
  if (!isFindingItem(item)) return undefined;
  const { uri, range } = placeOf(item);
  return vscode.window.showTextDocument(uri, { selection: range });
}

/** Asks for the fix anew, at the finding's place, so that what is applied fits the text as it is now. */
export async function applyFix(item: unknown): Promise<void> {
  // What VS Code gives for a row that the fleet's tree has just drawn anew.
  if (item === undefined) return void vscode.window.showInformationMessage("The fleet has just changed: choose the fix again.");
  const editor = await openFinding(item);
  if (!editor || !isFindingItem(item)) return;
  const { uri, range } = placeOf(item);
  const actions = await actionsAt(uri, range, vscode.CodeActionKind.QuickFix.value);
  const fix = actions.find(({ title }) => title === item.finding.fix?.title);
  if (!fix?.edit) return sayOutOfDate();
  await vscode.workspace.applyEdit(fix.edit);
}

const actionsAt = (uri: vscode.Uri, range: vscode.Range, kind: string) =>
  vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", uri, range, kind, mostActions);

function sayOutOfDate() {
  void vscode.window.showWarningMessage("This fix is out of date: the file has changed since it was audited.");
}

/** How many actions VS Code resolves for us, so that their edits are there. */
const mostActions = 20;

function isFindingItem(item: unknown): item is FindingItem {
  return typeof item === "object" && item !== null && "kind" in item && item.kind === "finding";
}
