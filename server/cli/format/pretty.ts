/** A report for people at a terminal: critical agents in detail, warnings a row each, green agents on one line; then a summary. */
import type { Severity } from "../../engine/finding.ts";
import type { Health } from "../../fleet/model/fleet-row.ts";
import { plural } from "../../fleet/model/plural.ts";
import { fitted, oneLine, widthOf } from "../live/cells.ts";
import { healthPaint } from "../live/health-paint.ts";
import { printable, type Terminal } from "../terminal.ts";
import { type AgentEntry, type FindingEntry, type FleetDocument, type Phrase, timeText } from "./fleet-document.ts";

export interface PrettyOptions extends Pick<Terminal, "colors"> {
  /** Of lines that are cut off or filled up. */
  width: number;
  /** Of a terminal, in which a row must not wrap. */
  columns: number | undefined;
  /** Everything in full. */
  verbose: boolean;
  /** One file was audited: whose it is was not looked into. */
  single?: boolean;
}

/** Who is alone in needing somebody is told of in full, too. */
export function prettyReport({ agents }: FleetDocument, options: PrettyOptions): string {
  const isInFull = options.verbose || options.single || agents.filter((it) => it.health !== "green").length === 1;
  const isBlock = (it: AgentEntry) =>
    it.health === "critical" || (isInFull && hasSomething(it)) || (options.verbose && (it.figures.length > 0 || it.paused !== undefined));
  const rows = agents.filter((it) => !isBlock(it) && it.health === "warning");
  const green = agents.filter((it) => !isBlock(it) && it.health === "green");
  const blocks = agents.filter(isBlock).map((it) => blockOf(it, options));
  if (rows.length > 0) blocks.push(rows.map((it) => warningRow(it, nameWidth(rows), options)).join("\n"));
  if (green.length > 0) blocks.push(greenLine(green, options));
  return blocks.map((it) => `${it}\n`).join("\n");
}

const hasSomething = ({ health, detailed, others, notRun }: AgentEntry) =>
  health !== "green" || detailed.length + others.length + notRun.length > 0;

/** Two lines: what was looked at, and what came of it. */
export function summaryLines(
  { facts, outcome, agents }: FleetDocument,
  { colors, verbose }: Pick<PrettyOptions, "colors" | "verbose">,
): string {
  const isShort = !verbose && agents.filter((it) => it.health === "warning").length > 1;
  const phrases = [...outcome.map((it) => painted(it, colors)), ...(isShort ? [colors.dim("--verbose shows every finding")] : [])];
  return `${colors.dim(facts.map(oneLine).join(" · "))}\n${phrases.join(" · ")}`;
}

function painted({ text, tone }: Phrase, colors: Terminal["colors"]): string {
  const paint = { error: colors.red, warning: colors.yellow, good: colors.green, odd: colors.magenta, plain: (it: string) => it }[tone];
  return paint(oneLine(text));
}

function blockOf(agent: AgentEntry, options: PrettyOptions): string {
  const { colors } = options;
  const { detailed, others, hidden, notRun, alerts, since, figures, paused } = agent;
  const lines = options.single ? [] : [heading(agent, options)];
  if (since !== undefined) lines.push(`  ${colors.dim(`since ${timeText(since)}`)}`);
  lines.push(...alerts.map((it) => `  ${colors.red("alert")}  ${oneLine(it)}`));
  if (paused) lines.push(`  ${colors.yellow("paused")} ${oneLine(paused)}`);
  if (figures.length > 0) lines.push(`  ${figuresText(figures)}`);
  for (const finding of detailed) lines.push(...detail(finding, options));
  lines.push(...table(others, options));
  if (hidden) lines.push(colors.dim(`  and ${oneLine(hidden)}; --verbose shows all`));
  return [...lines, ...notRunLines(notRun, options)].join("\n");
}

const figuresText = (figures: AgentEntry["figures"]) => figures.map(([label, value]) => oneLine(`${label} ${value}`)).join(" · ");

function heading({ name, health, facts }: AgentEntry, { colors }: PrettyOptions): string {
  return `${healthMark(health, colors)}  ${colors.bold(oneLine(name))}  ${colors.dim(facts.map(oneLine).join(" · "))}`.trimEnd();
}

const healthMark = (health: Health, colors: Terminal["colors"]) => healthPaint(health, colors)(health.padEnd("critical".length));

const nameWidth = (agents: readonly AgentEntry[]) => Math.min(40, Math.max(...agents.map((it) => widthOf(oneLine(it.name)))));

