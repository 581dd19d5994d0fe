/** Explain Rule: opens the page of a rule, which is shipped with the extension, as rendered Markdown. */
import * as vscode from "vscode";
import type { CommandContext } from "./commands.ts";

/** `argument` is a rule's id, an item of the fleet, or nothing: then the finding at the cursor, else the person's choice. */
export async function explainRule({ context }: Pick<CommandContext, "context">, argument: unknown): Promise<void> {
  const pages = vscode.Uri.joinPath(context.extensionUri, "docs", "rules");
  const rule = ruleOf(argument) ?? ruleAtCursor() ?? (await chooseRule(pages));
  if (rule === undefined) return;
  const page = vscode.Uri.joinPath(pages, `${rule}.md`);
  try {
    await vscode.workspace.fs.stat(page);
  } catch {
    void vscode.window.showErrorMessage(`There is no rule "${rule}".`);
    return;
  }
  await vscode.commands.executeCommand("vscode.openWith", page, "vscode.markdown.preview.editor");
}

/** Only what can be a rule's id gets to be part of a path. */
function ruleOf(argument: unknown): string | undefined {
  if (typeof argument === "object" && argument !== null && "finding" in argument) return ruleOf(argument.finding);
  if (typeof argument === "object" && argument !== null && "rule" in argument) return ruleOf(argument.rule);
  return typeof argument === "string" && /^[\w-]+$/.test(argument) ? argument : undefined;
}

function ruleAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const here = vscode.languages
    .getDiagnostics(editor.document.uri)
    .find((it) => it.source === "cockpit" && it.range.contains(editor.selection.active));
  return ruleOf(String(typeof here?.code === "object" ? here.code.value : (here?.code ?? "")));
}

async function chooseRule(pages: vscode.Uri): Promise<string | undefined> {
  const files = (await vscode.workspace.fs.readDirectory(pages))
    .map(([name]) => name)
    .filter((it) => it.endsWith(".md") && it !== "README.md");
  const choices = await Promise.all(
    files.map(async (file) => choice(file, await vscode.workspace.fs.readFile(vscode.Uri.joinPath(pages, file)))),
  );
  return (await vscode.window.showQuickPick(choices, { placeHolder: "Which rule?", matchOnDetail: true }))?.label;
}

function choice(file: string, page: Uint8Array): vscode.QuickPickItem {
  const [, title = ""] = /^# (.*)$/m.exec(new TextDecoder().decode(page)) ?? [];
  return { label: file.replace(/\.md$/, ""), detail: title };
}
