/** What every feature of the server works on. */
import type { Connection } from "vscode-languageserver/node";
import type { Engine } from "../engine/engine.ts";
import type { Audits } from "./audits.ts";
import type { ClientSupport } from "./client-support.ts";
import type { ConfigDocument } from "./config-documents.ts";
import type { Folders } from "./folders.ts";
import type { Log } from "./log.ts";
import type { OpenDocument } from "./open-documents.ts";
import { pathOf } from "./uris.ts";

export interface Session {
  connection: Connection;
  support: ClientSupport;
  log: Log;
  engine: Engine;
  folders: Folders;
  audits: Audits;
  /** By URI as the editor writes it. */
  documents: ReadonlyMap<string, OpenDocument>;
  configDocuments: ReadonlyMap<string, ConfigDocument>;
}

/** The open document of an absolute path. */
export function documentAt(session: Pick<Session, "documents">, path: string): OpenDocument | undefined {
  for (const it of session.documents.values()) if (it.path === path) return it;
  return undefined;
}

/** The open document of a URI, however it is written. */
export function documentOf(session: Pick<Session, "documents">, uri: string): OpenDocument | undefined {
  const path = pathOf(uri);
  return session.documents.get(uri) ?? (path === undefined ? undefined : documentAt(session, path));
}
