/** A report in Markdown, as GitHub and GitLab read it (https://github.github.com/gfm/). Text that is not ours stays text: it makes no link, no mention, no heading and no HTML. */
import type { Health } from "../../fleet/model/fleet-row.ts";
import { plainMarkdown } from "../../protocol/markdown-text.ts";
import { oneLine } from "../live/cells.ts";
import { type AgentEntry, type FindingEntry, type FleetDocument, someNames, timeText } from "./fleet-document.ts";

export function markdownReport({ title, facts, outcome, agents }: FleetDocument, { verbose }: { verbose: boolean }): string {
  const of = (health: Health) => agents.filter((it) => it.health === health);
  const parts = [
    `# ${title}`,
    facts.map(text).join(" · "),
    outcome.map((it) => (it.tone === "error" ? `**${text(it.text)}**` : text(it.text))).join(" · "),
    ...section("Critical", of("critical"), (all) => all.map(block)),
    ...section("Warnings", of("warning"), (all) => (verbose ? all.map(block) : [warnings(all)])),
    ...section("Green", of("green"), (all) => (verbose ? all.map(greenBlock) : [names(all)])),
  ];
  return `${parts.filter((it) => it !== "").join("\n\n")}\n`;
}

function section(name: string, agents: readonly AgentEntry[], body: (agents: readonly AgentEntry[]) => string[]): string[] {
  return agents.length === 0 ? [] : [`## ${name}: ${agents.length.toLocaleString("en-US")}`, ...body(agents)];
}

function block(agent: AgentEntry): string {
  const { name, since, alerts, paused, figures, detailed, others, hidden, notRun } = agent;
  const items = [
    ...alerts.map((it) => `- **alert** ${text(it)}`),
    ...(paused ? [`- **paused** ${text(paused)}`] : []),
    ...[...detailed, ...others].map(findingItem),
    ...(hidden ? [`- and ${text(hidden)}`] : []),
    ...notRun.map((it) => `- **not run** ${code(it.place)}: ${text(it.reason)}`),
  ];
  const known = [factsLine(agent), since === undefined ? "" : `since ${timeText(since)}`, figuresLine(figures)].filter(Boolean);
  return [`### ${code(name)}`, known.join("  \n"), items.join("\n")].filter((it) => it !== "").join("\n\n");
}

function greenBlock(agent: AgentEntry): string {
  const { name, paused, figures, detailed, others } = agent;
  if (paused !== undefined || figures.length + detailed.length + others.length > 0) return block(agent);
  return [`- ${code(name)}`, factsLine(agent)].filter(Boolean).join(" ");
}

const factsLine = ({ facts }: AgentEntry) => facts.map(code).join(" · ");

const figuresLine = (figures: AgentEntry["figures"]) => figures.map(([label, value]) => text(`${label} ${value}`)).join(" · ");

function findingItem({ severity, rule, place, message, fix, excerpt }: FindingEntry): string {
  // Two blanks end a line.
  const head = `- **${severity}** ${code(rule)} at ${code(place)}: ${text(message)}${fix && !excerpt ? "  " : ""}`;
  const repair = fix ? [`  ${fix.safety === "safe" ? "Fix" : "Suggestion"}: ${text(fix.title)}`] : [];
  return [head, ...(excerpt ? fenced(excerpt.text.trim()) : []), ...repair].join("\n");
}

function fenced(line: string): string[] {
  const fence = "`".repeat(Math.max(3, longestRun(line) + 1));
  return [`  ${fence}`, `  ${oneLine(line)}`, `  ${fence}`];
}

function warnings(agents: readonly AgentEntry[]): string {
  const labels = [...new Set(agents.flatMap((it) => it.figures.map(([label]) => label)))];
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = ["agent", "why", ...labels, "about it"];
  const rows = agents.map((it) => {
    const why = [...it.reasons.map((reason) => reason.text), it.paused ? `paused ${it.paused}` : ""]
      .filter(Boolean)
      .map(cellText)
      .join("; ");
    const figures = new Map(it.figures);
    return row([inCell(code(it.name)), why, ...labels.map((label) => cellText(figures.get(label) ?? "–")), inCell(factsLine(it))]);
  });
  return [row(head), row(head.map(() => "---")), ...rows].join("\n");
}

const inCell = (markdown: string) => markdown.replaceAll("|", "\\|");

function names(agents: readonly AgentEntry[]): string {
  const paused = agents.filter((it) => it.paused !== undefined);
  return `${someNames(agents, code)}${paused.length > 0 ? `; paused: ${someNames(paused, code)}` : ""}`;
}

/** Words that may hold code between backticks, as rules write it. */
const text = (words: string): string => worded(words, code);

/** In a table, a `|` ends a cell even where it is code; elsewhere code would show what keeps it from that. */
const cellText = (words: string): string => worded(words, (it) => inCell(code(it)));

const worded = (words: string, codeOf: (words: string) => string): string =>
  oneLine(words)
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? codeOf(part.slice(1, -1)) : plainMarkdown(part)))
    .join("");

/** As code, in which nothing means anything. */
function code(words: string): string {
  const line = oneLine(words);
  const ticks = "`".repeat(longestRun(line) + 1);
  const pad = /^`|`$|^ .* $/.test(line) ? " " : "";
  return `${ticks}${pad}${line === "" ? " " : line}${pad}${ticks}`;
}

const longestRun = (line: string) => Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
