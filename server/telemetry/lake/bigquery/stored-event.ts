/** A row of BigQuery, which others may have written, as an event again. */
import { type ReadEvent, readFleetEvent } from "../../../protocol/fleet-event.ts";
import { parsedJson } from "../../../protocol/json.ts";

/** What is wrong with a field costs only that field; a row that is no event is refused, and is in nobody's way. */
export function readStoredEvent(row: unknown): ReadEvent {
  const { agent, input_tokens, output_tokens, cost_usd, duration_ms, trace, span, metrics, ...same } = Object(row);
  return readFleetEvent({
    ...same,
    agentId: agent,
    inputTokens: input_tokens,
    outputTokens: output_tokens,
    costUsd: cost_usd,
    durationMs: duration_ms,
    traceId: trace,
    spanId: span,
    metrics: parsedJson(String(metrics)),
  });
}
