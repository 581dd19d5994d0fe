/** Queries over a window of time, of each event once: parameterised, with their partitions named and a limit on what they may cost. */
import * as z from "zod";
import { within } from "./backoff.ts";
import type { Opened } from "./table.ts";

export interface Query {
  /** `@name` for parameters. */
  sql: string;
  params: Record<string, unknown>;
}

export interface Estimate {
  /** What a run would read. */
  bytes: number;
  /** On-demand list price in the US; 0 within the free tebibyte of a month. */
  usd: number;
}

export const defaultMaxBytes = 10 * 2 ** 30;

/** Dry run: costs nothing and reads nothing. */
export async function estimate({ client }: Opened, { sql, params }: Query): Promise<Estimate> {
  const [job] = await within(answerMs, client.createQueryJob({ query: sql, params, dryRun: true }));
  const bytes = Number(job.metadata?.statistics?.totalBytesProcessed ?? job.metadata?.statistics?.query?.totalBytesProcessed ?? 0);
  return { bytes, usd: (Math.max(bytes, leastBilled) / 2 ** 40) * usdPerTebibyte };
}

/** https://cloud.google.com/bigquery/pricing, on-demand, seen 2026-11; 10 MB are billed at least. */
const usdPerTebibyte = 6.25;
const leastBilled = 10 * 2 ** 20;

/** What time BigQuery has, in milliseconds since 1970. It names no table, so nothing is read or billed. */
export async function currentTime({ client }: Opened): Promise<number> {
  const [rows] = await within(answerMs, client.query("SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS now"));
  return timeRows.parse(rows)[0].now;
}

const timeRows = z.tuple([z.object({ now: z.number() })]);

/** One page after the other, so that no answer is held as a whole. */
export async function* pagesOf({ client }: Opened, { sql, params }: Query, maxBytes = defaultMaxBytes): AsyncGenerator<unknown[]> {
  const [job] = await within(answerMs, client.createQueryJob({ query: sql, params, maximumBytesBilled: String(maxBytes) }));
  let pageToken: string | undefined;
  do {
    const page = { autoPaginate: false, maxResults: pageRows, ...(pageToken ? { pageToken } : {}) };
    const [rows, next] = await within(queryMs, job.getQueryResults(page));
    yield rows;
    pageToken = next?.pageToken;
  } while (pageToken);
}

const pageRows = 5000;
const answerMs = 60_000;
const queryMs = 10 * 60_000;

/** Of what came twice the first. Repetitions have the same time and id, so they are in the same partition. */
export const once = "QUALIFY ROW_NUMBER() OVER (PARTITION BY time, id ORDER BY written) = 1";
