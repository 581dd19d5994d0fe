/**
 * From the lake's SQLite file to BigQuery. Rows are staged in a table of their own and merged day by day, so that an export may be repeated, or go on after it broke off: what is there already
 * stays as it is, and a day is there as a whole or not at all.
 */
import type { DatabaseSync } from "node:sqlite";
import type { FleetEvent } from "../../../fleet/event.ts";
import { storedEvent } from "../stored-event.ts";
import { type Patience, patiently } from "./backoff.ts";
import { type BigQueryLake, openBigQueryLake } from "./lake.ts";
import { defaultMaxBytes, once } from "./query.ts";
import type { TimeSpan } from "./status.ts";
import { columns } from "./table.ts";

export interface ExportOptions extends Partial<TimeSpan> {
  /** Each day's merge may read so much. */
  maxBytes?: number;
  patience?: Patience;
  onDay?(day: string, read: number, added: number): void;
}

/** How many events were read, and how many of them BigQuery did not have. */
export async function exportToBigQuery(
  database: DatabaseSync,
  lake: BigQueryLake,
  options: ExportOptions = {},
): Promise<{ read: number; added: number }> {
  const { from = 0, until = Number.MAX_SAFE_INTEGER, patience = { forMs: 10 * 60 * 1000 }, onDay } = options;
  const total = { read: 0, added: 0 };
  for (let start = firstTime(database, from, until); start !== undefined; ) {
    const day = Math.floor(start / dayMs) * dayMs;
    const span = { from: Math.max(day, from), until: Math.min(day + dayMs, until) };
    const read = await exportDay(database, lake, span, patience, options.maxBytes ?? defaultMaxBytes);
    onDay?.(new Date(day).toISOString().slice(0, 10), read.read, read.added);
    total.read += read.read;
    total.added += read.added;
    start = firstTime(database, span.until, until);
  }
  return total;
}

const dayMs = 24 * 60 * 60 * 1000;

function firstTime(database: DatabaseSync, from: number, until: number): number | undefined {
  const row = database.prepare("SELECT MIN(time) AS time FROM events WHERE time >= ? AND time < ?").get(from, until);
  return row?.time === null || row === undefined ? undefined : Number(row.time);
}

async function exportDay(database: DatabaseSync, lake: BigQueryLake, span: TimeSpan, patience: Patience, maxBytes: number) {
  const { keepDays: _, ...names } = lake.opened.names;
  const stage = await openBigQueryLake({ ...names, table: `staged_${crypto.randomUUID().replaceAll("-", "")}`, patience });
  try {
    // Should this process end before it removes the table.
    await patiently(() => stage.opened.table.setMetadata({ expirationTime: String(Date.now() + dayMs) }), patience);
    const read = await stageRows(database, stage, span);
    const added = await patiently(() => merge(lake, stage, span, maxBytes), patience);
    return { read, added };
  } finally {
    await stage.opened.table.delete().catch(() => {});
  }
}

async function stageRows(database: DatabaseSync, stage: BigQueryLake, { from, until }: TimeSpan): Promise<number> {
  let read = 0;
  let batch: FleetEvent[] = [];
  for (const row of database.prepare("SELECT * FROM events WHERE time >= ? AND time < ? ORDER BY time, id").iterate(from, until)) {
    batch.push(storedEvent.parse(row));
    read++;
    if (batch.length < batchRows) continue;
    await stage.append(batch);
    batch = [];
  }
  await stage.append(batch);
  return read;
}

const batchRows = 5000;

async function merge({ opened }: BigQueryLake, stage: BigQueryLake, { from, until }: TimeSpan, maxBytes: number): Promise<number> {
  const names = columns.map((it) => it.name).join(", ");
  const query = `MERGE ${opened.name} AS lake
USING (SELECT * FROM ${stage.opened.name} WHERE time >= @from AND time < @until ${once}) AS staged
ON lake.time = staged.time AND lake.id = staged.id AND lake.time >= @from AND lake.time < @until
WHEN NOT MATCHED THEN INSERT (${names}) VALUES (${names})`;
  const params = { from: opened.client.timestamp(new Date(from)), until: opened.client.timestamp(new Date(until)) };
  const [job] = await opened.client.createQueryJob({ query, params, maximumBytesBilled: String(maxBytes) });
  await job.getQueryResults();
  const [metadata] = await job.getMetadata();
  return Number(metadata.statistics?.query?.numDmlAffectedRows ?? 0);
}
