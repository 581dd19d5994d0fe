/** Gives a live fleet its last day back from the lake, the latest first, in pieces that keep nobody waiting. */
import { setTimeout as sleep } from "node:timers/promises";
import { ranges } from "../fleet/model/fleet-row.ts";
import type { LiveFleet } from "../fleet/model/live-fleet.ts";
import type { Lake } from "./lake/lake.ts";
import type { Moment, Past } from "./lake/past.ts";

export interface RecallOptions {
  /** Milliseconds since 1970. */
  now(): number;
  signal: AbortSignal;
  /** The latest are known. */
  onPage(): void;
}

/** Of a lake so large that a day of it takes longer, the rest stays unknown. */
const mostMs = 90_000;

export async function recallPast(lake: Lake, fleet: LiveFleet, { now, signal, onPage }: RecallOptions): Promise<void> {
  const since = now() - ranges["24 h"];
  const deadline = performance.now() + mostMs;
  let before: Moment | undefined;
  for (;;) {
    const past = await lake.past(before, since);
    if (signal.aborted) return;
    recallPage(fleet, past, now());
    onPage();
    before = past.next;
    if (!before || performance.now() > deadline) break;
    await sleep(lake.waiting() > 0 ? 20 : 0, undefined, { signal });
  }
  // In the step that it ends in, something may be missing.
  fleet.recalled(before?.time ?? 0);
}

function recallPage(fleet: LiveFleet, { names, agents, times, isCall, isError, tokens, usd, durations }: Past, now: number) {
  const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? undefined : value);
  for (const [i, agent] of agents.entries()) {
    const counted = known(tokens[i]);
    const amounts = {
      time: Math.min(times[i] ?? 0, now),
      isCall: isCall[i] === 1,
      isError: isError[i] === 1,
      tokens: counted,
      usd: known(usd[i]) ?? (counted ? Number.POSITIVE_INFINITY : undefined),
      durationMs: known(durations[i]),
    };
    fleet.recall(names[agent] ?? "", amounts, now);
  }
}
