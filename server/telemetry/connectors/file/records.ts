/** The records of a file, one after the other: NDJSON by lines, CSV by its header. */
import { createReadStream } from "node:fs";
import { basename, extname } from "node:path";
import { pipeline } from "node:stream";
import { parse } from "csv-parse";
import { createLines } from "./lines.ts";

/** A value as it stands in the file, and its line, from 1; `value` is undefined where the line is no record. */
export interface FileRecord {
  line: number;
  value: unknown;
}

export type FileFormat = "ndjson" | "csv";

export const formatOf = (path: string): FileFormat => (extname(path).toLowerCase() === ".csv" ? "csv" : "ndjson");

export function recordsOf(path: string, signal: AbortSignal): AsyncIterable<FileRecord> {
  return formatOf(path) === "csv" ? csvRecords(path, signal) : jsonRecords(path, signal);
}

async function* jsonRecords(path: string, signal: AbortSignal): AsyncGenerator<FileRecord> {
  const lines = createLines();
  for await (const bytes of createReadStream(path, { signal })) yield* lines.add(bytes);
  yield* lines.end();
}

async function* csvRecords(path: string, signal: AbortSignal): AsyncGenerator<FileRecord> {
  const columns = (header: readonly string[]) => columnsOf(path, header);
  const options = {
    columns,
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: 1_000_000,
  };
  // What ends the file's stream, a signal or an error, reaches who reads the parser.
  const parser = pipeline(createReadStream(path, { signal }), parse(options), () => {});
  const agentId = basename(path, extname(path));
  for await (const { record, info } of parser) yield { line: info.lines, value: eventShape(record, agentId) };
}

function columnsOf(path: string, header: readonly string[]): (string | false)[] {
  const columns = header.map((it) => known.get(it.toLowerCase()) ?? it);
  if (columns.includes("time")) return columns;
  throw new Error(
    `${path} has no column of times: its first line, the names of columns with commas between, must have a time or timestamp`,
  );
}

/** Names of the event's own fields; every other column is a metric. */
const fields = "id time agentId operation model provider inputTokens outputTokens costUsd durationMs error traceId spanId source".split(
  " ",
);

/** Columns by their names, however they are capitalised. Those of labelled series that say what is abnormal are not read: nothing may be learnt from the answers. */
const known = new Map<string, string | false>([
  ...fields.map((it): [string, string] => [it.toLowerCase(), it]),
  ...["timestamp", "timestamps", "datetime"].map((it): [string, string] => [it, "time"]),
  ["agent", "agentId"],
  ...["label", "labels", "anomaly", "is_anomaly", "changepoint"].map((it): [string, false] => [it, false]),
]);

function eventShape(record: Record<string, string>, agentId: string): Record<string, unknown> {
  const entries = Object.entries(record);
  const own = entries.filter(([name, value]) => fields.includes(name) && !(name === "error" && isNo(value)));
  const metrics = entries.filter(([name]) => !fields.includes(name));
  return { agentId, ...Object.fromEntries(own), metrics: Object.fromEntries(metrics) };
}

/** All of a CSV file is text, what is true or false, too. */
const isNo = (value: string) => value.toLowerCase() === "false" || Number(value) === 0;
