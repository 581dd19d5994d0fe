/** The table that `cockpit fleet watch` shows: totals, then who needs somebody first, as many agents as the window has room for, the others in a line. */
import type { FleetModel } from "../../fleet/model/fleet-model.ts";
import type { FleetRow, FleetTotals } from "../../fleet/model/fleet-row.ts";
import { plural } from "../../fleet/model/plural.ts";
import type { Terminal } from "../terminal.ts";
import { agentLines } from "./agent-table.ts";
import { widthOf } from "./cells.ts";
import { ago, byHealth, duration, rates, short, unknown, usd } from "./figures.ts";
import { healthPaint } from "./health-paint.ts";
import type { Size } from "./live-area.ts";
import type { Cell, Column } from "./table.ts";

type Colors = Terminal["colors"];

/** `now` in milliseconds since 1970. */
export function fleetLines(model: FleetModel, now: number, size: Size, colors: Colors): string[] {
  const [headline, agents] = [headlineOf(model.totals(now), size), model.rows(now)];
  return agentLines({ headline, agents, columns, rowOf: (it) => rowOf(it, colors), stateOf: (it) => it.health }, size, colors);
}

const columns: readonly Column[] = [
  { head: "health", width: 8, rank: 1 },
  { head: "agent", width: 0, rank: 0 },
  { head: "state", width: 7, rank: 2 },
  { head: "calls/m", width: 5, align: "right", rank: 5 },
  { head: "tok/m", width: 5, align: "right", rank: 7 },
  { head: "USD/h", width: 5, align: "right", rank: 4 },
  { head: "p95", width: 5, align: "right", rank: 8 },
  { head: "err/m", width: 5, align: "right", rank: 6 },
  { head: "alerts", width: 3, align: "right", rank: 3 },
];

function rowOf({ agentId, health, freshness, paused, live, alerts }: FleetRow, colors: Colors): Cell[] {
  const known = freshness === "live" || freshness === "quiet" ? live : undefined;
  const figure = (text: string | undefined, paint = same): Cell =>
    text === undefined ? { text: unknown, paint: colors.dim } : { text, paint };
  return [
    { text: health, paint: healthPaint(health, colors) },
    { text: agentId.trim() === "" ? "(no name)" : agentId },
    { text: paused ? "paused" : freshness, paint: paused ? colors.yellow : freshness === "live" ? same : colors.dim },
    figure(known && short(known.callsPerMinute)),
    figure(known && (known.tokensPerMinute === null ? "?" : short(known.tokensPerMinute))),
    figure(known && usd(known)),
    figure(known && duration(known.p95Ms)),
    figure(known && short(known.errorsPerMinute), known && known.errorsPerMinute > 0 ? colors.red : same),
    figure(String(alerts.length), alerts.length > 0 ? healthPaint(health, colors) : colors.dim),
  ];
}

const same = (text: string) => text;

/** In one line, or in two where that is too short: in the second, calls and tokens give way to spend and errors. */
function headlineOf(totals: FleetTotals, { columns, rows }: Size): string[] {
  const { agents, paused, dataAgeMs } = totals;
  const stopped = paused > 0 ? `${paused.toLocaleString("en-US")} paused` : "";
  const counts = [plural(agents, "agent"), byHealth(totals.byHealth), stopped].filter(Boolean).join(" · ");
  const heard = dataAgeMs === null ? "nobody heard yet" : `heard ${ago(dataAgeMs)}`;
  const fits = (line: string) => widthOf(line) <= columns;
  const standing = `${counts} · ${heard}`;
  const whole = [standing, ...rates(totals)].join(" · ");
  if (rows < rowsForTwo || fits(whole)) return [whole];
  const [first, rest] = fits(standing) ? [standing, []] : [counts, [heard]];
  const second = (of: FleetTotals) => [...rest, ...rates(of)].join(" · ");
  const withoutTokens = { ...totals, tokensPerMinute: null };
  const least = second({ ...withoutTokens, callsPerMinute: null });
  return [first, [second(totals), second(withoutTokens)].find(fits) ?? least].filter(Boolean);
}

/** Of a window, from which on a second headline takes no agent's place that would be missed. */
const rowsForTwo = 8;
