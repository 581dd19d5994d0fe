/** An audit for people: critical agents in detail, warnings a row each, green agents on one line; then what did not run, and a summary. */
import type { Severity } from "../../engine/finding.ts";
import type { AuditReport, Health, NotRun, ReportedFinding } from "../../protocol/report.ts";
import { count, findingsOf, type Group, groupsOf, notRunOf, seconds } from "../report.ts";
import { printable, type Terminal } from "../terminal.ts";

export interface PrettyOptions extends Pick<Terminal, "colors" | "width"> {
  /** Everything in full. */
  verbose: boolean;
  /** One file was audited: whose it is was not looked into. */
  single?: boolean;
  /** A path of the report as a person would type it here. */
  shown(file: string): string;
  /** A line (1-based) of a file of the report, for excerpts. */
  lineOf(file: string, line: number): Promise<string | undefined>;
}

export async function prettyReport(report: AuditReport, options: PrettyOptions): Promise<string> {
  const groups = groupsOf(report).filter((it) => it.findings.length > 0);
  const blocks = await Promise.all(groups.sort(worstFirst).map((it) => groupBlock(it, options)));
  const green = report.agents.filter((it) => it.findings.length === 0);
  if (green.length > 0) blocks.push(greenLine(green, options));
  const notRun = notRunOf(report);
  if (notRun.length > 0) blocks.push(notRunBlock(notRun, options));
  return blocks.map((it) => `${it}\n`).join("\n");
}

/** Two lines: what was looked at, and what came of it. */
export function summaryLines(report: AuditReport, { colors, single = false }: Pick<PrettyOptions, "colors" | "single">): string {
  const { agents, files, bySeverity, notRun, durationMs } = report.summary;
  const looked = [single ? "" : count(agents, "agent"), count(files, "file"), seconds(durationMs)].filter(Boolean).join(" · ");
  const fixable = findingsOf(report).filter((it) => it.fix?.safety === "safe").length;
  const suggested = findingsOf(report).filter((it) => it.fix?.safety === "suggestion").length;
  const found = [
    bySeverity.error > 0 ? colors.red(count(bySeverity.error, "error")) : "",
    bySeverity.warning > 0 ? colors.yellow(count(bySeverity.warning, "warning")) : "",
    bySeverity.info > 0 ? `${bySeverity.info.toLocaleString("en-US")} info` : "",
  ].filter(Boolean);
  const outcome = [
    found.length > 0 ? found.join(", ") : notRun > 0 ? "no findings" : colors.green("no findings"),
    notRun > 0 ? colors.magenta(`${count(notRun, "check")} not run`) : "",
    fixable > 0 ? `${colors.bold("cockpit fix")} repairs ${fixable.toLocaleString("en-US")}` : "",
    suggested > 0 ? `${count(suggested, "suggestion")} for cockpit fix --at` : "",
  ].filter(Boolean);
  return `${colors.dim(looked)}\n${outcome.join(" · ")}`;
}

const order: readonly Health[] = ["critical", "warning", "green"];
const worstFirst = (a: Group, b: Group) => order.indexOf(a.health) - order.indexOf(b.health);

async function groupBlock(group: Group, options: PrettyOptions): Promise<string> {
  const detailed = group.findings.filter((it) => options.verbose || it.severity === "error");
  const rows = group.findings.filter((it) => !detailed.includes(it));
  const [shownDetailed, shownRows] = options.verbose ? [detailed, rows] : [detailed.slice(0, maximumDetailed), rows.slice(0, maximumRows)];
  const hidden = group.findings.length - shownDetailed.length - shownRows.length;
  const lines = options.single ? [] : [heading(group, options)];
  for (const finding of shownDetailed) lines.push(...(await detail(finding, options)));
  lines.push(...table(shownRows, options));
  if (hidden > 0) lines.push(options.colors.dim(`  and ${hidden.toLocaleString("en-US")} more: ${rulesOf(group)}; --verbose shows all`));
  return lines.join("\n");
}

const maximumDetailed = 10;
const maximumRows = 20;

function rulesOf({ findings }: Group): string {
  const counts = new Map<string, number>();
  for (const { rule } of findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].map(([rule, n]) => `${rule} × ${n.toLocaleString("en-US")}`).join(", ");
}

