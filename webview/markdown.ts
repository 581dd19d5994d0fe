/** An agent as Markdown, for an issue or a chat. */
import type { AgentDetail, FleetRow } from "../server/fleet/model/fleet-row.ts";
import { plainMarkdown } from "../server/protocol/markdown-text.ts";
import { count, duration, errorShare, liveNow, measured, share, usd } from "./figures.ts";
import { shown } from "./text.ts";

export function markdownOf(row: FleetRow, detail: AgentDetail | undefined): string {
  const parts = [
    [`## ${text(row.agentId)}: ${row.paused ? `${row.health}, mothballed` : row.health}`],
    row.paused ? [`Mothballed by ${text(row.paused.by)} at ${text(row.paused.at)}: ${text(row.paused.reason)}`] : [],
    row.reasons.map(
      (it) => `- ${it.health}: ${text(it.text)}${it.since === undefined ? "" : `, since ${new Date(it.since).toISOString()}`}`,
    ),
    heard(row),
    table(
      ["Alert", "Seen", "Expected", "Since"],
      row.alerts.map((it) => [
        it.about ? `${it.kind} (${it.about})` : it.kind,
        measured(it.seen, it.unit),
        measured(it.expected, it.unit),
        new Date(it.since).toISOString(),
      ]),
    ),
    table(
      ["Finding", "Where", "Rule"],
      (row.audited?.findings ?? []).map((it) => [it.message, `${it.file}:${it.start.line}`, it.rule]),
    ),
    table(
      ["Event", "Model", "Tokens", "Cost", "Took", "Error"],
      (detail?.lastEvents ?? []).map((it) => [
        new Date(it.time).toISOString(),
        it.model ?? "–",
        count(it.tokens),
        usd(it.costUsd),
        duration(it.durationMs),
        it.error ?? "none",
      ]),
    ),
  ];
  return `${parts
    .filter((it) => it.length > 0)
    .map((it) => it.join("\n"))
    .join("\n\n")}\n`;
}

function heard(row: FleetRow): string[] {
  if (!row.live) return [];
  const last = `Last heard ${new Date(row.live.heard).toISOString()} (${row.freshness})`;
  const live = liveNow(row);
  if (!live) return [last];
  return [
    `${last}: ${usd(live.usdPerHour)}/h, ${count(live.tokensPerMinute)} tokens/min, p95 ${duration(live.p95Ms)}, ${share(errorShare(live))} errors`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(" | ")} |`;
  return rows.length === 0 ? [] : [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

const text = (words: string): string => plainMarkdown(shown(words, 500));
