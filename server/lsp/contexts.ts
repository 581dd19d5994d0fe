/** With what a document is analysed: its folder's configuration, and what the last audit knows of its neighbours. */
import { pathWithin } from "../host/path-within.ts";
import { isPassedOver } from "../host/walk.ts";
import type { AnalysisContext } from "./open-documents.ts";
import type { Session } from "./session.ts";

/** `path` is absolute; without one the document is not on disk, and the first folder's configuration counts. */
export function contextAt({ folders, audits }: Pick<Session, "folders" | "audits">, path: string | undefined): AnalysisContext {
  const folder = folders.at(path);
  const inside = path === undefined ? undefined : pathWithin(folder.path, path);
  return {
    folder,
    workspace: inside === undefined ? undefined : audits.of(folder)?.workspace.get(inside),
    ignored: inside !== undefined && isPassedOver(folder.path, inside, folder.config),
  };
}
