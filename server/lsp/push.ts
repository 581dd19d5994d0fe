/** Diagnostics for editors that do not ask: sent whenever they change, with the version they are about. */
import type { Diagnostic } from "vscode-languageserver/node";
import { closedDiagnostics, documentDiagnostics } from "./file-diagnostics.ts";
import type { OpenDocument } from "./open-documents.ts";
import type { Session } from "./session.ts";
import { uriOf } from "./uris.ts";

export interface Push {
  document(document: OpenDocument): void;
  /** Of every file that is not open, those whose diagnostics are not what was sent last. */
  closed(): Promise<void>;
  /** The document's diagnostics are from now on those of the audit. */
  onClose(uri: string, path: string | undefined): Promise<void>;
}

export function createPush(session: Session): Push {
  const { connection } = session;
  /** What was last sent of files that are not open, by path. */
  const sent = new Map<string, string>();

  const send = (uri: string, diagnostics: Diagnostic[], version?: number) =>
    connection.sendDiagnostics({ uri, diagnostics, ...(version === undefined ? {} : { version }) });

  /** One after the other, so that the last word is the newest. */
  let last: Promise<void> = Promise.resolve();
  function closed(): Promise<void> {
    last = last.then(sendClosed, sendClosed);
    return last;
  }

  async function sendClosed() {
    const now = await closedDiagnostics(session);
    for (const path of [...sent.keys()].filter((it) => !now.has(it))) {
      sent.delete(path);
      if (!isOpen(path)) await send(uriOf(path), []);
    }
    for (const [path, diagnostics] of now) {
      const text = JSON.stringify(diagnostics);
      // One that was opened meanwhile has diagnostics of its own.
      if (sent.get(path) === text || isOpen(path)) continue;
      sent.set(path, text);
      await send(uriOf(path), diagnostics);
    }
  }

  const isOpen = (path: string) => [...session.documents.values(), ...session.configDocuments.values()].some((it) => it.path === path);

  return {
    document(document) {
      void send(document.uri, documentDiagnostics(session, document, "prompt"), document.version);
    },
    closed,
    async onClose(uri, path) {
      if (path === undefined) await send(uri, []);
      else sent.set(path, "");
      await closed();
    },
  };
}
