/** Live figures as people read them in a narrow place: three digits say enough. */
import type { FleetRow, FleetTotals, LiveAgent } from "../../fleet/model/fleet-row.ts";
import { plural } from "../../fleet/model/plural.ts";

export const unknown = "–";

/** `0.12`, `1.2`, `12`, `1.2k`, `3.4M`. */
export function short(n: number): string {
  const [, unit = "", size = 1] = units.find(([least]) => Math.abs(n) >= least) ?? [];
  const value = n / size;
  if (Math.abs(value) >= 99.5 || Number.isInteger(value)) return `${Math.round(value)}${unit}`;
  return `${Number(value.toPrecision(2))}${unit}`;
}

const units = [
  [999_500_000, "G", 1e9],
  [999_500, "M", 1e6],
  [999.5, "k", 1e3],
] as const;

export function duration(ms: number | null): string {
  if (ms === null) return unknown;
  return ms < 999.5 ? `${Math.round(ms)}ms` : `${short(ms / 1000)}s`;
}

/** Spend whose price nobody knows is not 0. */
export const usd = ({ usdPerHour }: Pick<LiveAgent, "usdPerHour">): string => (usdPerHour === null ? "?" : short(usdPerHour));

/** `3 critical, 12 warning, 985 green`: those that there are. */
export function byHealth(counts: FleetTotals["byHealth"]): string {
  const kinds = Object.entries(counts).filter(([, n]) => n > 0);
  return kinds.map(([health, n]) => `${n.toLocaleString("en-US")} ${health}`).join(", ");
}

/** Of the fleet, as far as it is known: they begin with the time that they, and figures of its agents beside them, are of. */
export function rates({ callsPerMinute, tokensPerMinute, usdPerHour, unpriced, errorRate }: FleetTotals): string[] {
  const known = [
    callsPerMinute === null ? "" : `${short(callsPerMinute)} calls/min`,
    tokensPerMinute === null ? "" : `${short(tokensPerMinute)} tokens/min`,
    usdPerHour === null ? "" : `${short(usdPerHour)} USD/h${unpriced > 0 ? ` and ${plural(unpriced, "agent")} of unknown spend` : ""}`,
    errorRate === null ? "" : `${short(100 * errorRate)} % errors`,
  ].filter(Boolean);
  return known.map((it, i) => (i === 0 ? `last minute: ${it}` : it));
}

/** Labels and values of what an agent does now; nothing where nobody knows. */
export function liveFigures({ live, freshness }: FleetRow): (readonly [label: string, value: string])[] {
  if (!live || (freshness !== "live" && freshness !== "quiet")) return [];
  return [
    ["calls/min", short(live.callsPerMinute)],
    ["errors/min", short(live.errorsPerMinute)],
    ["tokens/min", live.tokensPerMinute === null ? "unknown" : short(live.tokensPerMinute)],
    ["USD/h", live.usdPerHour === null ? "unknown" : short(live.usdPerHour)],
    ["p95", duration(live.p95Ms)],
  ];
}

/** Coarse, so that it does not change with every second. */
export function ago(ms: number): string {
  if (ms < 10_000) return "now";
  if (ms < 60_000) return `${Math.floor(ms / 10_000) * 10} s ago`;
  return ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min ago` : `${Math.floor(ms / 3_600_000)} h ago`;
}
