/** Sums over the fleet, as far as they are known. */
import type { FleetRow, FleetTotals, LiveAgent, Watching } from "./fleet-row.ts";

/** `live` has each agent once, however many rows show it. What nobody measures now is not known. */
export function totalsOf(
  rows: readonly FleetRow[],
  live: Iterable<LiveAgent>,
  heard: number,
  watching: Watching,
  now: number,
): FleetTotals {
  const dataAgeMs = heard > 0 ? Math.max(0, now - heard) : null;
  return { ...countsOf(rows), ...(watching.kind === "watching" ? ratesOf(live) : unknownRates), dataAgeMs };
}

const unknownRates = { usdPerHour: null, unpriced: 0, tokensPerMinute: null, callsPerMinute: null, errorRate: null };

function countsOf(rows: readonly FleetRow[]) {
  const byHealth = { critical: 0, warning: 0, green: 0 };
  const byFreshness = { live: 0, quiet: 0, stale: 0, unheard: 0 };
  let paused = 0;
  for (const row of rows) {
    byHealth[row.health]++;
    byFreshness[row.freshness]++;
    if (row.paused) paused++;
  }
  return { agents: rows.length, byHealth, byFreshness, paused };
}

function ratesOf(live: Iterable<LiveAgent>) {
  let [known, unpriced, untold, usd, tokens, calls, errors] = [0, 0, 0, 0, 0, 0, 0];
  for (const it of live) {
    known++;
    if (it.usdPerHour === null) unpriced++;
    usd += it.usdPerHour ?? 0;
    if (it.tokensPerMinute === null) untold++;
    tokens += it.tokensPerMinute ?? 0;
    calls += it.callsPerMinute;
    errors += it.errorsPerMinute;
  }
  if (known === 0) return unknownRates;
  return {
    usdPerHour: unpriced === known ? null : usd,
    unpriced,
    tokensPerMinute: untold === known ? null : tokens,
    callsPerMinute: calls,
    errorRate: calls > 0 ? errors / calls : null,
  };
}
