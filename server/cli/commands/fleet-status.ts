/** `cockpit fleet status`: how each agent is and why, what the lake says of it over a window of time, and who is paused. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { alertText } from "../../fleet/alert-text.ts";
import type { FleetRow, Health } from "../../fleet/model/fleet-row.ts";
import type { FleetStatus } from "../../protocol/fleet-watch.ts";
import type { AuditReport } from "../../protocol/report.ts";
import type { AgentFigures } from "../../telemetry/lake/figures.ts";
import { MothballError } from "../../telemetry/mothball/signals.ts";
import { cockpitFolder, lakeFileIn } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { figuresOf } from "../fleet/figures.ts";
import { type Status, statusNow } from "../fleet/status.ts";
import { count } from "../report.ts";
import { openSession, type Session, shownPath } from "../session.ts";
import { spanOf } from "../span.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const session = await openSession(flags);
  const cockpit = cockpitFolder(session.isFile ? dirname(session.target) : session.target);
  const span = spanOf(flags.text("since") ?? "1h");
  const report = flags.on("audit") ? await audit(session, terminal) : undefined;
  const until = Date.now();
  const since = until - span;
  const file = lakeFileIn(cockpit);
  const only = flags.text("id");
  const figures = (from: number, to: number) =>
    figuresOf({ file, since: from, until: to, agentId: only }, session.config.fleet, flags, terminal);
  try {
    const status = await statusNow({ cockpit, since, until, figures, only, report });
    await terminal.out(
      flags.text("format") === "json" ? `${JSON.stringify(documentOf(status, since, until), null, 2)}\n` : pretty(status, terminal),
    );
    if (!existsSync(file) && flags.text("lake") === undefined && !flags.on("quiet"))
      terminal.note(`cockpit: ${shownPath(cockpit)} has no lake yet; cockpit fleet watch begins one`);
    return status.alerts.length > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof MothballError) throw new UsageError(error.message);
    throw error;
  }
}

/** Quick after the first: what has not changed is not read again. */
async function audit({ target, config }: Session, { note, signal }: Terminal): Promise<AuditReport> {
  const { auditWorkspace } = await import("../../host/audit.ts");
  const { report } = await auditWorkspace({ target, config, onWarning: (message) => note(`cockpit: ${message}`), signal });
  return report;
}

function documentOf({ watcher, figures, omitted, alerts, paused, rows, totals }: Status, since: number, until: number) {
  const heard = rows.flatMap((row) => {
    const it = figures.get(row.agentId);
    return it ? [{ ...it, lastHeard: iso(it.lastHeard), ...standingOf(row) }] : [];
  });
  const unheard = rows.filter((it) => !figures.has(it.agentId)).map((row) => ({ agentId: row.agentId, ...standingOf(row) }));
  return {
    version: 1,
    since: iso(since),
    until: iso(until),
    watcher: watcher ?? null,
    agents: heard,
    omitted,
    unheard,
    totals,
    alerts,
    mothballed: Object.fromEntries(paused),
  } satisfies FleetStatus;
}

const standingOf = ({ audited, health, reasons, since, freshness, paused }: FleetRow) => ({
  root: audited?.root ?? null,
  health,
  reasons: reasons.map((it) => ({ ...it, since: it.since === undefined ? null : iso(it.since) })),
  since: since === undefined ? null : iso(since),
  freshness,
  mothball: paused ?? null,
});

const iso = (time: number) => new Date(time).toISOString();

function pretty(status: Status, { colors }: Terminal): string {
  const { watcher, figures, rows } = status;
  const paint = { critical: colors.red, warning: colors.yellow, green: colors.green };
  const shown = rows.filter((it) => figures.has(it.agentId) || it.health !== "green" || it.paused);
  const left = rows.length - shown.length;
  const lines = [
    ...tableOf(shown, figures, (text, health) => (health ? paint[health](text) : colors.dim(text))),
    ...(figures.size > 0 ? [] : ["no agent was heard in this time"]),
    ...(left > 0 ? [`${count(left, "more agent")} ${left === 1 ? "is" : "are"} ${colors.green("green")}, not heard in this time`] : []),
    ...shown.flatMap((row) => row.reasons.map((it) => `${paint[it.health](it.health)}  ${printable(sentence(row, it.text))}`)),
    ...quietAlerts(status).map((it) => `paused  ${printable(it)}`),
    colors.dim(watcher ? `watched by process ${watcher.pid}${watcher.url ? ` at ${watcher.url}` : ""}` : "nobody watches now"),
  ];
  return lines.map((it) => `${it}\n`).join("");
}

/** An alert's text names its agent. */
const sentence = ({ agentId, alerts }: FleetRow, text: string) =>
  alerts.some((it) => alertText(it) === text) ? text : `${agentId}: ${text}`;

/** Alerts that are open and no reason: they follow from a pause. */
const quietAlerts = ({ rows }: Status) =>
  rows.flatMap(({ alerts, reasons }) => alerts.map(alertText).filter((text) => !reasons.some((it) => it.text === text)));

const head = ["health", "agent", "calls", "errors", "tokens", "cost", "p50", "p95", "heard", ""];

function tableOf(shown: readonly FleetRow[], figures: Status["figures"], paint: (text: string, health?: Health) => string): string[] {
  if (shown.length === 0) return [];
  const cells = shown.map((row) => [row.health, ...rowOf(row, figures.get(row.agentId))]);
  const widths = head.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const isText = (i: number) => i < 2 || i === head.length - 1;
  const pad = (cell: string, i: number) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0));
  const line = (row: readonly string[]) => row.map(pad).slice(1).join("  ").trimEnd();
  const begin = (word: string) => word.padEnd(widths[0] ?? 0);
  return [
    paint(`${begin("health")}  ${line(head)}`),
    ...shown.map(({ health }, i) => `${paint(begin(health), health)}  ${line(cells[i] ?? [])}`),
  ];
}

/** Of who was not heard nothing is known. */
function rowOf({ agentId, paused }: FleetRow, it: AgentFigures | undefined): string[] {
  const ms = (value: number | null) => (value === null ? "–" : `${Math.round(value).toLocaleString("en")} ms`);
  const note = paused ? `paused by ${printable(paused.by)}` : "";
  if (!it) return [printable(agentId), ...Array.from({ length: 6 }, () => "–"), "not heard", note];
  const { calls, errors, inputTokens, outputTokens, costUsd, unpriced, p50Ms, p95Ms, lastHeard } = it;
  const cost = unpriced === 0 ? dollars(costUsd) : costUsd === 0 ? "unknown" : `${dollars(costUsd)} + unknown`;
  const tokens = (inputTokens + outputTokens).toLocaleString("en");
  const figures = [calls.toLocaleString("en"), String(errors), tokens, cost, ms(p50Ms), ms(p95Ms)];
  return [printable(agentId), ...figures, ago(Date.now() - lastHeard), note];
}

const dollars = (usd: number) => `$${usd < 1 ? usd.toPrecision(2) : usd.toFixed(2)}`;

function ago(ms: number): string {
  if (ms < 1000) return "now";
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s ago`;
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min ago` : `${Math.floor(ms / 3_600_000)} h ago`;
}
