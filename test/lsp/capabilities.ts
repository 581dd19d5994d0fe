/** What the editors of these tests say they can do. */
import type { ClientCapabilities } from "vscode-languageserver/node";

/** What VS Code says, as far as the server asks, except that diagnostics are sent to it. */
export const pushing: ClientCapabilities = {
  general: { positionEncodings: ["utf-16"] },
  textDocument: {
    publishDiagnostics: { versionSupport: true, codeDescriptionSupport: true, dataSupport: true },
    codeAction: {
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source", "source.fixAll"] } },
    },
    hover: { contentFormat: ["markdown", "plaintext"] },
  },
  workspace: {
    applyEdit: true,
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    workspaceEdit: { documentChanges: true, snippetEditSupport: true, metadataSupport: true, resourceOperations: ["create"] },
  },
  window: { workDoneProgress: true },
};

/** What VS Code says: it asks for diagnostics. */
export const pulling: ClientCapabilities = {
  ...pushing,
  textDocument: { ...pushing.textDocument, diagnostic: { dynamicRegistration: true } },
  workspace: { ...pushing.workspace, diagnostics: { refreshSupport: true } },
};

/** The least an editor can say: no snippets, no versions, no Markdown, no links, nothing registered, no progress. */
export const plain: ClientCapabilities = {};
