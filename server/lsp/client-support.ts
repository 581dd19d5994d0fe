/** What the editor on the other side can do, read once from its capabilities. */
import { type InitializeParams, MarkupKind } from "vscode-languageserver/node";

export interface ClientSupport {
  /** The editor asks for diagnostics; otherwise they are sent to it. */
  pullDiagnostics: boolean;
  refreshDiagnostics: boolean;
  codeDescription: boolean;
  diagnosticData: boolean;
  /** Edits can have places for a person to fill in. */
  snippetEdits: boolean;
  /** Edits can name the version of the document that they are for. */
  versionedEdits: boolean;
  /** Edits can create files. */
  createFiles: boolean;
  /** Edits can say that they belong to one larger change. */
  editMetadata: boolean;
  /** The edit of a code action can be computed when it is chosen. */
  lazyActions: boolean;
  disabledActions: boolean;
  markdown: boolean;
  progress: boolean;
  configuration: boolean;
  watchConfiguration: boolean;
  watchFiles: boolean;
  watchRelative: boolean;
  applyEdit: boolean;
  folders: boolean;
}

export function clientSupport({ capabilities }: InitializeParams): ClientSupport {
  const { textDocument, workspace, window } = capabilities;
  const published = textDocument?.publishDiagnostics;
  const pulled = textDocument?.diagnostic;
  return {
    pullDiagnostics: pulled !== undefined,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    codeDescription: (pulled ?? published)?.codeDescriptionSupport === true || published?.codeDescriptionSupport === true,
    diagnosticData: (pulled ?? published)?.dataSupport === true || published?.dataSupport === true,
    snippetEdits: workspace?.workspaceEdit?.snippetEditSupport === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    createFiles:
      workspace?.workspaceEdit?.documentChanges === true && workspace.workspaceEdit.resourceOperations?.includes("create") === true,
    editMetadata: workspace?.workspaceEdit?.metadataSupport === true,
    lazyActions:
      textDocument?.codeAction?.dataSupport === true && textDocument.codeAction.resolveSupport?.properties.includes("edit") === true,
    disabledActions: textDocument?.codeAction?.disabledSupport === true,
    markdown: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) === true,
    progress: window?.workDoneProgress === true,
    configuration: workspace?.configuration === true,
    watchConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    watchRelative: workspace?.didChangeWatchedFiles?.relativePatternSupport === true,
    applyEdit: workspace?.applyEdit === true,
    folders: workspace?.workspaceFolders === true,
  };
}
