/** A report on a fleet before it has a format: what the terminal, Markdown and HTML all show. Its texts are as files and senders wrote them: each format makes them harmless. */
import { alertText } from "../../fleet/alert-text.ts";
import type { AuditedFinding, FleetRow, Health, Reason } from "../../fleet/model/fleet-row.ts";

export interface FleetDocument {
  title: string;
  /** What was looked at, in short phrases. */
  facts: readonly string[];
  /** What came of it, in short phrases. */
  outcome: readonly Phrase[];
  /** Who needs somebody first. */
  agents: readonly AgentEntry[];
}

export interface Phrase {
  text: string;
  tone: "error" | "warning" | "good" | "odd" | "plain";
}

export interface AgentEntry {
  name: string;
  health: Health;
  /** Where it lives, what it is made with, whose it is. */
  facts: readonly string[];
  /** Why it is not green, the worst first. */
  reasons: readonly Reason[];
  /** Milliseconds since 1970, where it is known. */
  since: number | undefined;
  /** By whom and why. */
  paused: string | undefined;
  alerts: readonly string[];
  /** Labels and values of what it does now. */
  figures: readonly (readonly [label: string, value: string])[];
  /** Told in full. */
  detailed: readonly FindingEntry[];
  /** Told in a row each. */
  others: readonly FindingEntry[];
  /** Findings that are neither, by rule. */
  hidden: string;
  notRun: readonly { place: string; reason: string }[];
}

export interface FindingEntry extends Pick<AuditedFinding, "severity" | "rule" | "message" | "fix"> {
  place: string;
  excerpt: Excerpt | undefined;
}

export interface Excerpt {
  /** 1-based. */
  line: number;
  /** The line, or what of a very long one is around the finding. */
  text: string;
  /** Offsets in `text` of what the finding is about. */
  start: number;
  end: number;
}

export interface EntryOptions {
  /** Everything in full. */
  verbose: boolean;
  /** Whether there was an audit, by which it is known who is an agent of this workspace; true when absent. */
  isAudited?: boolean;
  /** A path of the audit as a person would type it here. */
  shown(file: string): string;
  /** A line (1-based) of a file of the audit, for excerpts. */
  lineOf?(file: string, line: number): Promise<string | undefined>;
  figuresOf?(row: FleetRow): AgentEntry["figures"];
}

const mostDetailed = 10;
const mostOthers = 20;

export async function entryOf(row: FleetRow, options: EntryOptions): Promise<AgentEntry> {
  const { agentId, health, reasons, since, paused, audited, alerts } = row;
  const findings = audited?.findings ?? [];
  const isDetailed = (it: AuditedFinding) => options.verbose || (health === "critical" && it.severity === "error");
  const detailed = findings.filter(isDetailed).slice(0, options.verbose ? undefined : mostDetailed);
  const others = findings
    .filter((it) => !isDetailed(it))
    .sort(worseFirst)
    .slice(0, mostOthers);
  const shown = new Set([...detailed, ...others]);
  return {
    name: agentId.trim() === "" ? "(no name)" : clipped(agentId, options, mostNamed),
    health,
    facts: audited ? factsOf(audited, agentId) : options.isAudited === false ? [] : ["not an agent of this workspace"],
    reasons: reasons.map((it) => ({ ...it, text: clipped(it.text, options) })),
    since,
    paused: paused && clipped(`by ${paused.by} at ${paused.at}: ${paused.reason}`, options),
    alerts: alerts.map((it) => clipped(alertText(it), options)),
    figures: options.figuresOf?.(row) ?? [],
    // One after the other: the files are read as they come.
    detailed: await eachInTurn(detailed, (it) => findingEntry(it, options)),
    others: others.map((it) => entryOfFinding(it, undefined, options)),
    hidden: rulesOf(findings.filter((it) => !shown.has(it))),
    notRun: (audited?.notRun ?? []).map(({ file, reason }) => ({ place: options.shown(file), reason: clipped(reason, options) })),
  };
}

function clipped(text: string, { verbose }: EntryOptions, most = mostRead): string {
  return verbose || text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** Characters of any text, and of a name: nobody reads more. */
const mostRead = 1000;
const mostNamed = 200;

const ranks = { error: 0, warning: 1, info: 2 };
const worseFirst = (a: AuditedFinding, b: AuditedFinding) => ranks[a.severity] - ranks[b.severity];

function factsOf({ root, language, frameworks, owners }: NonNullable<FleetRow["audited"]>, id: string): string[] {
  return [root === id ? "" : root, language, frameworks.join(", "), owners.join(" ")].filter(Boolean);
}

async function eachInTurn<T, R>(all: readonly T[], make: (it: T) => Promise<R>): Promise<R[]> {
  const made: R[] = [];
  for (const it of all) made.push(await make(it));
  return made;
}

async function findingEntry(finding: AuditedFinding, options: EntryOptions): Promise<FindingEntry> {
  const text = await options.lineOf?.(finding.file, finding.start.line);
  return entryOfFinding(finding, text === undefined ? undefined : excerptOf(finding, text), options);
}

function entryOfFinding(finding: AuditedFinding, excerpt: Excerpt | undefined, options: EntryOptions): FindingEntry {
  const { severity, rule, message, fix } = finding;
  return { severity, rule, message: clipped(message, options), fix, place: placeOf(finding, options), excerpt };
}

const placeOf = ({ file, start }: AuditedFinding, { shown }: EntryOptions) => `${shown(file)}:${start.line}:${start.column}`;

function excerptOf({ start, end }: AuditedFinding, line: string): Excerpt {
  const from = Math.max(0, start.column - 1 - around);
  const text = line.slice(from, from + 4 * around);
  const to = end.line === start.line ? end.column - 1 : line.length;
  const begin = Math.min(start.column - 1 - from, text.length);
  return { line: start.line, text, start: begin, end: Math.max(begin, Math.min(to - from, text.length)) };
}

/** Characters of a long line before what is wrong with it. */
const around = 200;

/** `4 more: E701 × 3, untracked-client × 1`; empty for none. */
function rulesOf(findings: readonly AuditedFinding[]): string {
  if (findings.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const rules = [...counts].sort(([, a], [, b]) => b - a).map(([rule, n]) => `${rule} × ${n.toLocaleString("en-US")}`);
  return `${findings.length.toLocaleString("en-US")} more: ${rules.join(", ")}`;
}

/** `a, b and 3 more`, each name as a format writes it. */
export function someNames(agents: readonly AgentEntry[], written: (name: string) => string): string {
  const names = agents.slice(0, mostListed).map((it) => written(it.name));
  const rest = agents.length - names.length;
  return `${names.join(", ")}${rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : ""}`;
}

const mostListed = 20;

/** `2026-01-31 14:05 UTC`. */
export const timeText = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
