/** An editor as the server sees one: the real server process over stdio, open documents, diagnostics, settings and edits. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import {
  type ApplyWorkspaceEditParams,
  type ApplyWorkspaceEditResult,
  type ClientCapabilities,
  type CodeAction,
  type ConfigurationParams,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  type RegistrationParams,
  RegistrationRequest,
  type SnippetTextEdit,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol/node";
import { type Fleet, fleetMethod, fleetSchema } from "../../server/protocol/lsp.ts";

const root = resolve(import.meta.dirname, "../..");

/** The command that starts the server: the bundle named by `COCKPIT_SERVER`, else the sources. */
export const serverCommand = process.env.COCKPIT_SERVER
  ? [resolve(root, process.env.COCKPIT_SERVER), "--stdio"]
  : ["--import", join(root, "scripts/text-modules.ts"), join(root, "server/lsp/main.ts"), "--stdio"];

export interface EditorOptions {
  /** Files by folder and path; each folder becomes a workspace folder. */
  folders?: Record<string, Record<string, string>>;
  capabilities?: ClientCapabilities;
  /** The `cockpit` settings, asked for by folder. */
  settings?: Record<string, unknown>;
}

export interface Editor {
  connection: ProtocolConnection;
  server: ChildProcess;
  initialized: InitializeResult;
  /** Absolute path of a file named `folder/path`. */
  path(file: string): string;
  uri(file: string): string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Opens with the text on disk, or with `text`. */
  open(file: string, options?: { text?: string; languageId?: string }): Promise<void>;
  /** Replaces a range, or everything, of an open document. */
  type(file: string, text: string, range?: Range): Promise<void>;
  close(file: string): Promise<void>;
  text(file: string): string;
  version(file: string): number;
  /** What was last published for a file. */
  published(file: string): PublishDiagnosticsParams | undefined;
  /** `line:column rule` of what was last published, 1-based. */
  findings(file: string): string[];
  fleet(): Fleet | undefined;
  log: string[];
  registrations: RegistrationParams["registrations"];
  progress: { token: string | number; value: { kind: string; title?: string; message?: string } }[];
  refreshes: number;
  applied: ApplyWorkspaceEditParams[];
  /** Whether `workspace/applyEdit` is carried out. */
  acceptEdits: boolean;
  settings: Record<string, unknown>;
  /** Those of one folder, where they are others. */
  folderSettings: Record<string, Record<string, unknown>>;
  actions(file: string, range: Range, only?: string[]): Promise<CodeAction[]>;
  /** Carries out a workspace edit on open documents and on disk; snippets with their placeholders as text. */
  apply(edit: WorkspaceEdit): Promise<void>;
  changed(file: string, type: 1 | 2 | 3): Promise<void>;
  stop(): Promise<number | null>;
}

/** What VS Code says it can do, as far as the server asks, except that it asks for diagnostics. */
export const pushing: ClientCapabilities = {
  general: { positionEncodings: ["utf-16"] },
  textDocument: {
    publishDiagnostics: { versionSupport: true, codeDescriptionSupport: true, dataSupport: true },
    codeAction: {
      dataSupport: true,
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source", "source.fixAll"] } },
    },
    hover: { contentFormat: ["markdown", "plaintext"] },
  },
  workspace: {
    applyEdit: true,
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true, relativePatternSupport: true },
    workspaceEdit: { documentChanges: true, snippetEditSupport: true, metadataSupport: true },
  },
  window: { workDoneProgress: true },
};

export const pulling: ClientCapabilities = {
  ...pushing,
  textDocument: { ...pushing.textDocument, diagnostic: { dynamicRegistration: true } },
  workspace: { ...pushing.workspace, diagnostics: { refreshSupport: true } },
};

interface TextDocument {
  text: string;
  version: number;
  languageId: string;
}

