/** Audits single files: byte tests first, and the parser only for what they let through. Runs in workers and, for few files, without. */
import { hash } from "node:crypto";
import { join } from "node:path";
import type { EngineConfig } from "../engine/config.ts";
import { isTest, readSignals, type Signals } from "../engine/discovery/signals.ts";
import type { Finding } from "../engine/finding.ts";
import { importedModules } from "../engine/imported-modules.ts";
import { mayConstructClient } from "../engine/model-clients.ts";
import { languageOf, type SourceFile } from "../engine/source.ts";
import { aloneInTheWorld, type FileSummary, maySummarize, type RuntimePlace, type WorkspaceFacts } from "../engine/workspace.ts";
import { messageOf } from "../protocol/message-of.ts";
import type { Position, ReportedFinding } from "../protocol/report.ts";
import { loadEngine } from "./engine.ts";
import { runtimePlaces } from "./runtime-places.ts";
import { createReader, decode, type SourceBytes } from "./source-bytes.ts";

/** What a batch of files is audited with; it crosses threads. */
export interface FileAuditOptions {
  /** Absolute; paths are relative to it. */
  root: string;
  config: EngineConfig & { maxFileBytes: number };
  only?: ReadonlySet<string>;
}

/** A file to audit, with what was known of it before. */
export interface FileTask {
  path: string;
  /** Hash of the bytes that an earlier outcome was about: if it is still the same, only that is said. */
  known?: string;
  workspace?: WorkspaceFacts;
}

/** What one file gave; plain, it crosses threads and is cached. Nothing at all is what most files give. */
export interface FileOutcome {
  /** SHA-1 of its bytes, where more was done than to read them and find nothing. */
  hash?: string;
  /** The bytes are those of `known`. */
  unchanged?: true;
  findings?: ReportedFinding[];
  summary?: FileSummary;
  signals?: Signals;
  /** Where its runtime was taken to be; that is its host's to know, not the file's. */
  runtime?: RuntimePlace;
  /** Why it could not be checked. */
  notRun?: string;
  /** Rules whose fix was withheld because the text would no longer have parsed. */
  withheld?: string[];
}

export type FileAuditor = (task: FileTask) => Promise<FileOutcome>;

export async function createFileAuditor({ root, config, only }: FileAuditOptions): Promise<FileAuditor> {
  const reader = createReader(config.maxFileBytes);
  const withheld: string[] = [];
  const engine = await loadEngine({ onWithheld: (finding) => withheld.push(finding.rule) });
  const isOn = (id: string) => config.rules[id] !== "off" && (only?.has(id) ?? true);
  const placeOf = await runtimePlaces(root);
  const links = engine.rules.some(({ meta }) => meta.linked && isOn(meta.id));
  const analyzeOptions = (workspace: WorkspaceFacts | undefined) => ({
    config,
    ...(only ? { only } : {}),
    ...(workspace ? { workspace } : {}),
  });

  /** What will most likely be said of the file: nothing but where its runtime is. */
  function expected({ path, language, text }: SourceFile): WorkspaceFacts {
    const runtime = isTest(path) || !mayConstructClient(text, language) ? undefined : placeOf(path, [...importedModules(text, language)]);
    return { ...aloneInTheWorld, ...(runtime ? { runtime } : {}) };
  }

  async function analyze(file: SourceFile, summarizes: boolean, told: WorkspaceFacts | undefined): Promise<FileOutcome> {
    const workspace = told ?? (summarizes ? expected(file) : undefined);
    const findings = await engine.check(file, analyzeOptions(workspace));
    return {
      ...(findings.length > 0 ? { findings: report(file, findings) } : {}),
      ...(summarizes ? { summary: await engine.summarize(file) } : {}),
      ...(workspace?.runtime ? { runtime: workspace.runtime } : {}),
      ...(withheld.length > 0 ? { withheld: withheld.splice(0) } : {}),
    };
  }

  async function auditBytes(path: string, source: SourceBytes, workspace: WorkspaceFacts | undefined): Promise<FileOutcome> {
    const language = languageOf(path);
    if (!language) return { notRun: "no rule reads files of this kind" };
    const { latin1 } = source;
    const signals = readSignals(latin1, path, language);
    const base = signals ? { signals } : {};
    const summarizes = links && maySummarize(latin1, language);
    if (!summarizes && engine.candidates(latin1, language, analyzeOptions(workspace)).length === 0) return base;
    const decoded = decode(source);
    if ("reason" in decoded) return { ...base, notRun: decoded.reason };
    const looked = { ...base, hash: hashOf(source) };
    return { ...looked, ...(await analyze({ path, language, text: decoded.text }, summarizes, workspace)) };
  }

  return async ({ path, known, workspace }) => {
    const source = reader.read(join(root, path));
    if ("reason" in source) return { notRun: source.reason };
    if (known !== undefined && hashOf(source) === known) return { unchanged: true };
    try {
      return await auditBytes(path, source, workspace);
    } catch (error) {
      return { notRun: `a check failed on it: ${messageOf(error)}` };
    }
  };
}

const hashOf = ({ bytes }: SourceBytes) => hash("sha1", bytes);

/** Findings with the lines and columns that people and other tools speak of. */
export function report({ path, text }: Pick<SourceFile, "path" | "text">, findings: readonly Finding[]): ReportedFinding[] {
  const position = positions(text);
  return findings.map(({ rule, severity, message, start, end, fix }) => ({
    rule,
    severity,
    message,
    file: path,
    start: position(start),
    end: position(end),
    fix: fix
      ? {
          title: fix.title,
          safety: fix.safety,
          edits: fix.edits.map((it) => ({
            start: position(it.start),
            end: position(it.end),
            text: it.text,
            ...(it.shared ? { shared: it.shared } : {}),
          })),
          ...(fix.runtime === undefined ? {} : { runtime: fix.runtime }),
        }
      : null,
  }));
}

function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (const { 0: newline, index } of text.matchAll(/\r\n?|\n/g)) starts.push(index + newline.length);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1, offset };
  };
}
