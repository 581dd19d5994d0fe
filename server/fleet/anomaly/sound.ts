/** The last line of defence: whatever the doors let through, no number that is none, negative or beyond reason reaches the statistics. */
import { type FleetEvent, largestAmount } from "../event.ts";

/** The event without what cannot be true; undefined when it has no time. */
export function sound(event: FleetEvent): FleetEvent | undefined {
  if (!Number.isFinite(event.time) || Math.abs(event.time) > 8.64e15) return undefined;
  const { inputTokens, outputTokens, costUsd, durationMs } = event;
  if (possible(inputTokens) && possible(outputTokens) && possible(costUsd) && possible(durationMs)) return event;
  return {
    ...event,
    inputTokens: kept(inputTokens),
    outputTokens: kept(outputTokens),
    costUsd: kept(costUsd),
    durationMs: kept(durationMs),
  };
}

/** NaN compares with nothing. */
const possible = (it: number | undefined) => it === undefined || (it >= 0 && it <= largestAmount);

const kept = (it: number | undefined) => (possible(it) ? it : undefined);