function warningRow(
  { name, health, reasons, others, facts, paused, figures }: AgentEntry,
  width: number,
  { colors, columns }: PrettyOptions,
): string {
  const label = oneLine(name);
  const named = label + " ".repeat(Math.max(0, width - widthOf(label)));
  const why = [...reasons.map((it) => it.text), paused ? `paused ${paused}` : ""].filter(Boolean).join("; ");
  const text = [why, others[0]?.place ?? facts[0] ?? "", figuresText(figures)].filter(Boolean).map(oneLine).join("  · ");
  const rest = columns === undefined ? `${named}  ${text}` : fitted(`${named}  ${text}`, columns - "critical  ".length);
  return `${healthMark(health, colors)}  ${rest}`;
}

function detail(finding: FindingEntry, options: PrettyOptions): string[] {
  const { colors } = options;
  const message = finding.message.split("\n").map(printable).join("\n    ");
  const head = `  ${printable(finding.place)}  ${severityWord(finding.severity, colors)} ${colors.bold(oneLine(finding.rule))}  ${message}`;
  const fix = finding.fix ? [`    ${colors.dim(`${fixWord(finding)}:`)} ${oneLine(finding.fix.title)}`] : [];
  return [head, ...excerptLines(finding, options), ...fix];
}

function excerptLines({ excerpt }: FindingEntry, { colors, width }: PrettyOptions): string[] {
  if (!excerpt) return [];
  const { line, text, start, end } = excerpt;
  const gutter = String(line);
  const room = width - gutter.length - 8;
  const from = Math.max(0, Math.min(start - 20, text.length - room));
  const visible = printable(text.slice(from, from + room).replaceAll("\t", " "));
  const marks = "^".repeat(Math.max(1, Math.min(end - start, visible.length - (start - from))));
  const blank = " ".repeat(gutter.length);
  return [`    ${colors.dim(`${gutter} │`)} ${visible}`, `    ${colors.dim(`${blank} │`)} ${" ".repeat(start - from)}${colors.red(marks)}`];
}

function table(findings: readonly FindingEntry[], { colors }: PrettyOptions): string[] {
  const places = Math.max(0, ...findings.map((it) => it.place.length));
  const rules = Math.max(0, ...findings.map((it) => it.rule.length));
  return findings.map((it) => {
    const fix = it.fix ? colors.dim(` [${fixWord(it)}]`) : "";
    const severity = severityWord(it.severity, colors);
    return `  ${printable(it.place).padEnd(places)}  ${severity} ${oneLine(it.rule).padEnd(rules)}  ${oneLine(it.message)}${fix}`;
  });
}

const fixWord = ({ fix }: FindingEntry) => (fix?.safety === "safe" ? "fix" : "suggestion");

function severityWord(severity: Severity, colors: Terminal["colors"]): string {
  const word = severity.padEnd("warning".length);
  return severity === "error" ? colors.red(word) : severity === "warning" ? colors.yellow(word) : colors.cyan(word);
}

function greenLine(agents: readonly AgentEntry[], options: PrettyOptions): string {
  const { colors } = options;
  const paused = agents.filter((it) => it.paused !== undefined);
  const lines = [`${colors.green("green   ")}  ${namesThatFit(agents, options)}`];
  if (paused.length > 0) lines.push(`${colors.yellow("paused  ")}  ${namesThatFit(paused, options)}`);
  return lines.join("\n");
}

function namesThatFit(agents: readonly AgentEntry[], { width, verbose }: PrettyOptions): string {
  const names: string[] = [];
  let room = width - 30;
  for (const { name } of agents) {
    const label = oneLine(name);
    room -= widthOf(label) + 2;
    if (room < 0 && !verbose) break;
    names.push(label);
  }
  const rest = agents.length - names.length;
  const more = names.length > 0 ? ` and ${rest.toLocaleString("en-US")} more` : plural(rest, "agent");
  return `${names.join(", ")}${rest > 0 ? more : ""}`;
}

function notRunLines(notRun: AgentEntry["notRun"], { colors, verbose }: PrettyOptions): string[] {
  const visible = verbose ? notRun : notRun.slice(0, mostNotRun);
  const rest = notRun.length - visible.length;
  const lines = visible.map((it) => `  ${printable(it.place)}  ${colors.magenta("not run")}  ${oneLine(it.reason)}`);
  return rest > 0 ? [...lines, colors.dim(`  and ${rest.toLocaleString("en-US")} more not run; --verbose shows all`)] : lines;
}

const mostNotRun = 20;
