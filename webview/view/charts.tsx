/** How an agent went over the range that was chosen. */
import type { AgentDetail, FleetRow, Range } from "../../server/fleet/model/fleet-row.ts";
import { curves, says } from "../curves.ts";
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
