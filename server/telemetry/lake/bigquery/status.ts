/** What `fleet status` shows of a window, computed in BigQuery. */
import * as z from "zod";
import { type Patience, patiently } from "./backoff.ts";
import { once, pagesOf, type Query } from "./query.ts";
import type { Opened } from "./table.ts";

export interface AgentStatus {
  agentId: string;
  events: number;
  inputTokens: number;
  outputTokens: number;
  /** Null when no event knew its cost. */
  costUsd: number | null;
  /** 0..1 */
  errorRate: number;
  /** Milliseconds; null when no event had a duration. Approximate (`APPROX_QUANTILES`). */
  p50Ms: number | null;
  p95Ms: number | null;
  /** Of its last event, milliseconds since 1970. */
  lastTime: number;
}

export interface TimeSpan {
  /** Milliseconds since 1970; `until` is not in it. */
  from: number;
  until: number;
}

/** The agents that cost most first. */
export async function fleetStatus(
  opened: Opened,
  span: TimeSpan,
  { maxBytes, patience = { forMs: 60_000 } }: { maxBytes?: number; patience?: Patience } = {},
) {
  const all: AgentStatus[] = [];
  await patiently(async () => {
    all.length = 0;
    for await (const rows of pagesOf(opened, statusQuery(opened, span), maxBytes)) all.push(...rows.map((it) => status.parse(it)));
  }, patience);
  return all;
}

function statusQuery({ client, name }: Opened, { from, until }: TimeSpan): Query {
  return {
    sql: `WITH each_once AS (
  SELECT time, agent, input_tokens, output_tokens, cost_usd, duration_ms, error
  FROM ${name} WHERE time >= @from AND time < @until ${once}
)
SELECT agent, COUNT(*) AS events, COALESCE(SUM(input_tokens), 0) AS input_tokens, COALESCE(SUM(output_tokens), 0) AS output_tokens,
  SUM(cost_usd) AS cost_usd, COUNTIF(error IS NOT NULL) / COUNT(*) AS error_rate,
  APPROX_QUANTILES(duration_ms, 100)[SAFE_OFFSET(50)] AS p50_ms, APPROX_QUANTILES(duration_ms, 100)[SAFE_OFFSET(95)] AS p95_ms,
  UNIX_MILLIS(MAX(time)) AS last_time
FROM each_once GROUP BY agent ORDER BY cost_usd DESC NULLS LAST, agent`,
    params: { from: client.timestamp(new Date(from)), until: client.timestamp(new Date(until)) },
  };
}

const amount = z.coerce.number();
const status = z
  .object({
    agent: z.string(),
    events: amount,
    input_tokens: amount,
    output_tokens: amount,
    cost_usd: z.number().nullable(),
    error_rate: amount,
    p50_ms: z.number().nullable(),
    p95_ms: z.number().nullable(),
    last_time: amount,
  })
  .transform(
    (it): AgentStatus => ({
      agentId: it.agent,
      events: it.events,
      inputTokens: it.input_tokens,
      outputTokens: it.output_tokens,
      costUsd: it.cost_usd,
      errorRate: it.error_rate,
      p50Ms: it.p50_ms,
      p95Ms: it.p95_ms,
      lastTime: it.last_time,
    }),
  );
