/** Edits of files that the server knows only as they are on disk must not meet changes that are not saved. */
import * as vscode from "vscode";

/** Whether an edit touches such a file, of which the person is told. `languages` are those whose changes the server is told of. */
export function meetsUnsavedChanges(edit: vscode.WorkspaceEdit | undefined, languages: readonly string[]): boolean {
  const touched = new Set((edit?.entries() ?? []).map(([uri]) => uri.toString()));
  const unsaved = vscode.workspace.textDocuments.find(
    (it) => it.isDirty && touched.has(it.uri.toString()) && !languages.includes(it.languageId),
  );
  if (!unsaved) return false;
  const name = vscode.workspace.asRelativePath(unsaved.uri);
  void vscode.window.showWarningMessage(`${name} has changes that are not saved: nothing was fixed. Save it, then fix again.`);
  return true;
}
