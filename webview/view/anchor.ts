/** Keeps what a person looks at in its place while rows come, go and change places above it. */
import { useRef } from "preact/hooks";
import type { Shape } from "../shape.ts";
import type { Place } from "../view-state.ts";
import type { ListVirtualizer } from "./virtualizer.ts";

/** To be called before the list is drawn; what it returns is for when it was, and tells whether what had the focus is still there. */
export function keepAnchor(
  virtualizer: ListVirtualizer,
  shape: Shape,
  /** What the person filters and sorts by: who has just chosen something else wants to see what comes of it. */
  choice: string,
  list: { readonly current: HTMLElement | null },
): () => boolean {
  const before = useRef({ shape, choice });
  const focused = list.current?.contains(document.activeElement) ? document.activeElement : null;
  const isSame = before.current.shape === shape || before.current.choice !== choice;
  const anchor = isSame || !list.current ? null : seenAnchor(virtualizer, before.current.shape, list.current, focused);
  return () => {
    before.current = { shape, choice };
    // To move an element in the document takes the focus from it.
    const isLost = focused?.isConnected && document.activeElement !== focused;
    if (focused instanceof HTMLElement && isLost && document.hasFocus()) focused.focus({ preventScroll: true });
    if (anchor) putBack(virtualizer, shape, anchor);
    return focused?.isConnected ?? true;
  };
}

/** The focused row if it can be seen, else the first that can, where the document has it. Whoever is at the top without a focus sees what comes in there. */
function seenAnchor({ scrollElement, options }: ListVirtualizer, { keys }: Shape, list: HTMLElement, focused: Element | null): Place {
  if (!scrollElement) return null;
  const view = scrollElement.getBoundingClientRect();
  const isSeen = (it: Element) => {
    const { top, bottom } = it.getBoundingClientRect();
    return bottom > view.top && top < view.bottom;
  };
  const own = focused?.closest<HTMLElement>("[data-index]");
  const isOwn = own && isSeen(own);
  if (!isOwn && scrollElement.scrollTop <= options.scrollMargin) return null;
  const row = isOwn ? own : [...list.querySelectorAll<HTMLElement>(":scope > [data-index]")].sort(byIndex).find(isSeen);
  const key = keys[indexOf(row)];
  return row && key !== undefined ? { key, top: row.getBoundingClientRect().top - view.top } : null;
}

const indexOf = (row: HTMLElement | null | undefined) => Number(row?.dataset.index ?? -1);
const byIndex = (a: HTMLElement, b: HTMLElement) => indexOf(a) - indexOf(b);

/** The first entry on the screen; `null` at the very top. */
export function placeOf({ measurementsCache, scrollElement, options }: ListVirtualizer, { keys }: Shape): Place {
  const offset = scrollElement?.scrollTop ?? 0;
  if (offset <= options.scrollMargin) return null;
  const first = firstAt(measurementsCache, offset);
  const key = keys[first];
  return key === undefined ? null : { key, top: (measurementsCache[first]?.start ?? offset) - offset };
}

/** Index of the first that ends below an offset. */
function firstAt(places: ListVirtualizer["measurementsCache"], offset: number): number {
  let [from, to] = [0, places.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((places[middle]?.end ?? 0) > offset) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Not by a command of the virtual list: until one is over, rows above that turn out to be higher than they were thought to be would move what is read. */
export function putBack(virtualizer: ListVirtualizer, { keys }: Shape, { key, top }: NonNullable<Place>): void {
  const place = virtualizer.measurementsCache[keys.indexOf(key)];
  const { scrollElement } = virtualizer;
  if (!place || !scrollElement) return;
  const offset = Math.max(0, place.start - top);
  if (Math.abs(offset - scrollElement.scrollTop) < 1) return;
  virtualizer.cancelScroll();
  virtualizer.scrollOffset = offset;
  scrollElement.scrollTop = offset;
}
