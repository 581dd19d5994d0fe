/** An editor as the server sees one: the real server process over stdio, open documents, diagnostics, settings and edits. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after } from "node:test";
import {
  type ClientCapabilities,
  type CodeAction,
  CodeActionTriggerKind,
  type Diagnostic,
  type InitializeResult,
  type PublishDiagnosticsParams,
  type Range,
  type TextDocumentContentChangeEvent,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { type Answers, answerServer } from "./answers.ts";
import { pushing } from "./capabilities.ts";
import { createDisk, type Disk, type Folders } from "./disk.ts";
import { type ServerProcess, serverArguments, startServer } from "./server-process.ts";
import { edited, everything, splice } from "./texts.ts";

export interface EditorOptions {
  /** Each folder becomes a workspace folder. */
  folders?: Folders;
  /** Folders on disk that the workspace does not have (yet). */
  others?: Folders;
  capabilities?: ClientCapabilities;
  /** The `cockpit` settings of every folder. */
  settings?: Record<string, unknown>;
}

export interface Editor extends Omit<Disk, "dispose">, Pick<ServerProcess, "connection" | "exited">, Answers {
  initialized: InitializeResult;
  /** Opens with the text on disk, or with `text`. */
  open(file: string, options?: { text?: string; languageId?: string }): Promise<void>;
  /** Replaces a range, or everything, of an open document. */
  type(file: string, text: string, range?: Range): Promise<void>;
  /** Several changes in one notification, each of the text that the one before left. */
  change(file: string, changes: readonly TextDocumentContentChangeEvent[]): Promise<void>;
  save(file: string): Promise<void>;
  close(file: string): Promise<void>;
  text(file: string): string;
  version(file: string): number;
  /** What was last published for a file. */
  published(file: string): PublishDiagnosticsParams | undefined;
  /** `line:column rule` of what was last published, 1-based. */
  findings(file: string): string[];
  /** Asks for a document's diagnostics, as `line:column rule`. */
  pulled(file: string): Promise<string[]>;
  /** Code actions, resolved where the server leaves their edit for later. */
  actions(file: string, range?: Range, only?: string[], triggerKind?: CodeActionTriggerKind): Promise<CodeAction[]>;
  /** Carries out a workspace edit on open documents and on disk. */
  apply(edit: WorkspaceEdit): Promise<void>;
  /** Tells of files that were created (1), changed (2) or deleted (3) outside of the editor. */
  changed(...files: [file: string, type: 1 | 2 | 3][]): Promise<void>;
  /** Changes the settings and says so. */
  configure(settings: Record<string, unknown>): Promise<void>;
  changeFolders(added: readonly string[], removed: readonly string[]): Promise<void>;
  /** Ends the server as an editor does; its exit code. */
  stop(): Promise<number | null>;
}

interface TextDocument {
  text: string;
  version: number;
}

