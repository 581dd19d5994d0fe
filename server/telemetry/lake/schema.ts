/** The tables of the Evidence Lake in SQLite, and how an older file becomes one of today. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { FleetEvent } from "../../fleet/event.ts";

/** Columns of `events` in the order of `rowOf`. The key begins with the time, so that what comes in is written where the last was, and a repeated event finds its first. */
export const eventColumns = [
  "time",
  "id",
  "agent",
  "operation",
  "model",
  "provider",
  "input_tokens",
  "output_tokens",
  "cost_usd",
  "duration_ms",
  "error",
  "trace",
  "span",
  "source",
  "metrics",
  "seq",
] as const;

export type Cell = string | number | null;

/** `seq` counts events as they come in, whatever their times. */
export function rowOf(event: FleetEvent, seq: number): Cell[] {
  return [
    Math.round(event.time),
    event.id,
    event.agentId,
    event.operation ?? null,
    event.model ?? null,
    event.provider ?? null,
    event.inputTokens ?? null,
    event.outputTokens ?? null,
    event.costUsd ?? null,
    event.durationMs ?? null,
    event.error ?? null,
    event.traceId ?? null,
    event.spanId ?? null,
    event.source ?? null,
    event.metrics ? JSON.stringify(event.metrics) : null,
    seq,
  ];
}

/** What `rowOf` wrote. */
export function eventOfRow(row: Record<string, SQLOutputValue>): FleetEvent {
  const text = (name: string) => (typeof row[name] === "string" ? row[name] : undefined);
  const number = (name: string) => (typeof row[name] === "number" ? row[name] : undefined);
  const metrics = text("metrics");
  return {
    time: number("time") ?? 0,
    id: text("id") ?? "",
    agentId: text("agent") ?? "",
    operation: text("operation"),
    model: text("model"),
    provider: text("provider"),
    inputTokens: number("input_tokens"),
    outputTokens: number("output_tokens"),
    costUsd: number("cost_usd"),
    durationMs: number("duration_ms"),
    error: text("error"),
    traceId: text("trace"),
    spanId: text("span"),
    source: text("source"),
    ...(metrics === undefined ? {} : { metrics: JSON.parse(metrics) }),
  };
}

/** Each brings a file from the version that is its place to the next. Never changed once released. */
const migrations: readonly string[] = [
  `CREATE TABLE events (
    time INTEGER NOT NULL, id TEXT NOT NULL, agent TEXT NOT NULL, operation TEXT, model TEXT, provider TEXT,
    input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL, duration_ms REAL, error TEXT, trace TEXT, span TEXT, source TEXT, metrics TEXT, seq INTEGER NOT NULL,
    PRIMARY KEY (time, id)
  ) WITHOUT ROWID;
  CREATE INDEX events_seq ON events (seq);
  CREATE TABLE evidence (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL);
  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
  // Amounts beyond all measure were kept as integers, which no number of JavaScript can be.
  `UPDATE events SET input_tokens = NULL WHERE input_tokens > 1e12; UPDATE events SET output_tokens = NULL WHERE output_tokens > 1e12;`,
];

/** Five seconds, while another process holds the file. As a pragma: Node.js of before 22.16 ignores the option `timeout`. */
export function waitForOthers(database: DatabaseSync): void {
  database.exec("PRAGMA busy_timeout = 5000");
}

export class NewerLake extends Error {
  override name = "NewerLake";
}

/** Write-ahead log, and a commit is on the disk before it is acknowledged. */
export function prepare(database: DatabaseSync): void {
  if (versionOf(database) === 0) database.exec("PRAGMA auto_vacuum = incremental");
  database.exec("PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864");
  if (versionOf(database) === migrations.length) return;
  // Two may open a new file at once: the second finds it made.
  database.exec("BEGIN IMMEDIATE");
  const version = versionOf(database);
  refuseNewer(version);
  for (const migration of migrations.slice(version)) database.exec(migration);
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
}

export function refuseNewer(version: number): void {
  if (version > migrations.length)
    throw new NewerLake(`it was written by a newer cockpit (version ${version}, here ${migrations.length}); update this one`);
}

/** 0 where there are no tables yet. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}
