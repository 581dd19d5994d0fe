/**
 * Fixes files on disk: reads a file again, lets the engine repair its text, and replaces it in one step. A file is either wholly the old
 * one or wholly the new one, and one that changed meanwhile is left alone.
 */
import { hash } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { joinEdits } from "../engine/edits.ts";
import type { Engine, FixOptions } from "../engine/engine.ts";
import { applyEdits, compatible, type Edit, editsOf, type Finding } from "../engine/finding.ts";
import { languageOf, type SourceFile } from "../engine/source.ts";
import { messageOf } from "../protocol/message-of.ts";
import type { ReportedEdit, ReportedFinding } from "../protocol/report.ts";
import { pathWithin } from "./path-within.ts";
import { replaceFile } from "./replace-file.ts";

/** What would become of one file. */
export interface FixPlan {
  /** As it was asked for, `/`-separated and relative to the root. */
  file: string;
  /** Absolute path of the file itself, links followed. */
  path: string;
  before: string;
  after: string;
  /** What turns `before` into `after`, ascending and not overlapping. */
  edits: readonly Edit[];
  fixed: Pick<Finding, "rule" | "message" | "fix">[];
}

/** A file that is left alone: what happened and what to do, one sentence. */
export interface Refusal {
  file: string;
  reason: string;
}

export type Planned = FixPlan | Refusal;

export const isRefusal = (it: Planned): it is Refusal => "reason" in it;

/** What an audit said about a file, and the SHA-1 of the bytes it said it about. */
export interface Audited {
  hash: string | undefined;
  findings: readonly ReportedFinding[];
}

/**
 * All safe fixes of one file, from what it holds now. `root` is absolute. Where the audited bytes are still the same, its findings are the first
 * pass, so that most files need no second look for it.
 */
export async function planFix(engine: Engine, root: string, file: string, options: FixOptions, audited?: Audited): Promise<Planned> {
  const language = languageOf(file);
  if (!language) return { file, reason: "no rule reads files of this kind" };
  const source = await readSource(root, file);
  if (isRefusal(source)) return source;
  const text = source.before;
  const first =
    audited && audited.hash === hash("sha1", text) ? await firstPass(engine, { path: file, language, text }, audited.findings) : [];
  const made = editsOf(first);
  const rest = await engine.fixAll({ path: file, language, text: applyEdits(text, made) }, options);
  return { ...source, after: rest.text, edits: joinEdits(text.length, made, rest.edits), fixed: [...first, ...rest.fixed] };
}

/** The safe fixes among findings that can be made together; none when together they would break the syntax. */
async function firstPass(engine: Engine, file: SourceFile, reported: readonly ReportedFinding[]) {
  const batch = compatible(reported.filter((it) => it.fix?.safety === "safe").map(asFinding));
  const [one, ...others] = batch;
  if (!one || others.length === 0) return batch;
  const [together] = await engine.verify(file, [{ ...one, fix: { ...one.fix, edits: editsOf(batch) } }]);
  return together?.fix ? batch : [];
}

export function asFinding({ fix, start, end, rule, severity, message }: ReportedFinding): Finding {
  const finding = { rule, severity, message, start: start.offset, end: end.offset };
  return fix ? { ...finding, fix: { ...fix, edits: fix.edits.map(asEdit) } } : finding;
}

const asEdit = ({ start, end, text, shared }: ReportedEdit): Edit => ({
  start: start.offset,
  end: end.offset,
  text,
  ...(shared ? { shared } : {}),
});

/** The one fix of a finding in a text that was read with `readSource`. */
export function planEdits(source: FixPlan, finding: FixPlan["fixed"][number]): FixPlan {
  const edits = finding.fix?.edits ?? [];
  return { ...source, after: applyEdits(source.before, edits), edits, fixed: [finding] };
}

/** A file as a plan that changes nothing yet. */
export async function readSource(root: string, file: string): Promise<Planned> {
  try {
    const path = await realpath(join(root, file));
    if (pathWithin(await realpath(root), path) === undefined)
      return { file, reason: `it is a link to ${path}, outside the target; fix that file itself` };
    const before = decode(await readFile(path));
    return before === undefined
      ? { file, reason: "it is not UTF-8 text; convert it first" }
      : { file, path, before, after: before, edits: [], fixed: [] };
  } catch (error) {
    return { file, reason: `it cannot be read: ${messageOf(error)}` };
  }
}

/**
 * Replaces a file by what was planned, and keeps its mode and owner. Returns why it was left alone, or `undefined` when it was written.
 */
export async function writeFix({ file, path, before, after }: FixPlan): Promise<Refusal | undefined> {
  const unchanged = async () => (await readFile(path)).equals(Buffer.from(before));
  try {
    const refusal = await refusalToWrite({ file, path });
    if (refusal) return refusal;
    const { mode, uid, gid } = await stat(path);
    const replaced = await replaceFile(path, after, { mode, owner: { uid, gid }, mayReplace: unchanged });
    return replaced ? undefined : { file, reason: "it changed while it was being fixed; run the fix again" };
  } catch (error) {
    return { file, reason: `it cannot be written: ${messageOf(error)}` };
  }
}

/** Why a file cannot be written, before anything else is written for its sake. */
export async function refusalToWrite({ file, path }: Pick<FixPlan, "file" | "path">): Promise<Refusal | undefined> {
  const { mode } = await stat(path);
  const isAllowed = (mode & writeBits) !== 0 && (await isWritable(path));
  return isAllowed ? undefined : { file, reason: "it is read-only; make it writable to have it fixed" };
}

/** The mode counts even for root, who may write anything. */
const writeBits = constants.S_IWUSR | constants.S_IWGRP | constants.S_IWOTH;

const isWritable = (path: string) =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/** UTF-8 text, a byte-order mark kept, or `undefined` when writing it back would not give the same bytes. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
