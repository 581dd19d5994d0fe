/** Events as a Parquet file: a column for each field, flat; `metrics` is JSON. */
import { setImmediate } from "node:timers/promises";
import { fileWriter, parquetWriteRows } from "hyparquet-writer";
import type { FleetEvent } from "../../fleet/event.ts";

/** Writes the whole file; holds one row group in memory. */
export async function writeParquet(file: string, events: Iterable<FleetEvent>): Promise<void> {
  await parquetWriteRows({ writer: fileWriter(file), rows: rowsOf(events), columns, rowGroupSize, createdBy: "agentops-cockpit" });
}

const rowGroupSize = 20_000;

const text = (name: keyof FleetEvent, nullable = true) => ({ name, type: "STRING" as const, nullable });
const number = (name: keyof FleetEvent) => ({ name, type: "DOUBLE" as const, nullable: true });

const columns = [
  { name: "time", type: "TIMESTAMP" as const, nullable: false },
  text("id", false),
  text("agentId", false),
  text("operation"),
  text("model"),
  text("provider"),
  number("inputTokens"),
  number("outputTokens"),
  number("costUsd"),
  number("durationMs"),
  text("error"),
  text("traceId"),
  text("spanId"),
  text("source"),
  { name: "metrics", type: "JSON" as const, nullable: true },
];

/** Everything below is synchronous: without a pause nothing else, Ctrl-C included, would have its turn. */
async function* rowsOf(events: Iterable<FleetEvent>) {
  let count = 0;
  for (const event of events) {
    yield { ...event, time: new Date(event.time) };
    if (++count % 1000 === 0) await setImmediate();
  }
}
