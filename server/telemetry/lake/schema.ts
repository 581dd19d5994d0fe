/** The tables of the Evidence Lake in SQLite, and how an older file becomes one of today. */
import type { DatabaseSync } from "node:sqlite";
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
] as const;

export type Cell = string | number | null;

export function rowOf(event: FleetEvent): Cell[] {
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
  ];
}

/** Each brings a file from the version that is its place to the next. Never changed once released. */
const migrations: readonly string[] = [
  `CREATE TABLE events (
    time INTEGER NOT NULL, id TEXT NOT NULL, agent TEXT NOT NULL, operation TEXT, model TEXT, provider TEXT,
    input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL, duration_ms REAL, error TEXT, trace TEXT, span TEXT, source TEXT, metrics TEXT,
    PRIMARY KEY (time, id)
  ) WITHOUT ROWID;
  CREATE TABLE evidence (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL);
  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL);`,
];

export class NewerLake extends Error {
  override name = "NewerLake";
}

/** Write-ahead log, and a commit is on the disk before it is acknowledged. */
export function prepare(database: DatabaseSync): void {
  const version = versionOf(database);
  if (version > migrations.length)
    throw new NewerLake(`it was written by a newer cockpit (version ${version}, here ${migrations.length}); update this one`);
  if (version === 0) database.exec("PRAGMA auto_vacuum = incremental");
  database.exec("PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864");
  for (const [i, migration] of migrations.entries())
    if (i >= version) database.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${i + 1}; COMMIT`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}
