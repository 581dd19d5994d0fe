/**
 * The Evidence Lake in BigQuery. Rows are streamed with `tabledata.insertAll`, each with an `insertId` made from the event: BigQuery drops most repetitions of the next
 * minute by it, and every query of ours takes each (time, id) once, so that a repetition it lets through counts nowhere. A MERGE would keep the table itself free of them, but reads the
 * day's partition for every batch; only the export, which may be repeated days later, pays for it.
 */
import { hash } from "node:crypto";
import type { FleetEvent } from "../../../fleet/event.ts";
import { messageOf } from "../../../protocol/message-of.ts";
import { createCounter } from "../../counter.ts";
import { isLoginNeeded, loginNeeded } from "../../google/account.ts";
import { isPassing, type Patience, patiently, reasonOf } from "./backoff.ts";
import { type BigQueryNames, makeTable, type Opened, open, type Row, rowOf } from "./table.ts";

export interface BigQueryLake {
  /** Resolves when all are durable, each with the effect of once; rejects when BigQuery did not take them in time: they may be appended again. */
  append(events: readonly FleetEvent[]): Promise<void>;
  /** `rows`, `refused` (for good, by BigQuery), `waits` by their reason. */
  counts(): Record<string, number>;
  /** What `open` made. */
  made: readonly string[];
  opened: Opened;
}

export interface BigQueryLakeOptions extends BigQueryNames {
  patience?: Patience;
}

/** Opens the lake and makes its dataset and table where they are not there. */
export async function openBigQueryLake({ patience = { forMs: tenMinutes }, ...names }: BigQueryLakeOptions): Promise<BigQueryLake> {
  const opened = await open(names);
  const counter = createCounter();
  const waiting: Patience = {
    ...patience,
    onWait(why, ms) {
      counter.add(`waits: ${why}`);
      patience.onWait?.(why, ms);
    },
  };
  const made = await patiently(() => makeTable(opened), waiting);
  const freshUntil = made.length > 0 ? performance.now() + tenMinutes : 0;

  async function insert(events: readonly FleetEvent[]) {
    let left = events;
    await patiently(async () => {
      const { again, refused } = await tryToInsert(opened, left).catch((error: unknown) => {
        throw performance.now() < freshUntil && reasonOf(error) === "notFound" ? notYetThere : error;
      });
      counter.add("rows", left.length - again.length - refused);
      counter.add("refused", refused);
      left = again;
      if (left.length > 0) throw Object.assign(new Error(`BigQuery put off ${left.length} rows`), { errors: [{ reason: "stopped" }] });
    }, waiting);
  }

  return {
    made,
    opened,
    counts: counter.all,
    async append(events) {
      const batches = batchesOf(events);
      while (batches.length > 0) await allOf(batches.splice(0, requestsAtOnce).map(insert));
    },
  };
}

/** Streaming learns of a table some minutes after it was made: https://docs.cloud.google.com/bigquery/docs/error-messages#metadata-errors-for-streaming-inserts */
const notYetThere = Object.assign(new Error("the new table does not take rows yet"), { errors: [{ reason: "tableUnavailable" }] });
const tenMinutes = 10 * 60 * 1000;
/** As Google advises: https://docs.cloud.google.com/bigquery/quotas#streaming_inserts */
const rowsAtOnce = 500;
/** A request has 10 MB at most, and Google advises 5. What JSON escapes in the names of metrics is escaped twice in a row. */
const bytesAtOnce = 4 << 20;
/** As many as a page of our lake takes. */
const requestsAtOnce = 4;

function batchesOf(events: readonly FleetEvent[]): FleetEvent[][] {
  const batches: FleetEvent[][] = [];
  let last: FleetEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    if (last.length === 0 || last.length === rowsAtOnce || bytes + size > bytesAtOnce) {
      [last, bytes] = [[], 0];
      batches.push(last);
    }
    last.push(event);
    bytes += size;
  }
  return batches;
}

/** Rejects only when each has ended: what is appended again does not meet itself on the way. */
async function allOf(requests: Promise<void>[]) {
  const failed = (await Promise.allSettled(requests)).find((it) => it.status === "rejected");
  if (failed) throw failed.reason;
}

/** Rows that BigQuery can never take do not keep the others from it (`skipInvalidRows`). */
async function tryToInsert({ table }: Opened, events: readonly FleetEvent[]): Promise<{ again: FleetEvent[]; refused: number }> {
  const now = Date.now();
  const rows = events.map((event) => ({ insertId: insertIdOf(event), json: rowOf(event, now) }));
  try {
    await table.insert(rows, { raw: true, skipInvalidRows: true, partialRetries: 0 });
    return { again: [], refused: 0 };
  } catch (error) {
    const failures = rowErrors(error);
    if (failures.length === 0) throw error;
    const again = failures.filter((it) => isPassing(it)).map((it) => it.row);
    return { again: events.filter((_, i) => again.includes(rows[i])), refused: failures.length - again.length };
  }
}

/** At most 128 bytes are allowed, and an event's id may be longer. */
const insertIdOf = ({ id, time }: FleetEvent) => hash("sha256", `${time}/${id}`, "base64url");

type Raw = { insertId: string; json: Row };
type RowError = { row: Raw | undefined; errors: { reason?: string }[] };

/** Of the library's PartialFailureError. */
function rowErrors(error: unknown): RowError[] {
  const errors: unknown = error instanceof Error && error.name === "PartialFailureError" && "errors" in error ? error.errors : [];
  return Array.isArray(errors) ? errors.filter((it: unknown): it is RowError => typeof it === "object" && it !== null && "row" in it) : [];
}

/** A sentence for people: what happened, and what to do. */
export function bigQueryProblem(error: unknown): string {
  const said = messageOf(error);
  const reason = reasonOf(error);
  if (reason === "bytesBilledLimitExceeded" || /bytes billed/i.test(said))
    return `a query would read more than is allowed; raise --max-gigabytes (fleet.google.maxGigabytes) or narrow the window (${said})`;
  if (reason === "accessDenied" || reason === "403")
    return `BigQuery refuses this account: ${said}; it needs roles/bigquery.dataEditor on the dataset and roles/bigquery.jobUser`;
  if (isLoginNeeded(said)) return loginNeeded;
  return `BigQuery: ${said}`;
}
