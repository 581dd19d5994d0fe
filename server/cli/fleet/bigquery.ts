/** BigQuery on the command line: `bigquery:PROJECT/DATASET[/TABLE]`, or `bigquery` alone for `fleet.lake` of cockpit.json. */
import { bigQueryAddress, type FleetInput } from "../../protocol/config-schema.ts";
import { createBigQueryConnector } from "../../telemetry/connectors/bigquery/connector.ts";
import type { Connector } from "../../telemetry/connectors/connector.ts";
import { bigQueryProblem } from "../../telemetry/lake/bigquery/lake.ts";
import type { Estimate } from "../../telemetry/lake/bigquery/query.ts";
import { type BigQueryNames, bigQueryName } from "../../telemetry/lake/bigquery/table.ts";
import { type Flags, UsageError } from "../flags.ts";
import { spanOf } from "../span.ts";
import type { Terminal } from "../terminal.ts";

export const isBigQuery = (name: string) => /^bigquery(:|$)/.test(name);

/** `flag` is where the name stands, for the message. */
export function tableOf(flag: string, name: string, { lake, google }: FleetInput): BigQueryNames {
  const address = name === "bigquery" ? lake : name;
  if (address === undefined)
    throw new UsageError(`${flag} bigquery means fleet.lake of cockpit.json, which is not set; write ${flag} bigquery:PROJECT/DATASET`);
  const [, project, dataset, table] = bigQueryAddress.exec(address) ?? [];
  if (!project || !dataset)
    throw new UsageError(
      `${JSON.stringify(name)} names no table; write ${flag} bigquery:PROJECT/DATASET or bigquery:PROJECT/DATASET/TABLE`,
    );
  const { location, keepDays } = google ?? {};
  return { project, dataset, ...(table ? { table } : {}), ...(location ? { location } : {}), ...(keepDays ? { keepDays } : {}) };
}

/** The limit on what a query may read: `{}` where nobody set one. */
export function limitOf(flags: Flags, { google }: FleetInput): { maxBytes?: number } {
  const text = flags.text("maxGigabytes");
  const gigabytes = text === undefined ? google?.maxGigabytes : Number(text);
  if (gigabytes === undefined) return {};
  if (!(gigabytes > 0)) throw new UsageError(`--max-gigabytes must be a number above 0, not ${JSON.stringify(text)}`);
  return { maxBytes: Math.ceil(gigabytes * 2 ** 30) };
}

export function followedTable(name: string, flags: Flags, fleet: FleetInput, { note }: Terminal): Connector {
  const names = tableOf("--source", name, fleet);
  const every = flags.text("poll") ?? "30s";
  return createBigQueryConnector({
    ...names,
    ...limitOf(flags, fleet),
    pollMs: spanOf(every, "--poll", longestPollDays),
    onEstimate: (it, perDay) => note(`cockpit: ${bigQueryName(names)}: ${estimateText(it)}, every ${every}: ${dollars(perDay)} a day`),
  });
}

/** A timer of Node.js that is set for longer fires at once. */
const longestPollDays = 24;

export const estimateText = ({ bytes, usd }: Estimate) => `a query reads ${sizeText(bytes)}, ${dollars(usd)} at list price`;

const dollars = (usd: number) => `$${usd < 1 ? usd.toPrecision(2) : usd.toFixed(2)}`;

function sizeText(bytes: number): string {
  const unit = bytes < 1e6 ? 1e3 : bytes < 1e9 ? 1e6 : 1e9;
  return `${(bytes / unit).toFixed(1)} ${unit === 1e3 ? "kB" : unit === 1e6 ? "MB" : "GB"}`;
}

/** What went wrong with BigQuery is a sentence. */
export async function sayingWhatIsWrong<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(bigQueryProblem(error));
  }
}
