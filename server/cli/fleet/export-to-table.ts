/** `cockpit fleet export --to bigquery:…`. */
import type { DatabaseSync } from "node:sqlite";
import { plural } from "../../fleet/model/plural.ts";
import type { FleetInput } from "../../protocol/config-schema.ts";
import { exportToBigQuery } from "../../telemetry/lake/bigquery/export.ts";
import { openBigQueryLake } from "../../telemetry/lake/bigquery/lake.ts";
import { bigQueryName } from "../../telemetry/lake/bigquery/table.ts";
import { type Flags, UsageError } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { limitOf, sayingWhatIsWrong, tableOf } from "./bigquery.ts";

export interface TableExport {
  to: string;
  /** The lake here. */
  database: DatabaseSync;
  /** Milliseconds since 1970. */
  since: number;
}

export async function exportToTable(
  { to, database, since }: TableExport,
  fleet: FleetInput,
  flags: Flags,
  terminal: Terminal,
): Promise<number> {
  if (flags.text("output") !== undefined) throw new UsageError("--to is a table and --output a file; name one of them");
  const names = tableOf("--to", to, fleet);
  const agentId = flags.text("id");
  const { note, signal } = terminal;
  const onWait = (why: string, ms: number) => terminal.progress(`BigQuery says ${why}; again in ${Math.ceil(ms / 1000)} s`);
  const patience = { forMs: tenMinutes, signal, onWait };
  const { read, added } = await sayingWhatIsWrong(async () => {
    const lake = await openBigQueryLake({ ...names, patience });
    const onDay = (day: string, read: number, added: number) =>
      note(`cockpit: ${day}: ${plural(read, "event")}, ${added.toLocaleString("en-US")} of them new`);
    const options = { from: since, patience, signal, ...limitOf(flags, fleet), ...(agentId === undefined ? {} : { agentId }) };
    return exportToBigQuery(database, lake, flags.on("quiet") ? options : { ...options, onDay });
  });
  terminal.progress("");
  if (!flags.on("quiet")) note(`cockpit: ${plural(read, "event")} in ${bigQueryName(names)}, ${added.toLocaleString("en-US")} of them new`);
  return 0;
}

const tenMinutes = 10 * 60 * 1000;
