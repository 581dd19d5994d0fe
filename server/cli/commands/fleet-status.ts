/** `cockpit fleet status`: how each agent is and why, what the lake says of it over a window of time, and who is paused. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FleetRow } from "../../fleet/model/fleet-row.ts";
import type { FleetStatus } from "../../protocol/fleet-watch.ts";
import { readProblem } from "../../telemetry/lake/open-to-read.ts";
import { MothballError } from "../../telemetry/mothball/signals.ts";
import { cockpitFolder, lakeFileIn } from "../../telemetry/workspace.ts";
import { type Flags, UsageError } from "../flags.ts";
import { figuresOf } from "../fleet/figures.ts";
import { type Status, statusNow } from "../fleet/status.ts";
import { auditedOf } from "../format/audit-document.ts";
import { documentText } from "../format/document-text.ts";
import { statusDocument } from "../format/status-document.ts";
import { openSession, type Session, shownPath } from "../session.ts";
import { spanOf } from "../span.ts";
import { printable, type Terminal } from "../terminal.ts";
import { runAudit } from "./audit.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const opened = await openSession(flags);
  const folder = opened.isFile ? dirname(opened.target) : opened.target;
  const session: Session = { ...opened, target: folder, isFile: false };
  const cockpit = cockpitFolder(folder);
  const span = spanOf(flags.text("since") ?? "1h");
  const audited = flags.on("audit") ? auditedOf((await runAudit(session, flags, terminal, { cache: true })).report) : [];
  const until = Date.now();
  const since = until - span;
  const file = lakeFileIn(cockpit);
  const only = flags.text("id");
  try {
    const figures = await figuresOf({ file, since, until, agentId: only }, session.config.fleet, flags, terminal);
    const status = await statusNow({ cockpit, since, until, figures, only, audited });
    const isJson = flags.text("format") === "json";
    await terminal.out(
      isJson ? `${JSON.stringify(documentOf(status, since, until), null, 2)}\n` : await forPeople(status, until, folder, flags, terminal),
    );
    if (!existsSync(file) && flags.text("lake") === undefined && !flags.on("quiet"))
      terminal.note(`cockpit: ${shownPath(cockpit)} has no lake yet; cockpit fleet watch begins one`);
    if (only !== undefined && status.model.rows(until).length === 0 && !flags.on("quiet"))
      terminal.note(`cockpit: no agent named ${printable(only)} is known here; cockpit fleet status lists all`);
    return status.alerts.length > 0 ? 1 : 0;
  } catch (error) {
    const problem = error instanceof MothballError ? error.message : readProblem(error);
    if (problem === undefined) throw error;
    throw new UsageError(problem);
  }
}

async function forPeople(status: Status, now: number, folder: string, flags: Flags, terminal: Terminal): Promise<string> {
  const verbose = flags.on("verbose");
  const shown = (file: string) => shownPath(join(folder, file));
  const document = await statusDocument(
    { ...status, now, span: flags.text("since") ?? "1h" },
    { verbose, isAudited: flags.on("audit"), shown },
  );
  return documentText(document, flags.text("format"), { verbose, quiet: flags.on("quiet"), terminal });
}

function documentOf({ watcher, figures, omitted, alerts, paused, model }: Status, since: number, until: number) {
  const rows = model.rows(until);
  const heard = rows.flatMap((row) => {
    const it = figures.get(row.agentId);
    return it ? [{ ...it, lastHeard: iso(it.lastHeard), ...standingOf(row) }] : [];
  });
  const unheard = rows
    .filter((it) => !figures.has(it.agentId))
    .map((row) => ({ agentId: row.agentId, lastHeard: row.live ? iso(row.live.heard) : null, ...standingOf(row) }));
  return {
    version: 1,
    since: iso(since),
    until: iso(until),
    watcher: watcher ?? null,
    agents: heard,
    omitted,
    unheard,
    totals: model.totals(until),
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
