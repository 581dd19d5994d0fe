/** What `fleet status` shows of a window, computed in BigQuery: the same figures as of a lake here, but that quantiles are approximate (`APPROX_QUANTILES`). */
import * as z from "zod";
import { type AgentFigures, minute, type WindowFigures } from "../figures.ts";
import { type Patience, patiently } from "./backoff.ts";
import { type Estimate, estimate, once, pagesOf, type Query } from "./query.ts";
import type { Opened } from "./table.ts";

export interface TimeSpan {
  /** Milliseconds since 1970; `until` is not in it. */
  from: number;
  until: number;
}

export interface StatusOptions {
  maxBytes?: number;
  patience?: Patience;
  /** Before the query: what it will read, and cost at list price. */
  onEstimate?(estimate: Estimate): void;
}

export async function fleetStatus(opened: Opened, span: TimeSpan, options: StatusOptions = {}): Promise<WindowFigures> {
  const { maxBytes, patience = { forMs: 60_000 }, onEstimate } = options;
  const query = statusQuery(opened, span);
  if (onEstimate) onEstimate(await patiently(() => estimate(opened, query), patience));
  return patiently(async () => {
    const all: z.output<typeof figures>[] = [];
    for await (const rows of pagesOf(opened, query, maxBytes)) all.push(...rows.map((it) => figures.parse(it)));
    const of = (wanted: boolean) => all.flatMap(({ isLastMinute, ...it }) => (isLastMinute === wanted ? [it] : []));
    return { agents: of(false), lastMinute: of(true) };
  }, patience);
}

/** Window and last minute in one query: what it reads is paid for once. */
function statusQuery({ client, name }: Opened, { from, until }: TimeSpan): Query {
  const at = (ms: number) => client.timestamp(new Date(ms));
  return {
    sql: `WITH each_once AS (
  SELECT time, agent, operation, model, input_tokens, output_tokens, cost_usd, error, IF(operation IS NULL, NULL, duration_ms) AS duration_ms
  FROM ${name} WHERE time >= @first AND time < @until ${once}
)
SELECT agent, is_last_minute, ARRAY_AGG(DISTINCT COALESCE(model, '')) AS models, COUNT(operation) AS calls, COUNTIF(error IS NOT NULL AND operation IS NOT NULL) AS errors,
  COUNT(COALESCE(input_tokens, output_tokens)) AS told, COUNT(cost_usd) AS priced,
  COALESCE(SUM(input_tokens), 0) AS input_tokens, COALESCE(SUM(output_tokens), 0) AS output_tokens, COALESCE(SUM(cost_usd), 0) AS cost_usd,
  COUNTIF(cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0)) AS unpriced,
  APPROX_QUANTILES(duration_ms, 100)[SAFE_OFFSET(50)] AS p50_ms, APPROX_QUANTILES(duration_ms, 100)[SAFE_OFFSET(95)] AS p95_ms,
  UNIX_MILLIS(MAX(time)) AS last_time
FROM each_once CROSS JOIN UNNEST([FALSE, TRUE]) AS is_last_minute WHERE time >= IF(is_last_minute, @minute, @from)
GROUP BY agent, is_last_minute ORDER BY cost_usd DESC, calls DESC, agent`,
    params: { first: at(Math.min(from, until - minute)), from: at(from), minute: at(until - minute), until: at(until) },
  };
}

const amount = z.coerce.number();
const figures = z
  .object({
    agent: z.string(),
    is_last_minute: z.boolean(),
    models: z.array(z.string()),
    calls: amount,
    errors: amount,
    input_tokens: amount,
    output_tokens: amount,
    cost_usd: amount,
    unpriced: amount,
    told: amount,
    priced: amount,
    p50_ms: z.number().nullable(),
    p95_ms: z.number().nullable(),
    last_time: amount,
  })
  .transform((it): AgentFigures & { isLastMinute: boolean } => ({
    isLastMinute: it.is_last_minute,
    agentId: it.agent,
    models: it.models.filter((model) => model !== "").toSorted(),
    calls: it.calls,
    errors: it.errors,
    inputTokens: it.input_tokens,
    outputTokens: it.output_tokens,
    costUsd: it.cost_usd,
    unpriced: it.unpriced,
    told: it.told,
    priced: it.priced,
    p50Ms: it.p50_ms,
    p95Ms: it.p95_ms,
    lastHeard: it.last_time,
  }));
