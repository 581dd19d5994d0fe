/** Edits in offsets as the workspace edits of LSP: named by version, with places to fill in, as far as the editor can take them. */
import type { SnippetTextEdit, TextEdit, WorkspaceEdit } from "vscode-languageserver/node";
import type { Edit } from "../../engine/finding.ts";
import type { ClientSupport } from "../client-support.ts";
import { createLines, type Lines } from "../lines.ts";

/** The edits of one file. */
export interface FileEdits {
  uri: string;
  /** `null` for a file that is not open. */
  version: number | null;
  text: string;
  edits: readonly Edit[];
  /** The file is not there yet: it is created with what the edits insert. Only for editors that can. */
  isNew?: true;
}

export function workspaceEdit(files: readonly FileEdits[], support: ClientSupport): WorkspaceEdit {
  if (!support.versionedEdits) return { changes: Object.fromEntries(files.map((it) => [it.uri, plainEdits(it)])) };
  const changes = files.map((it) => ({
    textDocument: { uri: it.uri, version: it.version },
    edits: support.snippetEdits ? snippetEdits(it) : plainEdits(it),
  }));
  const created = files.filter((it) => it.isNew).map(({ uri }) => ({ kind: "create" as const, uri, options: { ignoreIfExists: true } }));
  return { documentChanges: [...created, ...changes] };
}

function plainEdits({ text, edits }: FileEdits): TextEdit[] {
  const lines = createLines(text);
  return edits.map((it) => plainEdit(it, lines));
}

const plainEdit = (edit: Edit, lines: Lines): TextEdit => ({ range: lines.rangeOf(edit), newText: edit.text });

function snippetEdits({ text, edits }: FileEdits): (TextEdit | SnippetTextEdit)[] {
  const lines = createLines(text);
  return edits.map((it) => snippetEdit(atLineStart(it, text), text, lines) ?? plainEdit(it, lines));
}

function snippetEdit({ placeholder, ...edit }: Edit, text: string, lines: Lines): SnippetTextEdit | undefined {
  if (!placeholder) return undefined;
  // Editors indent the further lines of a snippet like the line it is put into; only at the very start of a line is there nothing to add.
  const startsLine = edit.start === 0 || /[\r\n]/.test(text[edit.start - 1] ?? "");
  if (/[\r\n]/.test(edit.text) && !startsLine) return undefined;
  const part = (start: number, end?: number) => escaped(edit.text.slice(start, end));
  const value = `${part(0, placeholder.start)}\${1:${part(placeholder.start, placeholder.end)}}${part(placeholder.end)}`;
  return { range: lines.rangeOf(edit), snippet: { kind: "snippet", value } };
}

const escaped = (text: string) => text.replace(/[\\$}]/g, "\\$&");

/**
 * The same edit one line ending further on: to put `⏎  a` before `⏎  b` gives the text that putting `  a⏎` before `  b` gives.
 */
function atLineStart(edit: Edit, text: string): Edit {
  const [ending] = /^\r?\n/.exec(edit.text) ?? [];
  if (ending === undefined || edit.start !== edit.end || !text.startsWith(ending, edit.start) || !edit.placeholder) return edit;
  const at = edit.start + ending.length;
  const placeholder = { start: edit.placeholder.start - ending.length, end: edit.placeholder.end - ending.length };
  return { start: at, end: at, text: edit.text.slice(ending.length) + ending, placeholder };
}
