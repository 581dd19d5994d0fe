/** Keeps what a person looks at in its place while rows come, go and change places above it. */
import { useRef } from "preact/hooks";
import type { Shape } from "../shape.ts";
import type { Place } from "../view-state.ts";
import type { ListVirtualizer } from "./virtualizer.ts";

/** To be called before the list is drawn; what it returns is for when it was. */
export function keepAnchor(
  virtualizer: ListVirtualizer,
  shape: Shape,
  /** What the person filters and sorts by: who has just chosen something else wants to see what comes of it. */
  choice: string,
  list: { readonly current: HTMLElement | null },
): () => void {
  const before = useRef({ shape, choice, places: virtualizer.measurementsCache });
  const focused = list.current?.contains(document.activeElement) ? document.activeElement : null;
  const isSame = before.current.shape === shape || before.current.choice !== choice;
  const anchor = isSame ? null : anchorOf(virtualizer, before.current, focused);
  return () => {
    before.current = { shape, choice, places: virtualizer.measurementsCache };
    // To move an element in the document takes the focus from it.
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    if (anchor) putBack(virtualizer, shape, anchor);
  };
}

interface Before {
  shape: Shape;
  places: ListVirtualizer["measurementsCache"];
}

/** The focused row if it can be seen, else the first that can. Whoever is at the top without a focus sees what comes in there. */
function anchorOf(virtualizer: ListVirtualizer, { shape, places }: Before, focused: Element | null): Place {
  const offset = offsetOf(virtualizer);
  const height = virtualizer.scrollRect?.height ?? 0;
  const index = Number(focused?.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
  const own = places[index];
  const key = shape.keys[index];
  if (own && key !== undefined && own.end > offset && own.start < offset + height) return { key, top: own.start - offset };
  if (offset <= virtualizer.options.scrollMargin) return null;
  const first = firstAt(places, offset);
  const firstKey = shape.keys[first];
  return firstKey === undefined ? null : { key: firstKey, top: (places[first]?.start ?? offset) - offset };
}

/** Index of the first that ends below an offset. */
function firstAt(places: Before["places"], offset: number): number {
  let [from, to] = [0, places.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((places[middle]?.end ?? 0) > offset) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The first entry on the screen; `null` at the very top. */
export function placeOf(virtualizer: ListVirtualizer, shape: Shape): Place {
  return anchorOf(virtualizer, { shape, places: virtualizer.measurementsCache }, null);
}

export function putBack(virtualizer: ListVirtualizer, { keys }: Shape, { key, top }: NonNullable<Place>): void {
  const place = virtualizer.measurementsCache[keys.indexOf(key)];
  if (!place) return;
  const offset = place.start - top;
  if (Math.abs(offset - offsetOf(virtualizer)) >= 1) virtualizer.scrollToOffset(offset);
}

/** The document's own: the virtual list hears of it with the next scroll event, and rows may change twice before that. */
const offsetOf = (virtualizer: ListVirtualizer): number => virtualizer.scrollElement?.scrollTop ?? virtualizer.scrollOffset ?? 0;
