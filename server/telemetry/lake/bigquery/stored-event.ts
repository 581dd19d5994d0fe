/** A row of BigQuery, which others may have written, as an event again. */
import * as z from "zod";
import type { FleetEvent } from "../../../fleet/event.ts";

const text = z
  .string()
  .nullish()
  .transform((it) => it ?? undefined);
const amount = z
  .number()
  .nullish()
  .transform((it) => it ?? undefined);
const metrics = z.record(z.string(), z.number());
export const storedEvent = z
  .object({
    time: z.number(),
    id: z.string(),
    agent: z.string(),
    operation: text,
    model: text,
    provider: text,
    input_tokens: amount,
    output_tokens: amount,
    cost_usd: amount,
    duration_ms: amount,
    error: text,
    trace: text,
    span: text,
    source: text,
    metrics: text,
  })
  .transform(
    (it): FleetEvent => ({
      id: it.id,
      time: it.time,
      agentId: it.agent,
      operation: it.operation,
      model: it.model,
      provider: it.provider,
      inputTokens: it.input_tokens,
      outputTokens: it.output_tokens,
      costUsd: it.cost_usd,
      durationMs: it.duration_ms,
      error: it.error,
      traceId: it.trace,
      spanId: it.span,
      source: it.source,
      metrics: it.metrics === undefined ? undefined : metrics.safeParse(JSON.parse(it.metrics)).data,
    }),
  );