export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const { folders = { work: {} }, others = {}, capabilities = pushing, settings = {} } = options;
  const disk = createDisk({ ...folders, ...others });
  const { child, connection, exited } = startServer(process.execPath, serverArguments, { COCKPIT_CACHE_DIR: disk.path(".cache") });
  const documents = new Map<string, TextDocument>();
  const answers = answerServer(connection, disk, settings, (edit) => editor.apply(edit));
  let stopped: Promise<number | null> | undefined;

  function document(file: string): TextDocument {
    const found = documents.get(file);
    assert(found, `${file} is not open`);
    return found;
  }

  async function resolved(action: CodeAction): Promise<CodeAction> {
    return action.edit ? action : connection.sendRequest("codeAction/resolve", action);
  }

  async function stop() {
    if (child.exitCode === null) {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
    }
    const code = await exited;
    disk.dispose();
    return code;
  }

  const actions: Omit<Editor, keyof Answers | keyof Disk | "connection" | "exited" | "initialized"> = {
    async open(file, { text = disk.read(file).replace(/^\uFEFF/, ""), languageId = languageOf(file) } = {}) {
      documents.set(file, { text, version: 1 });
      await connection.sendNotification("textDocument/didOpen", { textDocument: { uri: disk.uri(file), languageId, version: 1, text } });
    },
    type: (file, text, range) => actions.change(file, [range ? { range, text } : { text }]),
    async change(file, contentChanges) {
      const now = document(file);
      for (const it of contentChanges) now.text = "range" in it ? splice(now.text, it.range, it.text) : it.text;
      now.version++;
      const textDocument = { uri: disk.uri(file), version: now.version };
      await connection.sendNotification("textDocument/didChange", { textDocument, contentChanges });
    },
    async save(file) {
      disk.write(file, document(file).text);
      await connection.sendNotification("textDocument/didSave", { textDocument: { uri: disk.uri(file) } });
    },
    async close(file) {
      documents.delete(file);
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri: disk.uri(file) } });
    },
    text: (file) => document(file).text,
    version: (file) => document(file).version,
    published: (file) => answers.diagnostics.get(file),
    findings: (file) => (answers.diagnostics.get(file)?.diagnostics ?? []).map(shown),
    async pulled(file) {
      const report = await connection.sendRequest<{ items: Diagnostic[] }>("textDocument/diagnostic", {
        textDocument: { uri: disk.uri(file) },
      });
      return report.items.map(shown);
    },
    async actions(file, range = everything, only, triggerKind = CodeActionTriggerKind.Invoked) {
      const found = await connection.sendRequest<CodeAction[]>("textDocument/codeAction", {
        textDocument: { uri: disk.uri(file) },
        range,
        context: { diagnostics: [], triggerKind, ...(only ? { only } : {}) },
      });
      return Promise.all(found.map(resolved));
    },
    async apply(edit) {
      for (const it of createdFiles(edit, disk)) if (!existsSync(disk.path(it))) disk.write(it, "");
      for (const { file, version, edits } of fileEdits(edit, disk)) {
        const open = documents.get(file);
        if (!open) disk.write(file, editedFile(disk.read(file), edits));
        else {
          if (version !== null) assert.equal(version, open.version, `an edit of ${file} for another version`);
          await actions.type(file, edited(open.text, edits));
        }
      }
    },
    async changed(...files) {
      const changes = files.map(([file, type]) => ({ uri: disk.uri(file), type }));
      await connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
    },
    async configure(next) {
      editor.settings = next;
      await connection.sendNotification("workspace/didChangeConfiguration", { settings: { cockpit: next } });
    },
    async changeFolders(added, removed) {
      const named = (names: readonly string[]) => names.map((name) => ({ name, uri: disk.uri(name) }));
      await connection.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added: named(added), removed: named(removed) } });
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };

  const initialized: InitializeResult = { capabilities: {} };
  const editor: Editor = Object.assign(answers, disk, actions, { connection, exited, initialized });
  after(() => editor.stop());
  connection.listen();
  editor.initialized = await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities,
    workspaceFolders: Object.keys(folders).map((name) => ({ name, uri: disk.uri(name) })),
  });
  await connection.sendNotification("initialized", {});
  return editor;
}

/** `line:column code`, 1-based; the message of what has no code. */
export const shown = ({ range: { start }, code, message }: Diagnostic): string =>
  `${start.line + 1}:${start.character + 1} ${code ?? message}`;

type FileEdit = { file: string; version: number | null; edits: Parameters<typeof edited>[1] };

const createdFiles = ({ documentChanges = [] }: WorkspaceEdit, { fileOf }: Disk): string[] =>
  documentChanges.flatMap((it) => ("kind" in it && it.kind === "create" ? [fileOf(it.uri)] : []));

function fileEdits({ changes, documentChanges = [] }: WorkspaceEdit, { fileOf }: Disk): FileEdit[] {
  if (changes) return Object.entries(changes).map(([uri, edits]) => ({ file: fileOf(uri), version: null, edits }));
  return documentChanges.flatMap((it) => {
    if ("textDocument" in it) return [{ file: fileOf(it.textDocument.uri), version: it.textDocument.version, edits: it.edits }];
    assert.equal(it.kind, "create", "files are edited and created, nothing else");
    return [];
  });
}

/** Editors keep a byte-order mark to themselves. */
function editedFile(text: string, edits: FileEdit["edits"]): string {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  return mark + edited(text.slice(mark.length), edits);
}

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
