/** Wires the features of the language server to a connection. */
import { type Connection, type InitializeParams, type InitializeResult, TextDocumentSyncKind } from "vscode-languageserver/node";
import manifest from "../../package.json" with { type: "json" };
import { loadEngine, withheldMessage } from "../host/engine.ts";
import { type ClientSupport, clientSupport } from "./client-support.ts";
import { createLog } from "./log.ts";
import { type Runtime, startRuntime } from "./runtime.ts";

export function serve(connection: Connection): void {
  const log = createLog(connection);
  let runtime: Runtime | undefined;
  process.on("unhandledRejection", (error) => log.error("something failed that nobody waited for", error));
  process.on("uncaughtException", (error) => log.error("something failed unexpectedly", error));

  connection.onInitialize(async (params): Promise<InitializeResult> => {
    const support = clientSupport(params);
    const engine = await loadEngine({
      onWithheld: ({ rule }, path) => log.warn(withheldMessage(rule, path)),
    });
    runtime = startRuntime({ connection, support, log, engine }, workspaceFolders(params));
    return { capabilities: capabilities(support), serverInfo: { name: "AgentOps Cockpit", version: manifest.version } };
  });
  connection.onInitialized(() => log.guard("the workspace was not opened", async () => runtime?.open()));
  connection.onShutdown(() => runtime?.close());
  connection.listen();
}

function workspaceFolders({ workspaceFolders: folders, rootUri }: InitializeParams) {
  if (folders) return folders;
  return rootUri ? [{ uri: rootUri, name: rootUri.slice(rootUri.lastIndexOf("/") + 1) }] : [];
}

const capabilities = (support: ClientSupport): InitializeResult["capabilities"] => ({
  positionEncoding: "utf-16",
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: { includeText: false } },
  ...(support.pullDiagnostics
    ? { diagnosticProvider: { identifier: "cockpit", interFileDependencies: false, workspaceDiagnostics: true } }
    : {}),
  codeActionProvider: { codeActionKinds: ["quickfix", "source.fixAll.cockpit"], resolveProvider: support.lazyActions },
  hoverProvider: true,
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
});
