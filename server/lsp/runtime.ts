/** The server once it knows its editor: what happens when a document, a file, a setting or a folder changes. */
import {
  type CancellationToken,
  LSPErrorCodes,
  ResponseError,
  type TextDocumentItem,
  type WorkspaceFolder,
} from "vscode-languageserver/node";
import { pathWithin } from "../host/path-within.ts";
import { countOf } from "../protocol/count-fleet.ts";
import { type AuditCount, auditMethod, fixAllMethod } from "../protocol/lsp.ts";
import { registerActions } from "./actions/code-actions.ts";
import { fixWorkspace } from "./actions/fix-workspace.ts";
import { createAnalysisQueue } from "./analysis-queue.ts";
import { createAudits } from "./audits.ts";
import { registerAuth } from "./auth.ts";
import { type ConfigDocument, openConfigDocument } from "./config-documents.ts";
import { contextAt } from "./contexts.ts";
import { findingsOf } from "./file-diagnostics.ts";
import { createFleetNews } from "./fleet-news.ts";
import { createFolders, type Folder } from "./folders.ts";
import { registerHover } from "./hover.ts";
import { type OpenDocument, openDocument } from "./open-documents.ts";
import { createPull } from "./pull.ts";
import { createPush } from "./push.ts";
import { registerScaffold } from "./scaffold.ts";
import type { Session } from "./session.ts";
import { createSettling } from "./settling.ts";

import { readChanges, watch } from "./watch.ts";

export interface Runtime {
  /** The editor is ready: reads configurations, audits the workspace. */
  open(): Promise<void>;
  /** Ends what runs and frees every tree. */
  close(): void;
}

type Ground = Pick<Session, "connection" | "support" | "log" | "engine">;