export async function openEditor({ folders = { work: {} }, capabilities = pushing, settings = {} }: EditorOptions = {}): Promise<Editor> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "cockpit-lsp-")));
  const path = (file: string) => join(home, file);
  const uri = (file: string) => pathToFileURL(path(file)).href;
  const fileOf = (name: string) => decodeURIComponent(name.slice(pathToFileURL(home).href.length + 1));
  function write(file: string, text: string) {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  }
  for (const [folder, files] of Object.entries(folders)) {
    mkdirSync(path(folder), { recursive: true });
    for (const [file, text] of Object.entries(files)) write(`${folder}/${file}`, text);
  }

  const server = spawn(process.execPath, serverCommand, {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, COCKPIT_CACHE_DIR: path(".cache") },
  });
  const exited = new Promise<number | null>((done) => server.once("exit", done));
  assert(server.stdout && server.stdin);
  const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));

  const documents = new Map<string, TextDocument>();
  const published = new Map<string, PublishDiagnosticsParams>();
  let fleet: Fleet | undefined;
  let stopped: Promise<number | null> | undefined;

  const document = (file: string): TextDocument => {
    const found = documents.get(file);
    assert(found, `${file} is not open`);
    return found;
  };

  const editor: Editor = {
    connection,
    server,
    initialized: { capabilities: {} },
    path,
    uri,
    read: (file) => readFileSync(path(file), "utf8"),
    write,
    async open(file, { text = readFileSync(path(file), "utf8").replace(/^\uFEFF/, ""), languageId = languageOf(file) } = {}) {
      documents.set(file, { text, version: 1, languageId });
      await connection.sendNotification("textDocument/didOpen", { textDocument: { uri: uri(file), languageId, version: 1, text } });
    },
    async type(file, text, range) {
      const now = document(file);
      now.text = range ? splice(now.text, range, text) : text;
      now.version++;
      const contentChanges = [range ? { range, text } : { text }];
      await connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: uri(file), version: now.version },
        contentChanges,
      });
    },
    async close(file) {
      documents.delete(file);
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri: uri(file) } });
    },
    text: (file) => document(file).text,
    version: (file) => document(file).version,
    published: (file) => published.get(file),
    findings: (file) => (published.get(file)?.diagnostics ?? []).map(shown),
    fleet: () => fleet,
    log: [],
    registrations: [],
    progress: [],
    refreshes: 0,
    applied: [],
    acceptEdits: true,
    settings,
    folderSettings: {},
    async actions(file, range, only) {
      const diagnostics = (published.get(file)?.diagnostics ?? []).filter((it) => it.range.start.line === range.start.line);
      return connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri: uri(file) },
        range,
        context: { diagnostics, triggerKind: 1, ...(only ? { only } : {}) },
      });
    },
    async apply(edit) {
      const files = edit.changes
        ? Object.entries(edit.changes).map(([name, edits]) => ({ name, version: null, edits }))
        : (edit.documentChanges ?? []).map((it) => {
            assert("textDocument" in it, "only texts are edited");
            return { name: it.textDocument.uri, version: it.textDocument.version, edits: it.edits };
          });
      for (const { name, version, edits } of files) {
        const file = fileOf(name);
        const open = documents.get(file);
        if (!open) write(file, edited(editor.read(file), edits));
        else {
          if (version !== null) assert.equal(version, open.version, `an edit of ${file} for another version`);
          await editor.type(file, edited(open.text, edits));
        }
      }
    },
    changed: (file, type) => connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: uri(file), type }] }),
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };

  async function stop() {
    if (server.exitCode === null) {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
    }
    const code = await exited;
    connection.dispose();
    rmSync(home, { recursive: true, force: true });
    return code;
  }
  after(() => editor.stop());

  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    published.set(fileOf(params.uri), params);
  });
  connection.onNotification(fleetMethod, (params: unknown) => {
    fleet = fleetSchema.parse(params);
  });
  connection.onNotification("window/logMessage", ({ message }: { message: string }) => void editor.log.push(message));
  connection.onNotification("$/progress", (params: Editor["progress"][number]) => void editor.progress.push(params));
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.onRequest("workspace/diagnostic/refresh", () => {
    editor.refreshes++;
    return null;
  });
  connection.onRequest(RegistrationRequest.method, ({ registrations }: RegistrationParams) => {
    editor.registrations.push(...registrations);
    return null;
  });
  connection.onRequest("workspace/configuration", ({ items }: ConfigurationParams) =>
    items.map(({ scopeUri = "" }) => editor.folderSettings[fileOf(scopeUri)] ?? editor.settings),
  );
  connection.onRequest("workspace/applyEdit", async (params: ApplyWorkspaceEditParams): Promise<ApplyWorkspaceEditResult> => {
    editor.applied.push(params);
    if (!editor.acceptEdits) return { applied: false, failureReason: "the test said no" };
    await editor.apply(params.edit);
    return { applied: true };
  });
  connection.listen();
  editor.initialized = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities,
    workspaceFolders: Object.keys(folders).map((name) => ({ name, uri: uri(name) })),
  });
  await connection.sendNotification("initialized", {});
  return editor;
}

/** Polls until `read` gives `expected`; fails with the difference when it never does. */
export async function eventually<T>(read: () => T | Promise<T>, expected: T): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const actual = await read();
    try {
      assert.deepEqual(actual, expected);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Generous: the machine may be busy. Nothing is measured here. */
const patienceMs = 20_000;

export const shown = ({ range, code }: Diagnostic) => `${range.start.line + 1}:${range.start.character + 1} ${code}`;

/** The empty range before the first occurrence of `part`, or the range of all of it. */
export function rangeOf(text: string, part: string, whole = false): Range {
  const offset = text.indexOf(part);
  assert(offset >= 0, `${part} is not in the text`);
  const start = positionAt(text, offset);
  return { start, end: whole ? positionAt(text, offset + part.length) : start };
}

export const everything: Range = { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } };

function positionAt(text: string, offset: number) {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

function offsetAt(text: string, { line, character }: Range["start"]): number {
  const starts = [0, ...[...text.matchAll(/\r\n?|\n/g)].map((it) => it.index + it[0].length)];
  return Math.min((starts[line] ?? text.length) + (line < starts.length ? character : 0), text.length);
}

const splice = (text: string, { start, end }: Range, replacement: string) =>
  text.slice(0, offsetAt(text, start)) + replacement + text.slice(offsetAt(text, end));

/** All edits are of the text before any of them; those of one place are made in the order they come. */
export function edited(text: string, edits: readonly (TextEdit | SnippetTextEdit)[]): string {
  return [...edits]
    .map((it) => ({
      start: offsetAt(text, it.range.start),
      end: offsetAt(text, it.range.end),
      text: "snippet" in it ? filled(it.snippet.value) : it.newText,
    }))
    .sort((a, b) => a.start - b.start)
    .reduceRight((now, it) => now.slice(0, it.start) + it.text + now.slice(it.end), text);
}

const filled = (snippet: string) =>
  snippet.replace(
    /\$\{\d+:((?:\\.|[^}\\])*)\}|\\(.)/g,
    (_, placeholder?: string, plain?: string) => plain ?? placeholder?.replace(/\\(.)/g, "$1") ?? "",
  );

const languageIds: Record<string, string> = {
  py: "python",
  go: "go",
  ts: "typescript",
  tsx: "typescriptreact",
  js: "javascript",
  jsx: "javascriptreact",
  json: "jsonc",
};

const languageOf = (file: string) => languageIds[file.slice(file.lastIndexOf(".") + 1)] ?? "plaintext";
