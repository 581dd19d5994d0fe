/**
 * From the lake's SQLite file to BigQuery. Rows are staged in a table of their own and merged day by day, so that an export may be repeated, or go on after it broke off: what is there already
 * stays as it is, and a day is there as a whole or not at all.
 */
import type { DatabaseSync } from "node:sqlite";
import * as z from "zod";
import type { FleetEvent } from "../../../fleet/event.ts";
import { eventOfRow } from "../schema.ts";
import { type Patience, patiently } from "./backoff.ts";
import { type BigQueryLake, openBigQueryLake } from "./lake.ts";
import { defaultMaxBytes, once, pagesOf } from "./query.ts";
import type { TimeSpan } from "./status.ts";
import { columns, type Opened } from "./table.ts";

export interface ExportOptions extends Partial<TimeSpan> {
  /** Each day's merge may read so much. */
  maxBytes?: number;
  patience?: Patience;
  /** Only of this agent. */
  agentId?: string;
  onDay?(day: string, read: number, added: number): void;
  /** Ends it before the next day. */
  signal?: AbortSignal;
}

/** How many events were read, and how many of them BigQuery did not have. */
export async function exportToBigQuery(
  database: DatabaseSync,
  lake: BigQueryLake,
  options: ExportOptions = {},
): Promise<{ read: number; added: number }> {
  const { from = 0, until = Number.MAX_SAFE_INTEGER, patience = { forMs: 10 * 60 * 1000 }, onDay } = options;
  const total = { read: 0, added: 0 };
  for (let start = firstTime(database, from, until, options.agentId); start !== undefined; ) {
    options.signal?.throwIfAborted();
    const day = Math.floor(start / dayMs) * dayMs;
    const span = { from: Math.max(day, from), until: Math.min(day + dayMs, until) };
    const read = await exportDay(database, lake, { ...options, ...span, patience });
    onDay?.(new Date(day).toISOString().slice(0, 10), read.read, read.added);
    total.read += read.read;
    total.added += read.added;
    start = firstTime(database, span.until, until, options.agentId);
  }
  return total;
}

const dayMs = 24 * 60 * 60 * 1000;

function firstTime(database: DatabaseSync, from: number, until: number, agentId: string | null = null): number | undefined {
  const select = database.prepare("SELECT MIN(time) AS time FROM events WHERE time >= ? AND time < ? AND (? IS NULL OR agent = ?)");
  const row = select.get(from, until, agentId, agentId);
  return row?.time === null || row === undefined ? undefined : Number(row.time);
}

interface Day extends TimeSpan {
  agentId?: string;
  maxBytes?: number;
  patience: Patience;
}

async function exportDay(database: DatabaseSync, lake: BigQueryLake, day: Day) {
  const { patience, maxBytes = defaultMaxBytes } = day;
  const { keepDays: _, ...names } = lake.opened.names;
  const stage = await openBigQueryLake({ ...names, table: `staged_${crypto.randomUUID().replaceAll("-", "")}`, patience });
  try {
    // Should this process end before it removes the table.
    await patiently(() => stage.opened.table.setMetadata({ expirationTime: String(Date.now() + dayMs) }), patience);
    const read = await stageRows(database, stage, day);
    await patiently(() => seen(stage, day, read - (stage.counts().refused ?? 0), maxBytes), patience);
    const added = await patiently(() => merge(lake, stage, day, maxBytes), patience);
    return { read, added };
  } finally {
    await stage.opened.table.delete().catch(() => {});
  }
}

async function stageRows(
  database: DatabaseSync,
  stage: BigQueryLake,
  { from, until, agentId = null }: TimeSpan & { agentId?: string | null },
) {
  let read = 0;
  let batch: FleetEvent[] = [];
  const select = database.prepare("SELECT * FROM events WHERE time >= ? AND time < ? AND (? IS NULL OR agent = ?) ORDER BY time, id");
  for (const row of select.iterate(from, until, agentId, agentId)) {
    batch.push(eventOfRow(row));
    read++;
    if (batch.length < batchRows) continue;
    await stage.append(batch);
    batch = [];
  }
  await stage.append(batch);
  return read;
}

const batchRows = 5000;

/** What was streamed is seen by queries some seconds later: until then it is waited for. */
async function seen({ opened }: BigQueryLake, { from, until }: TimeSpan, rows: number, maxBytes: number) {
  const sql = `SELECT COUNT(*) AS rows_seen FROM (SELECT 1 FROM ${opened.name} WHERE time >= @from AND time < @until ${once})`;
  for await (const page of pagesOf(opened, { sql, params: paramsOf(opened, from, until) }, maxBytes))
    if (counted.parse(page)[0].rows_seen < rows)
      throw Object.assign(new Error("BigQuery does not show all rows yet"), { errors: [{ reason: "stopped" }] });
}

const counted = z.tuple([z.object({ rows_seen: z.number() })]);

const paramsOf = ({ client }: Opened, from: number, until: number) => ({
  from: client.timestamp(new Date(from)),
  until: client.timestamp(new Date(until)),
});

async function merge({ opened }: BigQueryLake, stage: BigQueryLake, { from, until }: TimeSpan, maxBytes: number): Promise<number> {
  const names = columns.map((it) => it.name).join(", ");
  const query = `MERGE ${opened.name} AS lake
USING (SELECT * FROM ${stage.opened.name} WHERE time >= @from AND time < @until ${once}) AS staged
ON lake.time = staged.time AND lake.id = staged.id AND lake.time >= @from AND lake.time < @until
WHEN NOT MATCHED THEN INSERT (${names}) VALUES (${names})`;
  const params = paramsOf(opened, from, until);
  const [job] = await opened.client.createQueryJob({ query, params, maximumBytesBilled: String(maxBytes) });
  await job.getQueryResults();
  const [metadata] = await job.getMetadata();
  return Number(metadata.statistics?.query?.numDmlAffectedRows ?? 0);
}
