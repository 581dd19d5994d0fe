/** Diagnostics for editors that ask. A result's id is a hash of what is in it, so that an answer that would be the same is not sent again. */
import { hash } from "node:crypto";
import {
  type CancellationToken,
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver/node";
import { closedDiagnostics, documentDiagnostics } from "./file-diagnostics.ts";
import { documentOf, type Session } from "./session.ts";
import { pathOf, uriOf } from "./uris.ts";

export interface Pull {
  document(uri: string, previous: string | undefined, token: CancellationToken): Promise<DocumentDiagnosticReport>;
  /** Answers when something is not as the editor knows it, so that one that asks again and again costs nothing. */
  workspace(previous: readonly { uri: string; value: string }[], token: CancellationToken): Promise<WorkspaceDiagnosticReport>;
  /** Diagnostics of files that are not open may have changed. */
  changed(): void;
}

export function createPull(session: Session): Pull {
  let waiting: (() => void)[] = [];
  let hasAnswered = false;

  const change = (token: CancellationToken) =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      token.onCancellationRequested(() => resolve());
    });

  async function diagnosticsOf(uri: string): Promise<Diagnostic[]> {
    const document = documentOf(session, uri);
    if (document) {
      await document.ready;
      return documentDiagnostics(session, document, session.support.refreshDiagnostics ? "prompt" : "whole");
    }
    const config = session.configDocuments.get(uri);
    return config ? config.diagnostics() : ((await closedDiagnostics(session)).get(pathOf(uri) ?? "") ?? []);
  }

  return {
    async document(uri, previous, token) {
      const items = await diagnosticsOf(uri);
      refuseCancelled(token);
      const resultId = idOf(items);
      return resultId === previous
        ? { kind: DocumentDiagnosticReportKind.Unchanged, resultId }
        : { kind: DocumentDiagnosticReportKind.Full, resultId, items };
    },
    async workspace(previous, token) {
      for (;;) {
        if (!hasAnswered) await Promise.race([session.audits.idle(), change(token)]);
        refuseCancelled(token);
        // From here on a change counts, also one that comes while this is put together.
        const next = change(token);
        const items = differences(await closedDiagnostics(session), previous, session);
        if (items.length > 0 || (!hasAnswered && !session.audits.isRunning)) {
          hasAnswered = true;
          return { items };
        }
        await next;
      }
    },
    changed() {
      const resolves = waiting;
      waiting = [];
      for (const resolve of resolves) resolve();
    },
  };
}

/** What the editor does not know yet, or knows otherwise. */
function differences(
  now: ReadonlyMap<string, Diagnostic[]>,
  previous: readonly { uri: string; value: string }[],
  session: Session,
): WorkspaceDocumentDiagnosticReport[] {
  const known = new Map(previous.map(({ uri, value }) => [pathOf(uri) ?? uri, { uri, value }]));
  const full = (uri: string, items: Diagnostic[]): WorkspaceDocumentDiagnosticReport => ({
    kind: DocumentDiagnosticReportKind.Full,
    uri,
    version: null,
    resultId: idOf(items),
    items,
  });
  const gone = [...known]
    .filter(([path, { uri, value }]) => !now.has(path) && value !== emptyId && !isOpen(session, uri))
    .map(([, { uri }]) => full(uri, []));
  const changed = [...now]
    .filter(([path, items]) => known.get(path)?.value !== idOf(items))
    .map(([path, items]) => full(known.get(path)?.uri ?? uriOf(path), items));
  return [...gone, ...changed];
}

const isOpen = (session: Session, uri: string) => documentOf(session, uri) !== undefined || session.configDocuments.has(uri);

const idOf = (items: readonly Diagnostic[]) => hash("sha1", JSON.stringify(items)).slice(0, 16);

const emptyId = idOf([]);

function refuseCancelled(token: CancellationToken) {
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
}