export function startRuntime(ground: Ground, initialFolders: readonly WorkspaceFolder[]): Runtime {
  const { connection, support, log, engine } = ground;
  const documents = new Map<string, OpenDocument>();
  const configDocuments = new Map<string, ConfigDocument>();
  const folders = createFolders(connection, support, log);
  const audits = createAudits({ connection, support, log, onStart: () => news.now(), onEnd: auditEnded, onRunEnd });
  const firstFolders = Promise.withResolvers<void>();
  const session: Session = { ...ground, folders, audits, documents, configDocuments };
  const push = createPush(session);
  const pull = createPull(session);
  const news = createFleetNews(session);
  const queue = createAnalysisQueue((document) => {
    if (!support.pullDiagnostics) push.document(document);
    settling.soon(document);
    news.soon();
  });
  const settling = createSettling((document) => {
    if (document.isSettled) return;
    findingsOf(session, document);
    if (support.pullDiagnostics) refresh();
    else push.document(document);
  });

  function auditEnded(folder: Folder) {
    reconsiderAll((it) => it.folder === folder);
    closedChanged();
    news.now();
  }

  function onRunEnd() {
    closedChanged();
    news.now();
  }

  /** What the document is analysed with has changed. */
  function reconsider(document: OpenDocument) {
    document.invalidate();
    if (document.isReady) queue.add(document);
  }

  /** Editors that ask do not know that they should. */
  function reconsiderAll(which: (document: OpenDocument) => boolean) {
    const concerned = [...documents.values()].filter(which);
    for (const document of concerned) reconsider(document);
    if (concerned.length > 0) refresh();
  }

  function closedChanged() {
    if (support.pullDiagnostics) pull.changed();
    else void log.guard("diagnostics were not sent", push.closed);
  }

  /** Editors that ask are told that the answer is another one now. */
  function refresh() {
    if (support.pullDiagnostics && support.refreshDiagnostics)
      void log.guard("the editor did not ask again", () => connection.languages.diagnostics.refresh());
  }

  function open(item: TextDocumentItem) {
    const config = openConfigDocument(item);
    if (config) {
      configDocuments.set(item.uri, config);
      return pushConfig(config);
    }
    const document = openDocument(item, {
      engine,
      contextOf: (path) => contextAt(session, path),
      settled: async (path) => {
        await firstFolders.promise;
        await folders.ready(folders.at(path));
      },
    });
    if (!document) return;
    const before = documents.get(item.uri);
    if (before) leave(before);
    documents.set(item.uri, document);
    void log.guard(`${item.uri} was not opened`, async () => {
      await document.ready;
      if (documents.get(item.uri) === document) queue.add(document);
    });
  }

  function leave(document: OpenDocument) {
    queue.remove(document);
    settling.cancel(document);
    document.close();
  }

  function pushConfig(document: ConfigDocument) {
    if (support.pullDiagnostics) return;
    const { uri, version } = document;
    void log.guard(`${uri} was not checked`, async () => {
      const diagnostics = await document.diagnostics();
      if (document.version === version && configDocuments.has(uri)) await connection.sendDiagnostics({ uri, version, diagnostics });
    });
  }

  function close(uri: string) {
    const document = documents.get(uri);
    const path = (document ?? configDocuments.get(uri))?.path;
    if (!document && !configDocuments.has(uri)) return;
    if (document) leave(document);
    documents.delete(uri);
    configDocuments.delete(uri);
    if (support.pullDiagnostics) pull.changed();
    else void log.guard("diagnostics were not sent", () => push.onClose(uri, path));
    news.soon();
  }

  async function reloadConfig(affected: readonly Folder[]) {
    for (const folder of affected) if (await folders.reload(folder)) configChanged(folder);
  }

  function configChanged(folder: Folder) {
    for (const document of documents.values()) if (document.folder === folder) reconsider(document);
    if (folder.isWorkspace) audits.schedule(folder);
    closedChanged();
    refresh();
    news.soon();
  }

  async function changeFolders(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]) {
    for (const { uri } of removed) {
      const folder = folders.remove(uri);
      if (folder) audits.forget(folder);
    }
    const opened = (await Promise.all(added.map(folders.add))).filter((it) => it !== undefined);
    firstFolders.resolve();
    for (const document of documents.values()) reconsider(document);
    closedChanged();
    refresh();
    news.now();
    await audits.run(opened);
  }

  async function filesChanged(changes: ReturnType<typeof readChanges>) {
    const config = changes.filter((it) => it.kind === "config");
    if (config.length > 0) await reloadConfig(folders.all);
    for (const folder of folders.workspace)
      if (changes.some((it) => it.kind === "source" && pathWithin(folder.path, it.path) !== undefined)) audits.schedule(folder);
    if (changes.some((it) => it.path.endsWith(".gitignore"))) reconsiderAll(() => true);
  }

  connection.onDidOpenTextDocument(({ textDocument }) => open(textDocument));
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    const document = documents.get(uri);
    document?.change(version, contentChanges);
    if (document?.isReady) queue.add(document);
    const config = configDocuments.get(uri);
    config?.change(version, contentChanges);
    if (config) pushConfig(config);
  });
  connection.onDidCloseTextDocument(({ textDocument }) => close(textDocument.uri));
  // Editors that watch no files tell at least of those that they save themselves.
  connection.onDidSaveTextDocument(({ textDocument: { uri } }) =>
    log.guard("a saved file was not taken in", () => filesChanged(readChanges([{ uri, type: 2 }]))),
  );
  connection.onDidChangeWatchedFiles(({ changes }) =>
    log.guard("changed files were not taken in", () => filesChanged(readChanges(changes))),
  );
  connection.onDidChangeConfiguration(({ settings }) =>
    log.guard("changed settings were not taken in", () => {
      if (!support.configuration) folders.pushSettings(settings?.cockpit);
      return reloadConfig(folders.all);
    }),
  );
  if (support.pullDiagnostics) {
    connection.languages.diagnostics.on(({ textDocument, previousResultId }, token) =>
      pull.document(textDocument.uri, previousResultId, token),
    );
    connection.languages.diagnostics.onWorkspace(({ previousResultIds }, token) => pull.workspace(previousResultIds, token));
  }
  connection.onRequest(auditMethod, async (token: CancellationToken): Promise<AuditCount> => {
    await firstFolders.promise;
    await audits.run(folders.workspace, token);
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    return countOf(news.now());
  });
  connection.onRequest(fixAllMethod, (token: CancellationToken) => fixWorkspace(session, token));
  registerScaffold(session);
  const auth = registerAuth(session);
  registerActions(session);
  registerHover(session);

  return {
    async open() {
      if (support.folders)
        connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) =>
          log.guard("changed folders were not taken in", () => changeFolders(added, removed)),
        );
      void log.guard("files are not watched", () => watch(connection, support));
      await changeFolders(initialFolders, []);
    },
    close() {
      audits.stop();
      news.stop();
      auth.close();
      for (const document of documents.values()) leave(document);
      documents.clear();
    },
  };
}
