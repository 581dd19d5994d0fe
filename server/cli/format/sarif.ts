/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) with rule pages, regions in UTF-16 columns, fixes, and
 * fingerprints that stay the same when lines above a finding come and go.
 */
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { Severity } from "../../engine/finding.ts";
import type { Rule } from "../../engine/rule.ts";
import type { AuditReport, NotRun, Position, ReportedFinding } from "../../protocol/report.ts";
import { type Group, groupsOf, notRunOf } from "../report.ts";

export interface SarifOptions {
  /** The cockpit's own version. */
  version: string;
  rules: readonly Rule[];
  /** Rule id → its page in Markdown. */
  pages: Readonly<Record<string, string>>;
  /** Absolute path of the folder that result paths are relative to: the repository's root where there is one. */
  root: string;
  /** A path of the report relative to `root`, `/`-separated. */
  shown(file: string): string;
  /** A line (1-based) of a file of the report, for fingerprints. */
  lineOf(file: string, line: number): Promise<string | undefined>;
}

export async function sarifReport(report: AuditReport, options: SarifOptions): Promise<string> {
  const groups = groupsOf(report);
  const results: object[] = [];
  const seen = new Map<string, number>();
  for (const group of groups) for (const finding of group.findings) results.push(await resultOf(finding, group, seen, options));
  const run = {
    tool: { driver: { name: "AgentOps Cockpit", semanticVersion: options.version, rules: options.rules.map((it) => ruleOf(it, options)) } },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { [baseId]: { uri: `${pathToFileURL(options.root)}/`.replace(/\/+$/, "/") } },
    invocations: [invocationOf(report, options)],
    results,
    properties: { agents: report.agents.map(({ id, root, language, health, files }) => ({ id, root, language, health, files })) },
  };
  return `${JSON.stringify({ $schema: schemaUri, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

const schemaUri = "https://json.schemastore.org/sarif-2.1.0.json";
const baseId = "%SRCROOT%";
const levels: Record<Severity, string> = { error: "error", warning: "warning", info: "note" };

function ruleOf({ meta }: Rule, { pages }: SarifOptions) {
  const page = pages[meta.id] ?? meta.title;
  return {
    id: meta.id,
    name: meta.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: sentence(meta.title) },
    fullDescription: { text: firstParagraph(page) ?? sentence(meta.title) },
    help: { text: plainText(page), markdown: page },
    defaultConfiguration: { level: levels[meta.severity] },
    properties: { tags: ["agents", ...meta.languages], fix: meta.fix },
  };
}

async function resultOf(finding: ReportedFinding, group: Group, seen: Map<string, number>, options: SarifOptions) {
  const { rule, severity, message, file, start, end, fix } = finding;
  const artifactLocation = { uri: uriOf(options.shown(file)), uriBaseId: baseId };
  return {
    ruleId: rule,
    ruleIndex: options.rules.findIndex(({ meta }) => meta.id === rule),
    level: levels[severity],
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation, region: regionOf(start, end) } }],
    partialFingerprints: { primaryLocationLineHash: await fingerprint(finding, seen, options) },
    ...(fix ? { fixes: [fixOf(fix, artifactLocation)] } : {}),
    ...(group.id === undefined ? {} : { properties: { agent: group.id } }),
  };
}

/** Rule, file and the line's own text; a counter tells equal lines apart. */
async function fingerprint(
  { rule, file, start }: ReportedFinding,
  seen: Map<string, number>,
  { shown, lineOf }: SarifOptions,
): Promise<string> {
  const text = (await lineOf(file, start.line))?.trim() ?? "";
  const hash = createHash("sha256")
    .update([rule, shown(file), text].join("\0"))
    .digest("hex")
    .slice(0, 16);
  const nth = (seen.get(hash) ?? 0) + 1;
  seen.set(hash, nth);
  return `${hash}:${nth}`;
}

function fixOf({ title, safety, edits }: NonNullable<ReportedFinding["fix"]>, artifactLocation: object) {
  const replacements = edits.map(({ start, end, text }) => ({ deletedRegion: regionOf(start, end), insertedContent: { text } }));
  return { description: { text: title }, artifactChanges: [{ artifactLocation, replacements }], properties: { safety } };
}

/** Our ends and SARIF's are both the column after the last one. */
const regionOf = (start: Position, end: Position) => ({
  startLine: start.line,
  startColumn: start.column,
  endLine: end.line,
  endColumn: end.column,
});

function invocationOf(report: AuditReport, { shown }: SarifOptions) {
  const notRun = notRunOf(report);
  return {
    executionSuccessful: notRun.length === 0,
    ...(notRun.length > 0 ? { toolExecutionNotifications: notRun.map((it) => notificationOf(it, shown)) } : {}),
  };
}

function notificationOf({ file, reason }: NotRun, shown: SarifOptions["shown"]) {
  return {
    descriptor: { id: "not-run" },
    level: "error",
    message: { text: `${shown(file)} was not checked: ${reason}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(shown(file)), uriBaseId: baseId } } }],
  };
}

/** Each segment escaped; a colon in the first one would read as a scheme. */
const uriOf = (path: string) => path.split("/").map(encodeURIComponent).join("/");

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The first paragraph of a page that is prose. */
function firstParagraph(page: string): string | undefined {
  const paragraph = page.split(/\n{2,}/).find((it) => it.trim() !== "" && !/^\s*(#|```|\||[-*] )/.test(it));
  return paragraph === undefined ? undefined : plainText(paragraph).replace(/\s+/g, " ").trim();
}

const plainText = (markdown: string) =>
  markdown
    .replace(/^```.*$/gm, "")
    .replace(/^#+ /gm, "")
    .replace(/`([^`\n]+)`/g, "$1")
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
