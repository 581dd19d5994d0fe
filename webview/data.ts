/** What is shown as data: JSON with everything, CSV with a row for each agent. */
import { stringify } from "csv-stringify/browser/esm/sync";
import type { FleetRow } from "../server/fleet/model/fleet-row.ts";
import { mostExported } from "../server/protocol/forest.ts";
import { liveNow } from "./figures.ts";
import type { Screen } from "./forest.ts";

type Shown = Pick<Screen, "now" | "shown" | "totals" | "watching">;

export function jsonOf({ now, shown, totals, watching }: Shown): string {
  const data = { version: 1, time: new Date(now).toISOString(), watching, totals, agents: shown.map(known) };
  const indented = `${JSON.stringify(data, null, 2)}\n`;
  return indented.length <= mostExported ? indented : `${JSON.stringify(data)}\n`;
}

/** Figures that nobody knows now are null. */
const known = (row: FleetRow) => ({ ...row, live: row.live && { ...row.live, ...(liveNow(row) ?? noFigures) } });
const noFigures = { callsPerMinute: null, errorsPerMinute: null, tokensPerMinute: null, usdPerHour: null, p95Ms: null };

export function csvOf({ shown }: Shown): string {
  // Spreadsheets run what begins like a formula, and senders choose their names.
  return stringify(shown.map(record), { header: true, columns: Object.keys(columns), escape_formulas: true });
}

const record = (row: FleetRow) => Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, of(row)]));

/** What is not known is left empty. */
const columns: Readonly<Record<string, (row: FleetRow) => string | number | null | undefined>> = {
  agent: ({ agentId }) => agentId,
  health: ({ health }) => health,
  freshness: ({ freshness }) => freshness,
  mothballed: ({ paused }) => paused?.reason,
  since: ({ since }) => (since === undefined ? undefined : new Date(since).toISOString()),
  reason: ({ reasons }) => reasons[0]?.text,
  findings: ({ audited }) => audited?.findings.length,
  alerts: ({ alerts }) => alerts.length,
  root: ({ audited }) => audited?.root,
  language: ({ audited }) => audited?.language,
  owners: ({ audited }) => audited?.owners.join(" "),
  heard: ({ live }) => live && new Date(live.heard).toISOString(),
  usd_per_hour: (row) => liveNow(row)?.usdPerHour,
  tokens_per_minute: (row) => liveNow(row)?.tokensPerMinute,
  calls_per_minute: (row) => liveNow(row)?.callsPerMinute,
  errors_per_minute: (row) => liveNow(row)?.errorsPerMinute,
  p95_ms: (row) => liveNow(row)?.p95Ms,
};