function heading({ id, root, language, frameworks = [], health }: Group, { colors }: PrettyOptions): string {
  const mark = healthMark(health, colors);
  if (id === undefined) return `${mark}  ${colors.bold("outside any agent")}`;
  const facts = [root === id ? "" : root, language, frameworks.join(", ")].filter(Boolean).join(" · ");
  return `${mark}  ${colors.bold(id)}  ${colors.dim(facts)}`;
}

function healthMark(health: Health, colors: Terminal["colors"]): string {
  if (health === "critical") return colors.red("critical");
  return health === "warning" ? colors.yellow("warning ") : colors.green("green   ");
}

async function detail(finding: ReportedFinding, options: PrettyOptions): Promise<string[]> {
  const { colors, lineOf } = options;
  const text = await lineOf(finding.file, finding.start.line);
  const head = `  ${placeOf(finding, options)}  ${severityWord(finding.severity, colors)} ${colors.bold(finding.rule)}  ${finding.message.replaceAll("\n", "\n    ")}`;
  const excerpt = text === undefined ? [] : excerptLines(finding, text, options);
  return [head, ...excerpt, ...(finding.fix ? [`    ${colors.dim(`${fixWord(finding)}:`)} ${finding.fix.title}`] : [])];
}

function excerptLines({ start, end }: ReportedFinding, text: string, { colors, width }: PrettyOptions): string[] {
  const gutter = String(start.line);
  const from = Math.max(0, Math.min(start.column - 1 - 20, text.length - (width - gutter.length - 8)));
  const room = width - gutter.length - 8;
  const visible = printable(text.slice(from, from + room).replaceAll("\t", " "));
  const marked = (end.line === start.line ? end.column : text.length + 1) - start.column;
  const marks = "^".repeat(Math.max(1, Math.min(marked, visible.length - (start.column - 1 - from))));
  const blank = " ".repeat(gutter.length);
  return [
    `    ${colors.dim(`${gutter} │`)} ${visible}`,
    `    ${colors.dim(`${blank} │`)} ${" ".repeat(start.column - 1 - from)}${colors.red(marks)}`,
  ];
}

function table(findings: readonly ReportedFinding[], options: PrettyOptions): string[] {
  const { colors } = options;
  const places = Math.max(0, ...findings.map((it) => placeOf(it, options).length));
  const rules = Math.max(0, ...findings.map((it) => it.rule.length));
  return findings.map((it) => {
    const fix = it.fix ? colors.dim(` [${fixWord(it)}]`) : "";
    const severity = severityWord(it.severity, colors);
    return `  ${placeOf(it, options).padEnd(places)}  ${severity} ${it.rule.padEnd(rules)}  ${it.message.replace(/\s*\n\s*/g, " ")}${fix}`;
  });
}

const placeOf = ({ file, start }: ReportedFinding, { shown }: PrettyOptions) => `${shown(file)}:${start.line}:${start.column}`;

const fixWord = ({ fix }: ReportedFinding) => (fix?.safety === "safe" ? "fix" : "suggestion");

function severityWord(severity: Severity, colors: Terminal["colors"]): string {
  const word = severity.padEnd("warning".length);
  return severity === "error" ? colors.red(word) : severity === "warning" ? colors.yellow(word) : colors.cyan(word);
}

function greenLine(agents: readonly Group[], { colors, width, verbose }: PrettyOptions): string {
  const names: string[] = [];
  let room = width - 30;
  for (const { id = "" } of agents) {
    room -= id.length + 2;
    if (room < 0 && names.length > 0 && !verbose) break;
    names.push(id);
  }
  const rest = agents.length - names.length;
  return `${colors.green("green   ")}  ${names.join(", ")}${rest > 0 ? ` and ${rest.toLocaleString("en-US")} more` : ""}`;
}

function notRunBlock(notRun: readonly NotRun[], { colors, shown, verbose }: PrettyOptions): string {
  const visible = verbose ? notRun : notRun.slice(0, maximumRows);
  const rest = notRun.length - visible.length;
  const lines = visible.map((it) => `  ${shown(it.file)}  ${it.reason}`);
  if (rest > 0) lines.push(colors.dim(`  and ${rest.toLocaleString("en-US")} more; --verbose shows all`));
  return [colors.magenta("not run"), ...lines].join("\n");
}
