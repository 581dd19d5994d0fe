/** The Evidence Lake's table in BigQuery: partitioned by day of the event's time, clustered by agent and operation, and never scanned without naming a time. */
import type { BigQuery, Table } from "@google-cloud/bigquery";
import type { FleetEvent } from "../../../fleet/event.ts";

export interface BigQueryNames {
  project: string;
  /** `cockpit` by default. */
  dataset?: string;
  /** `events` by default. */
  table?: string;
  /** Of a dataset that has to be made: `EU`, `us-central1`. */
  location?: string;
  /** Days after which BigQuery removes a partition; for ever when absent. */
  keepDays?: number;
}

/** What every call needs; the large library is loaded here, never before. */
export interface Opened {
  client: BigQuery;
  table: Table;
  /** Quoted, for queries. A name cannot be a parameter, so it is checked. */
  name: string;
  names: BigQueryNames & { dataset: string; table: string };
}

export async function open({ dataset = "cockpit", table = "events", ...rest }: BigQueryNames): Promise<Opened> {
  if (!/^[a-z][a-z0-9-]{4,62}$/.test(rest.project)) throw new Error(`${JSON.stringify(rest.project)} is no id of a Google Cloud project`);
  for (const it of [dataset, table])
    if (!/^\w{1,200}$/.test(it)) throw new Error(`${JSON.stringify(it)} is no name in BigQuery: letters, digits and _`);
  const { BigQuery } = await import("./google-bigquery.ts");
  // Waiting is ours (`backoff.ts`): the library gives up after three tries.
  const client = new BigQuery({
    projectId: rest.project,
    retryOptions: { autoRetry: false },
    ...(rest.location ? { location: rest.location } : {}),
  });
  return {
    client,
    table: client.dataset(dataset).table(table),
    name: quotedName(rest.project, dataset, table),
    names: { ...rest, dataset, table },
  };
}

const quotedName = (project: string, dataset: string, table: string) => `\`${project}.${dataset}.${table}\``;

/** As on the command line. */
export const bigQueryName = ({ project, dataset = "cockpit", table = "events" }: BigQueryNames) =>
  `bigquery:${project}/${dataset}/${table}`;

/** Makes what is not there; what it made. */
export async function makeTable(opened: Opened): Promise<string[]> {
  const { names } = opened;
  const made: string[] = [];
  if (await isDatasetMade(opened)) made.push(`dataset ${names.dataset}`);
  if (await isTableMade(opened)) made.push(`table ${names.table}`);
  return made;
}

/** Whether it had to be made. */
export async function isDatasetMade({ client, names: { dataset: name, location } }: Opened): Promise<boolean> {
  const dataset = client.dataset(name);
  return isMade(dataset, () => dataset.create(location ? { location } : {}));
}

export async function isTableMade({ table, names: { keepDays } }: Opened): Promise<boolean> {
  const keep = keepDays ? { expirationMs: String(keepDays * 24 * 60 * 60 * 1000) } : {};
  const options = {
    schema: columns,
    timePartitioning: { type: "DAY", field: "time", ...keep },
    clustering: { fields: ["agent", "operation"] },
    requirePartitionFilter: true,
  };
  return isMade(table, () => table.create(options));
}

/** Who may write to a dataset need not be allowed to make one: asked for first. */
async function isMade(it: { exists(): Promise<[boolean]> }, make: () => Promise<unknown>): Promise<boolean> {
  if ((await it.exists())[0]) return false;
  try {
    await make();
    return true;
  } catch (error) {
    // Another cockpit was faster.
    if (error instanceof Error && "code" in error && error.code === 409) return false;
    throw error;
  }
}

export const columns = [
  { name: "time", type: "TIMESTAMP", mode: "REQUIRED" },
  { name: "id", type: "STRING", mode: "REQUIRED" },
  { name: "agent", type: "STRING", mode: "REQUIRED" },
  { name: "operation", type: "STRING" },
  { name: "model", type: "STRING" },
  { name: "provider", type: "STRING" },
  { name: "input_tokens", type: "FLOAT64" },
  { name: "output_tokens", type: "FLOAT64" },
  { name: "cost_usd", type: "FLOAT64" },
  { name: "duration_ms", type: "FLOAT64" },
  { name: "error", type: "STRING" },
  { name: "trace", type: "STRING" },
  { name: "span", type: "STRING" },
  { name: "source", type: "STRING" },
  { name: "metrics", type: "STRING" },
  /** When it was sent to BigQuery, by the writer's clock: what follows the table goes by it. */
  { name: "written", type: "TIMESTAMP", mode: "REQUIRED" },
];

export type Row = Record<string, string | number | null>;

export function rowOf(event: FleetEvent, writtenAt: number): Row {
  return {
    time: new Date(Math.round(event.time)).toISOString(),
    id: event.id,
    agent: event.agentId,
    operation: event.operation ?? null,
    model: event.model ?? null,
    provider: event.provider ?? null,
    input_tokens: event.inputTokens ?? null,
    output_tokens: event.outputTokens ?? null,
    cost_usd: event.costUsd ?? null,
    duration_ms: event.durationMs ?? null,
    error: event.error ?? null,
    trace: event.traceId ?? null,
    span: event.spanId ?? null,
    source: event.source ?? null,
    metrics: event.metrics ? JSON.stringify(event.metrics) : null,
    written: new Date(writtenAt).toISOString(),
  };
}
