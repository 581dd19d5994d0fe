/** What a lake says of each agent over a window of time; the sums and quantiles are the database's. */
import type { SQLOutputValue } from "node:sqlite";
import { openToRead } from "./open-to-read.ts";

export interface AgentFigures {
  agentId: string;
  /** Those that were called, by name. */
  models: string[];
  calls: number;
  errors: number;
  inputTokens: number;
  outputTokens: number;
  /** US dollars of the calls whose price is known. */
  costUsd: number;
  /** Calls that used tokens and whose price nobody knows. */
  unpriced: number;
  /** How many told their tokens, and how many their cost. */
  told: number;
  priced: number;
  /** Milliseconds; `null` where no call told its duration. */
  p50Ms: number | null;
  p95Ms: number | null;
  /** Milliseconds since 1970. */
  lastHeard: number;
}

/** Those that cost most first, then those that called most. */
export interface WindowFigures {
  agents: AgentFigures[];
  /** Of the window's last minute alone. */
  lastMinute: AgentFigures[];
}

export interface FleetFigures extends WindowFigures {
  /** How many more there are. */
  omitted: number;
}

export interface FiguresWindow {
  /** Milliseconds since 1970, both included. */
  since: number;
  until: number;
  /** Of this agent alone. */
  agentId?: string | undefined;
}

export const minute = 60_000;

/** A sender may make up a million names. */
export const mostAgents = 5000;

const query = `
  WITH recent AS (SELECT * FROM events WHERE time >= :since AND time <= :until AND (:agent IS NULL OR agent = :agent)),
  ranked AS (
    SELECT agent, duration_ms, row_number() OVER (PARTITION BY agent ORDER BY duration_ms) AS place, count(*) OVER (PARTITION BY agent) AS total
    FROM recent WHERE duration_ms IS NOT NULL AND operation IS NOT NULL
  ),
  latency AS (
    SELECT agent, min(duration_ms) FILTER (WHERE place >= 0.5 * total) AS p50, min(duration_ms) FILTER (WHERE place >= 0.95 * total) AS p95
    FROM ranked GROUP BY agent
  )
  SELECT recent.agent, count(operation) AS calls, count(error) FILTER (WHERE operation IS NOT NULL) AS errors, count(coalesce(input_tokens, output_tokens)) AS told, count(cost_usd) AS priced, total(input_tokens) AS input, total(output_tokens) AS output, total(cost_usd) AS cost,
    count(*) FILTER (WHERE cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0)) AS unpriced, max(time) AS heard,
    json_group_array(DISTINCT model) FILTER (WHERE model IS NOT NULL) AS models, p50, p95, count(*) OVER () AS heard_of
  FROM recent LEFT JOIN latency USING (agent) GROUP BY recent.agent ORDER BY cost DESC, calls DESC, recent.agent LIMIT ${mostAgents}`;

/** No agent where there is no lake yet. */
export function figuresIn(file: string, { since, until, agentId }: FiguresWindow): FleetFigures {
  const database = openToRead(file);
  if (!database) return { agents: [], lastMinute: [], omitted: 0 };
  try {
    const from = (time: number) => database.prepare(query).all({ since: time, until, agent: agentId ?? null });
    const rows = from(since);
    const lastMinute = from(until - minute).map(figuresOf);
    return { agents: rows.map(figuresOf), lastMinute, omitted: Number(rows[0]?.heard_of ?? 0) - rows.length };
  } finally {
    database.close();
  }
}

function figuresOf(row: Record<string, SQLOutputValue>): AgentFigures {
  return {
    agentId: String(row.agent),
    models: namesIn(row.models),
    calls: Number(row.calls),
    errors: Number(row.errors),
    inputTokens: Number(row.input),
    outputTokens: Number(row.output),
    costUsd: Number(row.cost),
    unpriced: Number(row.unpriced),
    told: Number(row.told),
    priced: Number(row.priced),
    p50Ms: row.p50 === null ? null : Number(row.p50),
    p95Ms: row.p95 === null ? null : Number(row.p95),
    lastHeard: Number(row.heard),
  };
}

function namesIn(json: SQLOutputValue | undefined): string[] {
  const names: unknown = JSON.parse(String(json));
  return Array.isArray(names) ? names.map(String).sort() : [];
}
