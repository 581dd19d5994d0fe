/** Open `cockpit.json` files: what is wrong with each as it is typed. The configuration itself is what is saved. */
import { basename } from "node:path";
import type { Diagnostic, TextDocumentContentChangeEvent, TextDocumentItem } from "vscode-languageserver/node";
import { configFileName, readConfig } from "../host/config.ts";
import { problemDiagnostic } from "./diagnostics.ts";
import { createLines } from "./lines.ts";
import { pathOf } from "./uris.ts";

export interface ConfigDocument {
  readonly uri: string;
  readonly path: string | undefined;
  readonly version: number;
  change(version: number, changes: readonly TextDocumentContentChangeEvent[]): void;
  diagnostics(): Promise<Diagnostic[]>;
}

/** `undefined` for any other file. */
export function openConfigDocument({ uri, version, text }: TextDocumentItem): ConfigDocument | undefined {
  const path = pathOf(uri);
  if (basename(path ?? uri) !== configFileName) return undefined;
  let now = { text, version };
  return {
    uri,
    path,
    get version() {
      return now.version;
    },
    change(next, changes) {
      now = { version: next, text: changes.reduce(changed, now.text) };
    },
    diagnostics: () => configDiagnostics(now.text),
  };
}

/** What is wrong with the text of a `cockpit.json`. */
export async function configDiagnostics(text: string): Promise<Diagnostic[]> {
  const lines = createLines(text);
  return (await readConfig(text)).problems.map((it) => problemDiagnostic(it, lines));
}

function changed(text: string, change: TextDocumentContentChangeEvent): string {
  if (!("range" in change)) return change.text;
  const lines = createLines(text);
  return text.slice(0, lines.offsetAt(change.range.start)) + change.text + text.slice(lines.offsetAt(change.range.end));
}
