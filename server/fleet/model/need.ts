/** Which agents need somebody first. Live figures have no say, so that rows keep their places while they are read. */
import { type FleetRow, healths } from "./fleet-row.ts";
import { alertHealth } from "./health.ts";

/** By health; who is paused already last; then what an alert says of now before what was found. The lower, the sooner. */
export const needOf = ({ health, alerts, paused }: FleetRow): number =>
  healths.indexOf(health) * 4 + (paused ? 2 : 0) + (alerts.some((it) => alertHealth(it) === health) ? 0 : 1);

/** `all` are in the order that those of equal need keep. Linear: whoever shows ten thousand asks often. */
export function byNeed<T extends { readonly need: number }>(all: readonly T[]): T[] {
  const ranks: T[][] = [];
  for (const it of all) {
    const same = ranks[it.need];
    if (same) same.push(it);
    else ranks[it.need] = [it];
  }
  return ranks.flat();
}
