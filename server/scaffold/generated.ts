/**
 * What becomes of one generated file: it is created, brought up to date, merged with what a person changed, or left alone with a reason. What was generated last time is kept beside
 * the agent's data, in `.cockpit/generated/`.
 */
import { join, relative, sep } from "node:path";
import type { ChangeKind } from "../protocol/scaffold.ts";
import type { FileChange } from "./file-change.ts";
import { type Conflict, mergeTexts, sameText } from "./merge.ts";
import { textAt } from "./text-at.ts";

/** A file as its template makes it. */
export interface GeneratedFile {
  /** Absolute. */
  path: string;
  text: string;
  /** It is a person's as soon as it is there: written once, then never touched. */
  once?: true;
}

export interface PlannedChange {
  change: FileChange;
  how: ChangeKind;
}

/** A file that is left alone. `before` is what it holds, `proposal` what would be generated. */
export interface Refusal {
  path: string;
  reason: string;
  before: string;
  proposal: string;
}

/** Nothing to do is no change. Throws a ManifestError when the file is there and is no text. */
export async function planGenerated(home: string, file: GeneratedFile): Promise<PlannedChange[] | Refusal> {
  const { path, text, once } = file;
  const current = await textAt(path);
  if (once) return current === undefined ? [created(path, text)] : [];
  const recorded = await textAt(recordPath(home, path));
  const record = recordOf(home, path, recorded, text);
  if (current === undefined) return [created(path, text), ...record];
  if (sameText(current, text)) return record;
  if (recorded === undefined) return { path, reason: "it was there before and is not ours", before: current, proposal: text };
  const merged = mergeTexts(recorded, current, text);
  if ("conflicts" in merged) return { path, reason: describe(merged.conflicts), before: current, proposal: text };
  if (merged.text === current) return record;
  const how = sameText(current, recorded) ? "update" : "merge";
  return [{ change: { path, before: current, after: merged.text }, how }, ...record];
}

/** Where it is kept what was generated last time. */
export const recordPath = (home: string, path: string): string => join(home, recordFolder, `${relative(home, path)}.base`);

/** Whether it is such a file. */
export const isRecord = (path: string): boolean => path.endsWith(".base") && path.includes(join(sep, recordFolder, sep));

const recordFolder = join(".cockpit", "generated");

const created = (path: string, after: string): PlannedChange => ({ change: { path, before: null, after }, how: "create" });

function recordOf(home: string, path: string, recorded: string | undefined, text: string): PlannedChange[] {
  if (recorded !== undefined && sameText(recorded, text)) return [];
  return [{ change: { path: recordPath(home, path), before: recorded ?? null, after: text }, how: "record" }];
}

const shownLines = 6;

function describe(conflicts: readonly Conflict[]): string {
  const places = conflicts.map(({ line, mine, generated }) => [`line ${line}`, ...marked("-", mine), ...marked("+", generated)].join("\n"));
  return `what you changed and what is new are in the same lines; make them alike and run the command again\n${places.join("\n")}`;
}

const marked = (mark: string, lines: readonly string[]) => [
  ...lines.slice(0, shownLines).map((it) => `  ${mark} ${it}`),
  ...(lines.length > shownLines ? [`  ${mark} … and ${lines.length - shownLines} more`] : []),
];
