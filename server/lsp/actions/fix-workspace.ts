/** Every safe fix of the workspace as one edit, for the editor to make: files that are open by their text and version, all others as they are on disk. */
import { join } from "node:path";
import { type CancellationToken, LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { type Fix, runtimesOf } from "../../engine/finding.ts";
import { plural } from "../../fleet/model/plural.ts";
import { isRefusal, planFix, readSource } from "../../host/fix.ts";
import { pathWithin } from "../../host/path-within.ts";
import type { FixAllResult } from "../../protocol/lsp.ts";
import type { Dependency } from "../../scaffold/manifests/manifest.ts";
import { ScaffoldError } from "../../scaffold/scaffold-error.ts";
import type { Folder } from "../folders.ts";
import { openProgress, type Progress } from "../progress.ts";
import { documentAt, type Session } from "../session.ts";
import { uriOf } from "../uris.ts";
import { analyzeOptions } from "./code-actions.ts";
import { runtimeFiles, toInstall } from "./runtime-files.ts";
import { type FileEdits, workspaceEdit } from "./workspace-edit.ts";

/** Fails with an error that says why when the editor does not make the edit. */
export async function fixWorkspace(session: Session, token: CancellationToken): Promise<FixAllResult> {
  await session.audits.idle();
  const paths = candidates(session);
  const progress = await openProgress(session.connection, session.support, "Fixing agents", token);
  try {
    const planned = await fixFiles(session, paths, progress);
    const { fixed, needed, left } = await withNeeded(session, await upToDate(session, planned));
    if (progress.token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    if (fixed.length > 0) await apply(session, [...fixed, ...needed]);
    if (left !== undefined) session.log.tell(left);
    return { fixed: fixed.reduce((sum, it) => sum + it.count, 0), files: fixed.length };
  } finally {
    progress.done();
  }
}

interface FixedFile extends FileEdits {
  path: string;
  folder: Folder;
  /** Findings that are repaired. */
  count: number;
  /** Runtimes that the edits import. */
  runtimes: string[];
}

/** With the files that the fixed ones need besides; without those whose needs cannot be met, of which the person is told. */
async function withNeeded(session: Session, planned: readonly FixedFile[]) {
  const needed = new Map<string, FileEdits>();
  const missing: Dependency[] = [];
  const fixed: FixedFile[] = [];
  for (const file of planned) {
    try {
      const { files, unlisted } = await runtimeFiles(session, file.folder, file.runtimes);
      for (const it of files) needed.set(it.uri, it);
      missing.push(...unlisted);
      fixed.push(file);
    } catch (error) {
      if (!(error instanceof ScaffoldError)) throw error;
      session.log.tell(`${pathWithin(file.folder.path, file.path)} was left alone: ${error.message}.`);
    }
  }
  return { fixed, needed: [...needed.values()], left: toInstall(missing) };
}

/** Absolute paths, each with its folder, of what the last audit or the editor says has a safe fix. */
function candidates({ folders, audits, documents }: Session): Map<string, Folder> {
  const found = new Map<string, Folder>();
  for (const folder of folders.workspace)
    for (const [path, findings] of audits.of(folder)?.byFile ?? [])
      if (findings.some(({ fix }) => fix?.safety === "safe")) found.set(join(folder.path, path), folder);
  for (const { path, folder } of documents.values()) if (path !== undefined && folder.isWorkspace) found.set(path, folder);
  return found;
}

async function fixFiles(session: Session, paths: ReadonlyMap<string, Folder>, progress: Progress): Promise<FixedFile[]> {
  const fixed: FixedFile[] = [];
  for (const [i, [path, folder]] of [...paths].entries()) {
    // Lets what the person does meanwhile come in between two files.
    await new Promise(setImmediate);
    if (progress.token.isCancellationRequested) return [];
    progress.report(`${i + 1} of ${plural(paths.size, "file")}`, i / paths.size);
    const file = await fixFile(session, path, folder);
    if (file && file.edits.length > 0) fixed.push(file);
  }
  return fixed;
}

/** What was changed or opened while others were looked at is looked at again: an edit of a file that is not open names no version. */
async function upToDate(session: Session, planned: readonly FixedFile[]): Promise<FixedFile[]> {
  const fixed: FixedFile[] = [];
  for (const file of planned) {
    const now = (await isAsPlanned(session, file)) ? file : await fixFile(session, file.path, file.folder);
    if (now && now.edits.length > 0) fixed.push(now);
  }
  return fixed;
}

async function isAsPlanned(session: Session, { path, folder, version, text }: FixedFile): Promise<boolean> {
  const document = documentAt(session, path);
  if (document) return document.version === version;
  if (version !== null) return false;
  const source = await readSource(folder.path, pathWithin(folder.path, path) ?? "");
  return !isRefusal(source) && withoutMark(source.before, []).text === text;
}

async function fixFile(session: Session, path: string, folder: Folder): Promise<FixedFile | undefined> {
  const document = documentAt(session, path);
  if (!document) return fixClosedFile(session, path, folder);
  await document.ready;
  if (document.context.ignored) return undefined;
  const { uri, version, file } = document;
  const { edits, fixed } = await session.engine.fixAll(file, { ...analyzeOptions(document), accepts: accepts(session) });
  return { uri, path, folder, version, text: file.text, edits, count: fixed.length, runtimes: runtimesOf(fixed) };
}

/** Editors that create no files are spared the fixes that may need one. */
const accepts =
  ({ support }: Session) =>
  (fix: Fix) =>
    fix.runtime === undefined || support.createFiles;

async function fixClosedFile(session: Session, path: string, folder: Folder): Promise<FixedFile | undefined> {
  const { engine, audits, log } = session;
  const file = pathWithin(folder.path, path);
  if (file === undefined) return undefined;
  const workspace = audits.of(folder)?.workspace.get(file);
  const options = { config: folder.config, accepts: accepts(session), ...(workspace ? { workspace } : {}) };
  const plan = await planFix(engine, folder.path, file, options);
  if (!isRefusal(plan)) {
    const { before, edits, fixed } = plan;
    return {
      uri: uriOf(path),
      path,
      folder,
      version: null,
      ...withoutMark(before, edits),
      count: fixed.length,
      runtimes: runtimesOf(fixed),
    };
  }
  log.warn(`${path} was left alone: ${plan.reason}`);
  return undefined;
}

/** Editors keep a byte-order mark to themselves: their texts begin after it. */
function withoutMark(text: string, edits: FileEdits["edits"]): Pick<FileEdits, "text" | "edits"> {
  if (!text.startsWith("\uFEFF")) return { text, edits };
  return { text: text.slice(1), edits: edits.map((it) => ({ ...it, start: it.start - 1, end: it.end - 1 })) };
}

async function apply({ connection, support }: Session, files: readonly FileEdits[]) {
  if (!support.applyEdit) throw new ResponseError(LSPErrorCodes.RequestFailed, "this editor lets no server edit files");
  const { applied, failureReason } = await connection.workspace.applyEdit({
    label: "Fix all that is safe to fix",
    edit: workspaceEdit(files, support),
    ...(support.editMetadata ? { metadata: { isRefactoring: true } } : {}),
  });
  if (!applied)
    throw new ResponseError(LSPErrorCodes.RequestFailed, `the editor did not make the edit: ${failureReason ?? "it gave no reason"}`);
}
