/** `cockpit fleet status`: what the lake says of each agent over a window of time, who is paused, and what is wrong now. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { alertText } from "../../fleet/alert-text.ts";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { FleetStatus } from "../../protocol/fleet-watch.ts";
import type { AgentFigures } from "../../telemetry/lake/figures.ts";
import { openAlertsIn } from "../../telemetry/lake/open-alerts.ts";
import { type Mothball, MothballError, readMothballs } from "../../telemetry/mothball/signals.ts";
import { type WatchClaim, watcherOf } from "../../telemetry/watch-claim.ts";
import { cockpitFolder, lakeFileIn } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { figuresOf } from "../fleet/figures.ts";
import { openSession, shownPath } from "../session.ts";
import { spanOf } from "../span.ts";
import { printable, type Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const { target, isFile, config } = await openSession(flags);
  const cockpit = cockpitFolder(isFile ? dirname(target) : target);
  const until = Date.now();
  const since = until - spanOf(flags.text("since") ?? "1h");
  try {
    const only = flags.text("id");
    const isMeant = ({ agentId }: { agentId: string }) => only === undefined || agentId === only;
    const file = lakeFileIn(cockpit);
    const status: Status = {
      watcher: await watcherOf(cockpit),
      ...(await figuresOf({ file, since, until, agentId: only }, config.fleet, flags, terminal)),
      alerts: openAlertsIn(file, since).filter(isMeant),
      paused: await readMothballs(cockpit),
    };
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

interface Status {
  watcher: WatchClaim | undefined;
  agents: readonly AgentFigures[];
  /** How many agents more there are. */
  omitted: number;
  alerts: readonly Alert[];
  paused: ReadonlyMap<string, Mothball>;
}

function documentOf({ watcher, agents, omitted, alerts, paused }: Status, since: number, until: number) {
  const rows = agents.map((it) => ({ ...it, lastHeard: iso(it.lastHeard), mothball: pausedBy(paused, it.agentId) ?? null }));
  return {
    version: 1,
    since: iso(since),
    until: iso(until),
    watcher: watcher ?? null,
    agents: rows,
    omitted,
    alerts,
    mothballed: Object.fromEntries(paused),
  } satisfies FleetStatus;
}

const iso = (time: number) => new Date(time).toISOString();
const pausedBy = (paused: ReadonlyMap<string, Mothball>, id: string) => paused.get(id) ?? paused.get("*");

function pretty({ watcher, agents, omitted, alerts, paused }: Status, { colors }: Terminal): string {
  const head = ["agent", "calls", "errors", "tokens", "cost", "p50", "p95", "heard", ""];
  const rows = agents.map((it) => rowOf(it, pausedBy(paused, it.agentId)));
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  const silent = [...paused].filter(([id]) => !agents.some((it) => it.agentId === id));
  const lines = [
    ...(rows.length > 0 ? [colors.dim(line(head)), ...rows.map(line)] : ["no agent was heard in this time"]),
    ...(omitted > 0 ? [colors.dim(`and ${omitted.toLocaleString("en")} agents more; --id names one`)] : []),
    ...silent.map(([id, it]) => `${printable(id)}  paused by ${printable(it.by)}: ${printable(it.reason)}`),
    ...alerts.map((it) => `${colors.red("alert")}  ${printable(alertText(it))}`),
    colors.dim(watcher ? `watched by process ${watcher.pid}${watcher.url ? ` at ${watcher.url}` : ""}` : "nobody watches now"),
  ];
  return lines.map((it) => `${it}\n`).join("");
}

function rowOf(
  { agentId, calls, errors, inputTokens, outputTokens, costUsd, unpriced, p50Ms, p95Ms, lastHeard }: AgentFigures,
  pause: Mothball | undefined,
): string[] {
  const ms = (value: number | null) => (value === null ? "–" : `${Math.round(value).toLocaleString("en")} ms`);
  const cost = unpriced === 0 ? dollars(costUsd) : costUsd === 0 ? "unknown" : `${dollars(costUsd)} + unknown`;
  const tokens = (inputTokens + outputTokens).toLocaleString("en");
  const note = pause ? `paused by ${printable(pause.by)}` : "";
  return [
    printable(agentId),
    calls.toLocaleString("en"),
    String(errors),
    tokens,
    cost,
    ms(p50Ms),
    ms(p95Ms),
    ago(Date.now() - lastHeard),
    note,
  ];
}

const dollars = (usd: number) => `$${usd < 1 ? usd.toPrecision(2) : usd.toFixed(2)}`;

function ago(ms: number): string {
  if (ms < 1000) return "now";
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s ago`;
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min ago` : `${Math.floor(ms / 3_600_000)} h ago`;
}
