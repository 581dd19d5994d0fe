/** What tests ask of VS Code from inside: findings of a file, actions at a place, and to wait until something holds. */
import assert from "node:assert/strict";
import * as vscode from "vscode";

export interface Cockpit {
  state(): { kind: string };
  outline(): string[];
}

export function extension(): vscode.Extension<Cockpit> {
  const found = vscode.extensions.getExtension<Cockpit>("agentops-cockpit.agentops-cockpit");
  assert(found, "the extension is installed");
  return found;
}

export function fileUri(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert(folder, "a folder is open");
  return vscode.Uri.joinPath(folder.uri, path);
}

/** `rule: line of the text`, in order, of what the cockpit found in an open file. */
export function findingsOf(document: vscode.TextDocument): string[] {
  return diagnosticsOf(document.uri).map((it) => `${ruleOf(it)}: ${document.lineAt(it.range.start.line).text.trim()}`);
}

export function diagnosticsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "cockpit");
  return ours.sort((a, b) => a.range.start.compareTo(b.range.start));
}

export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}

/** Polls until `read` gives `expected`; says what it gave at last when it never did. */
export async function eventually<T>(read: () => T | Promise<T>, expected: T): Promise<void> {
  let last = await read();
  for (let attempt = 0; attempt < 150 && !same(last, expected); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    last = await read();
  }
  assert.deepEqual(last, expected);
}

function same(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

/** Quick fixes at a place, best first, with their edits. */
export async function quickFixesAt(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  const kind = vscode.CodeActionKind.QuickFix.value;
  return vscode.commands.executeCommand<vscode.CodeAction[]>("vscode.executeCodeActionProvider", uri, range, kind, 50);
}

export async function show(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(fileUri(path));
}

/** Takes back what was not saved. */
export async function revert(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.files.revert");
}
