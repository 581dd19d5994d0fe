/** Code actions: the fix of a finding, all safe fixes of a file, and comments that silence. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  CodeActionTriggerKind,
  type Range,
} from "vscode-languageserver/node";
import * as z from "zod";
import type { AnalyzeOptions } from "../../engine/engine.ts";
import { type Finding, type Fix, type Fixable, runtimesOf } from "../../engine/finding.ts";
import { ScaffoldError } from "../../scaffold/scaffold-error.ts";
import { findingDiagnostic } from "../diagnostics.ts";
import { findingsOf } from "../file-diagnostics.ts";
import type { OpenDocument } from "../open-documents.ts";
import { documentOf, type Session } from "../session.ts";
import { runtimeFiles, toInstall } from "./runtime-files.ts";
import { suppressions } from "./suppress.ts";
import { type FileEdits, workspaceEdit } from "./workspace-edit.ts";

const fixAllKind = `${CodeActionKind.SourceFixAll}.cockpit`;

export function registerActions(session: Session): void {
  session.connection.onCodeAction((params, token) => codeActions(session, params, token));
  session.connection.onCodeActionResolve((action) => resolve(session, action));
}

async function codeActions(session: Session, { textDocument, range, context }: CodeActionParams, token: CancellationToken) {
  const document = documentOf(session, textDocument.uri);
  if (!document) return [];
  await document.ready;
  const wants = (kind: string) => context.only?.some((it) => kind === it || kind.startsWith(`${it}.`)) ?? kind !== fixAllKind;
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) actions.push(...(await quickFixes(session, document, range, token)));
  const isAutomatic = context.triggerKind === CodeActionTriggerKind.Automatic;
  if (wants(fixAllKind) && !token.isCancellationRequested) actions.push(...(await fixAllActions(session, document, isAutomatic)));
  return actions;
}

async function quickFixes(session: Session, document: OpenDocument, range: Range, token: CancellationToken): Promise<CodeAction[]> {
  const all = findingsOf(session, document);
  const here = all.filter((it) => touches(it, spanOf(document, range))).slice(0, mostFindings);
  const snapshot = snapshotOf(document);
  const verified = await session.engine.verify(document.file, here);
  if (token.isCancellationRequested || document.version !== snapshot.version) return [];
  const action = quickFixMaker(session, document, snapshot);
  const fixes = await Promise.all(verified.filter(isFixable).map((it) => fixAction(session, document, snapshot, it)));
  const silences = here.flatMap((it) =>
    suppressions(session.engine, document.file, it, { ...analyzeOptions(document), findings: all }).map(({ title, edit }) =>
      action(it, title, [edit]),
    ),
  );
  return [...fixes.filter((it) => it !== undefined), ...(await fixAllOfRules(session, document, verified, all)), ...silences];
}

const isFixable = (finding: Finding): finding is Fixable => finding.fix !== undefined;

/** A fix that needs other files is put together when it is chosen, where the editor can wait for it; one that needs what the editor cannot create is not offered. */
async function fixAction(session: Session, document: OpenDocument, snapshot: Snapshot, finding: Fixable): Promise<CodeAction | undefined> {
  const { support } = session;
  const { title, edits, runtime, safety } = finding.fix;
  const isPreferred = safety === "safe";
  if (runtime === undefined) return { ...quickFixMaker(session, document, snapshot)(finding, title, edits), isPreferred };
  if (!canHaveRuntime(session, document, runtime)) return undefined;
  const diagnostics = [findingDiagnostic(finding, document.lines, support)];
  const action: CodeAction = { title, kind: CodeActionKind.QuickFix, diagnostics, isPreferred };
  const { rule, start } = finding;
  if (support.lazyActions)
    return { ...action, data: { uri: document.uri, version: document.version, finding: { rule, start } } satisfies Pending };
  const edit = await withRuntimes(session, document, { ...snapshot, edits }, [runtime]);
  return edit && { ...action, edit };
}

const canHaveRuntime = ({ support }: Session, { context: { folder } }: OpenDocument, runtime: string) =>
  support.createFiles || existsSync(join(folder.path, runtime));

/** The edits of a file together with those that bring the runtimes it imports. Where they cannot be brought, says why to who has chosen them. */
async function withRuntimes(session: Session, { context: { folder } }: OpenDocument, file: FileEdits, runtimes: readonly string[]) {
  const { support, log } = session;
  try {
    const { files, unlisted } = await runtimeFiles(session, folder, runtimes);
    const left = toInstall(unlisted);
    if (left !== undefined) (support.lazyActions ? log.tell : log.info)(left);
    return workspaceEdit([file, ...files], support);
  } catch (error) {
    if (!(error instanceof ScaffoldError)) throw error;
    if (support.lazyActions) log.tell(`Nothing was fixed: ${error.message}.`);
    else log.warn(`a fix is not offered: ${error.message}`);
    return undefined;
  }
}

