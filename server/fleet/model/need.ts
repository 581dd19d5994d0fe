/** Which agents need somebody first. Live figures have no say, so that rows keep their places while they are read. */
import { type FleetRow, healths } from "./fleet-row.ts";
import { alertHealth } from "./health.ts";

/** `rows` are in the order that those of equal need keep. Linear: whoever shows ten thousand asks often. */
export function byNeed(rows: readonly FleetRow[]): FleetRow[] {
  const ranks: FleetRow[][] = [];
  for (const row of rows) {
    const rank = rankOf(row);
    const same = ranks[rank];
    if (same) same.push(row);
    else ranks[rank] = [row];
  }
  return ranks.flat();
}

/** By health; who is paused already last; then what an alert says of now before what was found. */
const rankOf = ({ health, alerts, paused }: FleetRow) =>
  healths.indexOf(health) * 4 + (paused ? 2 : 0) + (alerts.some((it) => alertHealth(it) === health) ? 0 : 1);
