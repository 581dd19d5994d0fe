/** Open documents: each keeps its text and its syntax tree in step with what is typed, and its findings until something changes. */
import { basename } from "node:path";
import type { TextDocumentContentChangeEvent, TextDocumentItem } from "vscode-languageserver/node";
import type { Document, Engine } from "../engine/engine.ts";
import type { Finding } from "../engine/finding.ts";
import { type LanguageId, languageOf, type SourceFile } from "../engine/source.ts";
import type { Pace } from "../engine/syntax-tree.ts";
import type { WorkspaceFacts } from "../engine/workspace.ts";
import { pathWithin } from "../host/path-within.ts";
import type { Folder } from "./folders.ts";
import { createLines, type Lines } from "./lines.ts";
import { pathOf } from "./uris.ts";

/** What a document is analysed with. */
export interface AnalysisContext {
  folder: Folder;
  workspace: WorkspaceFacts | undefined;
  /** The audit would leave the file alone, so it is left alone here. */
  ignored: boolean;
}

export interface OpenDocument {
  /** As the editor writes it. */
  readonly uri: string;
  readonly version: number;
  /** Absolute; `undefined` for what is not on disk. */
  readonly path: string | undefined;
  readonly file: SourceFile;
  readonly lines: Lines;
  readonly folder: Folder;
  readonly context: AnalysisContext;
  /** Resolves when it can be analysed. */
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  /** Of the text as it is now, in order; empty before `ready` and after `close`. Throws what the engine throws. */
  findings(): readonly Finding[];
  /** The same, or without the lines that are being typed where `findings` would take long. */
  promptFindings(): readonly Finding[];
  /** Whether `promptFindings` gave last what `findings` gives. */
  readonly isSettled: boolean;
  change(version: number, changes: readonly TextDocumentContentChangeEvent[]): void;
  /** What it is analysed with has changed. */
  invalidate(): void;
  /** Frees the tree. */
  close(): void;
}

export interface OpenOptions {
  engine: Engine;
  contextOf(path: string | undefined): AnalysisContext;
  /** Resolves when the context of a path can be relied on. */
  settled(path: string | undefined): Promise<unknown>;
}

/** `undefined` for a language that no rule reads. */
export function openDocument(item: TextDocumentItem, { engine, contextOf, settled }: OpenOptions): OpenDocument | undefined {
  const path = pathOf(item.uri);
  const language =
    (Object.hasOwn(languageById, item.languageId) ? languageById[item.languageId] : undefined) ??
    (path === undefined ? undefined : languageOf(path));
  if (!language) return undefined;
  let { version } = item;
  let context = contextOf(path);
  let lines: Lines | undefined;
  let found: readonly Finding[] | undefined;
  let prompt: readonly Finding[] | undefined;
  let isReady = false;
  let isClosed = false;

  const start = (text: string) => engine.open({ path: relativePath(path, context.folder, item.uri), language, text });
  let parsed = start(item.text);

  const ready = Promise.all([engine.load(language), settled(path)]).then(() => {
    isReady = true;
    invalidate();
  });

  function analyze(document: Document, pace: Pace): readonly Finding[] {
    const { folder, workspace, ignored } = context;
    const { text } = document.file;
    // As the audit has it: what is too large, and what is binary, is not looked at.
    if (ignored || text.length > folder.config.maxFileBytes || text.includes("\0")) return [];
    return document.analyze({ config: folder.config, ...(workspace ? { workspace } : {}) }, pace);
  }

  function forget() {
    found = undefined;
    prompt = undefined;
  }

  function invalidate() {
    forget();
    const before = context.folder;
    context = contextOf(path);
    if (context.folder !== before && !isClosed) replace(parsed, parsed.file.text);
  }

  function replace(document: Document, text: string) {
    document.close();
    parsed = start(text);
  }

  function apply(document: Document, change: TextDocumentContentChangeEvent) {
    if (!("range" in change)) return replace(document, change.text);
    const at = createLines(document.file.text);
    const from = at.offsetAt(change.range.start);
    document.change([{ start: from, end: Math.max(from, at.offsetAt(change.range.end)), text: change.text }]);
  }

  return {
    uri: item.uri,
    path,
    ready,
    get isReady() {
      return isReady;
    },
    get version() {
      return version;
    },
    get file() {
      return parsed.file;
    },
    get lines() {
      lines ??= createLines(parsed.file.text);
      return lines;
    },
    get folder() {
      return context.folder;
    },
    get context() {
      return context;
    },
    findings() {
      if (!isReady || isClosed) return [];
      found ??= analyze(parsed, "whole");
      return found;
    },
    promptFindings() {
      if (!isReady || isClosed) return [];
      prompt = found ?? prompt ?? analyze(parsed, "prompt");
      if (!parsed.isPartial) found ??= prompt;
      return prompt;
    },
    get isSettled() {
      return prompt === found || prompt === undefined;
    },
    change(next, changes) {
      version = next;
      lines = undefined;
      forget();
      for (const change of changes) apply(parsed, change);
    },
    invalidate,
    close() {
      isClosed = true;
      parsed.close();
    },
  };
}

/** Identifiers of languages as editors use them. */
const languageById: Record<string, LanguageId> = {
  python: "python",
  go: "go",
  typescript: "typescript",
  typescriptreact: "tsx",
  javascript: "javascript",
  javascriptreact: "javascript",
};

function relativePath(path: string | undefined, folder: Folder, uri: string): string {
  if (path === undefined) return basename(uri);
  return pathWithin(folder.path, path) ?? basename(path);
}