/** A selection of the whole file asks for no more than a person can read. */
const mostFindings = 20;

function quickFixMaker({ support }: Session, document: OpenDocument, snapshot: Snapshot) {
  return (finding: Finding, title: string, edits: FileEdits["edits"]): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [findingDiagnostic(finding, document.lines, support)],
    edit: workspaceEdit([{ ...snapshot, edits }], support),
  });
}

/** One action for each rule that has a safe fix here and another one elsewhere in the file. */
async function fixAllOfRules(session: Session, document: OpenDocument, here: readonly Finding[], all: readonly Finding[]) {
  const rules = new Set(here.filter(isSafe).map((it) => it.rule));
  const many = [...rules].filter((rule) => all.filter((it) => it.rule === rule && isSafe(it)).length > 1);
  const actions = many.map((rule) =>
    lazyAction(session, document, { title: `Fix all ${rule} in this file`, kind: CodeActionKind.QuickFix, rule }),
  );
  return (await Promise.all(actions)).filter((it) => it !== undefined);
}

async function fixAllActions(session: Session, document: OpenDocument, isAutomatic: boolean): Promise<CodeAction[]> {
  if (!findingsOf(session, document).some(isSafe)) return [];
  const action = await lazyAction(session, document, {
    title: "Fix all that is safe to fix (AgentOps Cockpit)",
    kind: fixAllKind,
    isAutomatic,
  });
  return action ? [action] : [];
}

const isSafe = ({ fix }: Finding) => fix?.safety === "safe";

/** What an action carries until its edit is asked for: one finding's fix, or those of one rule, or all. */
const pendingSchema = z.object({
  uri: z.string(),
  version: z.int(),
  finding: z.object({ rule: z.string(), start: z.int() }).optional(),
  rule: z.string().optional(),
  isAutomatic: z.boolean().optional(),
});
type Pending = z.infer<typeof pendingSchema>;

interface FixAll {
  title: string;
  kind: string;
  rule?: string;
  /** Nobody asked for it, as on saving: other files are left alone. */
  isAutomatic?: boolean;
}

async function lazyAction(session: Session, document: OpenDocument, { title, kind, ...scope }: FixAll) {
  const action: CodeAction = { title, kind };
  if (session.support.lazyActions) return { ...action, data: { uri: document.uri, version: document.version, ...scope } satisfies Pending };
  const edit = await fixAllEdit(session, document, scope);
  return edit && { ...action, edit };
}

async function resolve(session: Session, action: CodeAction): Promise<CodeAction> {
  const wanted = pendingSchema.safeParse(action.data);
  if (!wanted.success) return action;
  const { uri, version, finding, ...scope } = wanted.data;
  const document = documentOf(session, uri);
  if (document?.version !== version) return action;
  const edit = finding ? await findingEdit(session, document, finding) : await fixAllEdit(session, document, scope);
  return edit ? { ...action, edit } : action;
}

async function findingEdit(session: Session, document: OpenDocument, { rule, start }: NonNullable<Pending["finding"]>) {
  const found = findingsOf(session, document).find((it) => it.rule === rule && it.start === start);
  if (!found?.fix) return undefined;
  const { edits, runtime } = found.fix;
  return withRuntimes(session, document, { ...snapshotOf(document), edits }, runtime === undefined ? [] : [runtime]);
}

async function fixAllEdit(session: Session, document: OpenDocument, { rule, isAutomatic = false }: Pick<Pending, "rule" | "isAutomatic">) {
  const snapshot = snapshotOf(document);
  const { folder } = document.context;
  const isThere = (runtime: string) => existsSync(join(folder.path, runtime));
  const accepts = ({ runtime }: Fix) =>
    runtime === undefined || isThere(runtime) || (!isAutomatic && canHaveRuntime(session, document, runtime));
  const options = { ...analyzeOptions(document), accepts, ...(rule === undefined ? {} : { only: new Set([rule]) }) };
  const { edits, fixed } = await session.engine.fixAll(document.file, options);
  return edits.length === 0 ? undefined : withRuntimes(session, document, { ...snapshot, edits }, runtimesOf(fixed));
}

type Snapshot = Omit<FileEdits, "edits">;

const snapshotOf = ({ uri, version, file }: OpenDocument): Snapshot & { version: number } => ({ uri, version, text: file.text });

export function analyzeOptions({ context: { folder, workspace } }: OpenDocument): AnalyzeOptions {
  return { config: folder.config, ...(workspace ? { workspace } : {}) };
}

const spanOf = ({ lines }: OpenDocument, { start, end }: Range) => ({ start: lines.offsetAt(start), end: lines.offsetAt(end) });

const touches = (a: { start: number; end: number }, b: { start: number; end: number }) => a.start <= b.end && b.start <= a.end;
