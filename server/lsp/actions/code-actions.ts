/** Code actions: the fix of a finding, all safe fixes of a file, and comments that silence. */
import { type CancellationToken, type CodeAction, CodeActionKind, type CodeActionParams, type Range } from "vscode-languageserver/node";
import * as z from "zod";
import type { AnalyzeOptions } from "../../engine/engine.ts";
import type { Finding } from "../../engine/finding.ts";
import { findingDiagnostic } from "../diagnostics.ts";
import { findingsOf } from "../file-diagnostics.ts";
import type { OpenDocument } from "../open-documents.ts";
import { documentOf, type Session } from "../session.ts";
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
  if (wants(fixAllKind) && !token.isCancellationRequested) actions.push(...(await fixAllActions(session, document)));
  return actions;
}

async function quickFixes(session: Session, document: OpenDocument, range: Range, token: CancellationToken): Promise<CodeAction[]> {
  const all = findingsOf(session, document);
  const here = all.filter((it) => touches(it, spanOf(document, range))).slice(0, mostFindings);
  const snapshot = snapshotOf(document);
  const verified = await session.engine.verify(document.file, here);
  if (token.isCancellationRequested || document.version !== snapshot.version) return [];
  const action = quickFixMaker(session, document, snapshot);
  const fixes = verified.flatMap((it) =>
    it.fix ? [{ ...action(it, it.fix.title, it.fix.edits), isPreferred: it.fix.safety === "safe" }] : [],
  );
  const silences = here.flatMap((it) =>
    suppressions(session.engine, document.file, it, { ...analyzeOptions(document), findings: all }).map(({ title, edit }) =>
      action(it, title, [edit]),
    ),
  );
  return [...fixes, ...(await fixAllOfRules(session, document, verified, all)), ...silences];
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
  const actions = many.map((rule) => lazyAction(session, document, `Fix all ${rule} in this file`, CodeActionKind.QuickFix, rule));
  return (await Promise.all(actions)).filter((it) => it !== undefined);
}

async function fixAllActions(session: Session, document: OpenDocument): Promise<CodeAction[]> {
  if (!findingsOf(session, document).some(isSafe)) return [];
  const action = await lazyAction(session, document, "Fix all that is safe to fix (AgentOps Cockpit)", fixAllKind);
  return action ? [action] : [];
}

const isSafe = ({ fix }: Finding) => fix?.safety === "safe";

/** What an action carries until its edit is asked for. */
const pending = z.object({ uri: z.string(), version: z.int(), rule: z.string().optional() });

async function lazyAction(session: Session, document: OpenDocument, title: string, kind: string, rule?: string) {
  const action: CodeAction = { title, kind };
  const data: z.infer<typeof pending> = { uri: document.uri, version: document.version, ...(rule === undefined ? {} : { rule }) };
  if (session.support.lazyActions) return { ...action, data };
  const edit = await fixAllEdit(session, document, rule);
  return edit && { ...action, edit };
}

async function resolve(session: Session, action: CodeAction): Promise<CodeAction> {
  const wanted = pending.safeParse(action.data);
  if (!wanted.success) return action;
  const { uri, version, rule } = wanted.data;
  const document = documentOf(session, uri);
  if (document?.version !== version) return action;
  const edit = await fixAllEdit(session, document, rule);
  return edit ? { ...action, edit } : action;
}

async function fixAllEdit({ engine, support }: Session, document: OpenDocument, rule: string | undefined) {
  const snapshot = snapshotOf(document);
  const options = analyzeOptions(document);
  const { edits } = await engine.fixAll(document.file, rule === undefined ? options : { ...options, only: new Set([rule]) });
  return edits.length === 0 ? undefined : workspaceEdit([{ ...snapshot, edits }], support);
}

type Snapshot = Omit<FileEdits, "edits">;

const snapshotOf = ({ uri, version, file }: OpenDocument): Snapshot & { version: number } => ({ uri, version, text: file.text });

export function analyzeOptions({ context: { folder, workspace } }: OpenDocument): AnalyzeOptions {
  return { config: folder.config, ...(workspace ? { workspace } : {}) };
}

const spanOf = ({ lines }: OpenDocument, { start, end }: Range) => ({ start: lines.offsetAt(start), end: lines.offsetAt(end) });

const touches = (a: { start: number; end: number }, b: { start: number; end: number }) => a.start <= b.end && b.start <= a.end;
