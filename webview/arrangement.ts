/** Which rows are shown and what stands in the list, reckoned anew only as far as the rows or the person's choice are other ones. */
import type { FleetRow } from "../server/fleet/model/fleet-row.ts";
import { byHealth, type Facets, facetsOf, filtered, isLiveSort, sorted } from "./filter.ts";
import { type Item, itemsOf } from "./items.ts";
import { noShape, type Shape, shapeOf } from "./shape.ts";
import { choiceOf, type ViewState } from "./view-state.ts";

export interface Arranged {
  readonly items: readonly Item[];
  readonly shape: Shape;
  /** Rows that pass the filters, in order. */
  readonly shown: readonly FleetRow[];
  readonly facets: Facets;
}

export interface Arrangement {
  /** What filters offer may be other things now. */
  audited(): void;
  /** `now` in milliseconds since 1970. `isTold`: whether all that was known at first has been told. */
  of(rows: readonly FleetRow[], state: ViewState, now: number, isTold: boolean): Arranged;
}

export function createArrangement(): Arrangement {
  let before: { rows: readonly FleetRow[]; state: ViewState } | undefined;
  let arranged: Arranged = { items: [], shape: noShape, shown: [], facets: { languages: [], owners: [], rules: [] } };
  let order: { choice: string; places: ReadonlyMap<string, number>; at: number } | undefined;
  /** Whether rows stand in an order by figures of before. */
  let isHeld = false;
  let isAudited = true;

  const heldPlaces = (state: ViewState, now: number) =>
    isLiveSort(state.sort) && order?.choice === choiceOf(state) && now - order.at < reorderMs ? order.places : undefined;

  /** An order by live figures holds for a while, so that nobody's row runs away under the cursor; who comes in meanwhile is the last. */
  function inOrder(rows: readonly FleetRow[], state: ViewState, now: number, isTold: boolean): readonly FleetRow[] {
    const places = heldPlaces(state, now);
    isHeld = places !== undefined;
    if (places) return [...rows].sort((a, b) => byHealth(a, b) || placeIn(places, a) - placeIn(places, b));
    const again = sorted(rows, state.sort);
    if (isTold && isLiveSort(state.sort))
      order = { choice: choiceOf(state), places: new Map(again.map((it, index) => [it.key, index])), at: now };
    return again;
  }

  function anew(rows: readonly FleetRow[], state: ViewState, now: number, isTold: boolean): Arranged {
    const shown = inOrder(filtered(rows, state), state, now, isTold);
    const items = itemsOf(shown, state);
    return { items, shape: shapeOf(items, arranged.shape), shown, facets: isAudited ? facetsOf(rows) : arranged.facets };
  }

  return {
    audited() {
      isAudited = true;
    },
    of(rows, state, now, isTold) {
      const isDue = isHeld && !heldPlaces(state, now);
      if (before?.rows === rows && before.state === state && !isDue) return arranged;
      const swaps = before?.state === state && !isLiveSort(state.sort) ? swapsOf(before.rows, rows) : undefined;
      arranged = swaps ? swapped(arranged, swaps) : anew(rows, state, now, isTold);
      if (!swaps) isAudited = false;
      before = { rows, state };
      return arranged;
    },
  };
}

/** By a row of before, the one of now: where nothing but its figures is other, whom it passes and where it stands is not. */
type Swaps = ReadonlyMap<FleetRow, FleetRow>;

function swapsOf(before: readonly FleetRow[], now: readonly FleetRow[]): Swaps | undefined {
  if (before.length !== now.length) return undefined;
  const swaps = new Map<FleetRow, FleetRow>();
  for (const [at, row] of now.entries()) {
    const old = before[at];
    if (old === row) continue;
    if (!old || !isAlike(old, row)) return undefined;
    swaps.set(old, row);
  }
  return swaps;
}

const isAlike = (a: FleetRow, b: FleetRow) =>
  a.key === b.key && a.reasons === b.reasons && a.audited === b.audited && a.paused === b.paused && a.freshness === b.freshness;

const swapped = ({ items, shown, ...others }: Arranged, swaps: Swaps): Arranged => ({
  ...others,
  shown: shown.map((row) => swaps.get(row) ?? row),
  items: items.map((it) => (it.kind === "agent" && swaps.has(it.row) ? { ...it, row: swaps.get(it.row) ?? it.row } : it)),
});

const placeIn = (places: ReadonlyMap<string, number>, { key }: FleetRow) => places.get(key) ?? places.size;

const reorderMs = 5000;
