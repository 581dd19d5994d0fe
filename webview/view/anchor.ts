/** Keeps what a person looks at in its place while rows come, go and change places above it. */
import type { Virtualizer } from "@tanstack/virtual-core";
import { useRef } from "preact/hooks";
import type { Item } from "../items.ts";
import type { Place } from "../view-state.ts";

/** To be called before the list is drawn; what it returns is for when it was. */
export function keepAnchor(
  virtualizer: Virtualizer<HTMLElement, HTMLElement>,
  items: readonly Item[],
  list: { readonly current: HTMLElement | null },
): () => void {
  const before = useRef<readonly Item[]>(items);
  const focused = list.current?.contains(document.activeElement) ? document.activeElement : null;
  const isOther = before.current !== items;
  const anchor = isOther ? anchorOf(virtualizer, before.current, list.current, focused) : null;
  before.current = items;
  return () => {
    // To move an element in the document takes the focus from it.
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    if (anchor) putBack(virtualizer, items, anchor);
  };
}

/** The focused row if it can be seen, else the first that can. Whoever is at the top without a focus sees what comes in there. */
function anchorOf(
  virtualizer: Virtualizer<HTMLElement, HTMLElement>,
  items: readonly Item[],
  list: HTMLElement | null,
  focused: Element | null,
): Place {
  const offset = virtualizer.scrollOffset ?? 0;
  const height = virtualizer.scrollRect?.height ?? 0;
  const index = Number(focused?.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
  const own = virtualizer.measurementsCache[index];
  const isSeen = own && own.end > offset && own.start < offset + height;
  const key = items[index]?.key;
  return isSeen && key !== undefined ? { key, top: own.start - offset } : placeOf(virtualizer, items, list);
}

/** The first entry on the screen; `null` at the very top. */
export function placeOf(virtualizer: Virtualizer<HTMLElement, HTMLElement>, items: readonly Item[], list: HTMLElement | null): Place {
  const offset = virtualizer.scrollOffset ?? 0;
  if (offset <= (list?.offsetTop ?? 0)) return null;
  const first = virtualizer.getVirtualItemForOffset(offset);
  const key = items[first?.index ?? -1]?.key;
  return first && key !== undefined ? { key, top: first.start - offset } : null;
}

export function putBack(virtualizer: Virtualizer<HTMLElement, HTMLElement>, items: readonly Item[], { key, top }: NonNullable<Place>) {
  const index = items.findIndex((it) => it.key === key);
  const place = virtualizer.measurementsCache[index];
  if (!place) return;
  const offset = place.start - top;
  if (Math.abs(offset - (virtualizer.scrollOffset ?? 0)) >= 1) virtualizer.scrollToOffset(offset);
}
