/** Which entries the list has, in which order and how tall they are about: other than their contents, this changes seldom. */
import { type Item, isFocusable } from "./items.ts";

export interface Shape {
  readonly keys: readonly string[];
  /** Pixels, before an entry was measured. */
  readonly heights: readonly number[];
  /** Indexes of entries that can have the focus. */
  readonly focusable: readonly number[];
}

/** The one before, where nothing of it has changed. */
export function shapeOf(items: readonly Item[], before: Shape): Shape {
  if (items.length === before.keys.length && items.every((it, at) => it.key === before.keys[at] && heightOf(it) === before.heights[at]))
    return before;
  return {
    keys: items.map(({ key }) => key),
    heights: items.map(heightOf),
    focusable: items.flatMap((it, index) => (isFocusable(it) ? [index] : [])),
  };
}

export const noShape: Shape = { keys: [], heights: [], focusable: [] };

function heightOf(item: Item): number {
  if (item.kind !== "agent") return 32;
  if (!item.isOpen) return item.row.health === "green" ? 26 : 32;
  const { findings = [], notRun = [] } = item.row.audited ?? {};
  return 320 + 28 * Math.min(findings.length + notRun.length, 10) + 26 * Math.min(item.row.alerts.length, 10);
}
