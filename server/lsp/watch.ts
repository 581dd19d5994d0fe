/** Which files outside of the editor matter, and what a change of one means. */
import { basename } from "node:path";
import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type FileEvent,
  WatchKind,
} from "vscode-languageserver/node";
import { isManifest } from "../engine/discovery/discovery.ts";
import { languageOf } from "../engine/source.ts";
import { configFileName } from "../host/config.ts";
import type { ClientSupport } from "./client-support.ts";
import { pathOf } from "./uris.ts";

export interface FileChange {
  path: string;
  /** What it means: another configuration, or another outcome of an audit. */
  kind: "config" | "source";
}

/** Asks the editor to tell of files and settings that change, where it can be asked. */
export async function watch(connection: Connection, support: ClientSupport): Promise<void> {
  if (support.watchConfiguration) await connection.client.register(DidChangeConfigurationNotification.type, { section: "cockpit" });
  if (!support.watchFiles) return;
  await connection.client.register(DidChangeWatchedFilesNotification.type, {
    watchers: [
      { globPattern: "**/*.{py,pyi,go,ts,tsx,mts,cts,js,jsx,mjs,cjs}" },
      { globPattern: "**/{cockpit.json,.gitignore,CODEOWNERS,package.json,pyproject.toml,requirements.txt,go.mod}" },
      // A folder that goes takes its files with it without a word about each.
      { globPattern: "**", kind: WatchKind.Delete },
    ],
  });
}

/** The changes that matter. */
export function readChanges(events: readonly FileEvent[]): FileChange[] {
  return events.flatMap(({ uri, type }): FileChange[] => {
    const path = pathOf(uri);
    if (path === undefined || isNobodysCode(path)) return [];
    const name = basename(path);
    if (name === configFileName) return [{ path, kind: "config" }];
    const matters = languageOf(name) !== undefined || isManifest(name) || name === ".gitignore" || name === "CODEOWNERS";
    return matters || type === FileChangeType.Deleted ? [{ path, kind: "source" }] : [];
  });
}

const isNobodysCode = (path: string) => /[/\\](\.git|node_modules|__pycache__|\.venv|\.hg|\.svn)[/\\]/.test(path);
