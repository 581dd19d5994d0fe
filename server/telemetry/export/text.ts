/** Events as text, a batch at a time: NDJSON, which says all of an event, and CSV. */
import { stringify } from "csv-stringify/sync";
import type { FleetEvent } from "../../fleet/event.ts";

export const textFormats = ["ndjson", "csv"] as const;
export type TextFormat = (typeof textFormats)[number];

export function* textOf(events: Iterable<FleetEvent>, format: TextFormat): Generator<string> {
  if (format === "csv") yield stringify([columns]);
  for (const batch of batches(events)) yield format === "csv" ? csvOf(batch) : batch.map(lineOf).join("");
}

const lineOf = (event: FleetEvent) => `${JSON.stringify({ ...event, time: isoTime(event) })}\n`;

/** Other columns than `metrics`, which is JSON, are as the `file` connector reads them. */
const columns = [
  "time",
  "id",
  "agentId",
  "operation",
  "model",
  "provider",
  "inputTokens",
  "outputTokens",
  "costUsd",
  "durationMs",
  "error",
  "traceId",
  "spanId",
  "source",
  "metrics",
] as const satisfies readonly (keyof FleetEvent)[];

/** Names come from senders, and a spreadsheet would run some of them. */
function csvOf(events: readonly FleetEvent[]): string {
  const rows = events.map((event) => ({ ...event, time: isoTime(event), metrics: event.metrics && JSON.stringify(event.metrics) }));
  return stringify(rows, { columns: [...columns], escape_formulas: true });
}

const isoTime = ({ time }: FleetEvent) => new Date(time).toISOString();

function* batches(events: Iterable<FleetEvent>): Generator<FleetEvent[]> {
  let batch: FleetEvent[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

const batchSize = 1000;
