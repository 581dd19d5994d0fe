/** The diagnostics of every file: of open documents from their text as it is typed, of all others from the last audit. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Diagnostic } from "vscode-languageserver/node";
import type { Finding } from "../engine/finding.ts";
import type { Pace } from "../engine/syntax-tree.ts";
import { configDiagnostics } from "./config-documents.ts";
import { findingDiagnostic, reportedDiagnostic } from "./diagnostics.ts";
import type { OpenDocument } from "./open-documents.ts";
import type { Session } from "./session.ts";

/** Findings of an open document; none, and a line in the log, when a rule fails on it. */
export function findingsOf({ log }: Pick<Session, "log">, document: OpenDocument, pace: Pace = "whole"): readonly Finding[] {
  try {
    return pace === "whole" ? document.findings() : document.promptFindings();
  } catch (error) {
    log.error(`${document.file.path} could not be checked`, error);
    return [];
  }
}

export function documentDiagnostics(session: Session, document: OpenDocument, pace: Pace): Diagnostic[] {
  return findingsOf(session, document, pace).map((it) => findingDiagnostic(it, document.lines, session.support));
}

/** By absolute path, of files that are not open; only those that have any. */
export async function closedDiagnostics(session: Session): Promise<Map<string, Diagnostic[]>> {
  const found = new Map<string, Diagnostic[]>();
  for (const folder of session.folders.workspace)
    for (const [path, findings] of session.audits.of(folder)?.byFile ?? [])
      found.set(
        join(folder.path, path),
        findings.map((it) => reportedDiagnostic(it, session.support)),
      );
  for (const { configFile, problems } of session.folders.all)
    if (configFile !== undefined && problems.length > 0) found.set(configFile, await savedConfigDiagnostics(configFile));
  for (const { path } of [...session.documents.values(), ...session.configDocuments.values()]) if (path !== undefined) found.delete(path);
  return found;
}

/** A file that has gone meanwhile has nothing wrong with it. */
const savedConfigDiagnostics = (file: string) => readFile(file, "utf8").then(configDiagnostics, () => []);
