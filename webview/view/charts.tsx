/** How an agent went over the range that was chosen. */
import type { AgentDetail, FleetRow, Range } from "../../server/fleet/model/fleet-row.ts";
import { age, count, duration, unknown, usd } from "../figures.ts";
import { memo } from "./memo.ts";
import { Sparkline } from "./sparkline.tsx";
import "./charts.css";

interface ChartsProps {
  row: FleetRow;
  detail: AgentDetail | undefined;
  range: Range;
  /** From when to when the curves are, in words. */
  span: string | undefined;
}

export const Charts = memo<ChartsProps>(({ row, detail, range, span }) => {
  if (row.freshness === "unheard") return null;
  if (!detail)
    return <p class="facts">No figures over time: {row.freshness === "stale" ? "nothing is heard now." : "they are being fetched."}</p>;
  return (
    <div class="charts">
      {curves.map(({ name, of, say }) => {
        const values = of(detail);
        return <Sparkline key={name} name={name} values={values} says={says(values, say, range)} />;
      })}
      <p class="span">{span}</p>
    </div>
  );
});

/** What is told no more, as in a view that is paused, does not end now. */
export function spanOf({ start, stepMs, calls }: AgentDetail, now: number): string {
  const ms = stepMs * calls.length;
  const behind = now - start - ms;
  return behind < stepMs ? `Each from ${age(ms)} ago to now` : `Each from ${age(now - start)} ago to ${age(behind)} ago`;
}

const perMinute = ({ stepMs }: AgentDetail) => 60_000 / stepMs;
const scaled = (values: readonly (number | null)[], by: number) => values.map((it) => (it === null ? null : it * by));

const curves: readonly { name: string; of(detail: AgentDetail): readonly (number | null)[]; say(value: number): string }[] = [
  { name: "Cost", of: (it) => scaled(it.usd, 60 * perMinute(it)), say: (it) => `${usd(it)}/h` },
  { name: "Tokens", of: (it) => scaled(it.tokens, perMinute(it)), say: (it) => `${count(it)}/min` },
  { name: "Latency p95", of: (it) => it.p95Ms, say: duration },
  { name: "Errors", of: (it) => scaled(it.errors, perMinute(it)), say: (it) => `${count(it)}/min` },
];

/** The same for who does not see the curve. */
function says(values: readonly (number | null)[], say: (value: number) => string, range: Range): string {
  const known = values.filter((it) => it !== null);
  const last = known.at(-1);
  if (last === undefined) return `${unknown} not known in the last ${range}`;
  return `${say(last)} last, ${say(Math.max(...known))} at most`;
}
