/** TanStack's virtual list in Preact: which entries are on the screen, and where. */
import { elementScroll, observeElementOffset, observeElementRect, type Range, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Shape } from "../shape.ts";

export type ListVirtualizer = Virtualizer<HTMLElement, HTMLElement>;

export interface Ground {
  scroller: RefObject<HTMLElement | null>;
  list: RefObject<HTMLElement | null>;
  /** Index of the entry that has the focus or would get it. */
  current: number;
  draw(): void;
  onScroll(virtualizer: ListVirtualizer): void;
}

export function useVirtualizer(shape: Shape, { scroller, list, current, draw, onScroll }: Ground): ListVirtualizer {
  const margin = useRef(0);
  // The same functions mean the same places: only then need they not be reckoned anew.
  const places = useMemo(
    () => ({ getItemKey: (index: number) => shape.keys[index] ?? index, estimateSize: (index: number) => shape.heights[index] ?? 32 }),
    [shape],
  );
  const options = {
    ...places,
    count: shape.keys.length,
    getScrollElement: () => scroller.current,
    overscan: 4,
    scrollMargin: margin.current,
    scrollPaddingStart: 56,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    measureElement,
    rangeExtractor: useMemo(() => withCurrent(current), [current]),
    onChange: (it: ListVirtualizer) => {
      onScroll(it);
      draw();
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  useLayoutEffect(() => followMargin(virtualizer, list.current, margin, draw), []);
  return virtualizer;
}

/** Who has the focus stays in the document, however far the list is scrolled. */
const withCurrent =
  (current: number) =>
  ({ startIndex, endIndex, overscan, count }: Range): number[] => {
    const [from, to] = [Math.max(startIndex - overscan, 0), Math.min(endIndex + overscan, count - 1)];
    const range = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    if (current < 0 || current >= count || (current >= from && current <= to)) return range;
    return current < from ? [current, ...range] : [...range, current];
  };

/** To ask the document for a height at once makes it lay everything out; its observer tells before the next paint anyway. */
function measureElement(element: HTMLElement, entry: ResizeObserverEntry | undefined, instance: ListVirtualizer): number {
  const [box] = entry?.borderBoxSize ?? [];
  if (box) return Math.round(box.blockSize);
  const index = instance.indexFromElement(element);
  return instance.itemSizeCache.get(instance.options.getItemKey(index)) ?? instance.options.estimateSize(index);
}

/** What stands above the list may grow and shrink; who has scrolled past it sees nothing move. */
function followMargin(virtualizer: ListVirtualizer, list: HTMLElement | null, margin: { current: number }, draw: () => void): () => void {
  const measure = () => {
    const [before, top] = [margin.current, list?.offsetTop ?? 0];
    if (top === before) return;
    margin.current = top;
    const { scrollElement, scrollOffset } = virtualizer;
    // What the element says by now may be less: at the end of a page that has become shorter it has moved already.
    if (scrollElement && scrollOffset !== null && scrollOffset > before) {
      virtualizer.scrollOffset = scrollOffset + top - before;
      scrollElement.scrollTop = virtualizer.scrollOffset;
    }
    draw();
  };
  const observer = new ResizeObserver(measure);
  for (const it of list?.parentElement?.querySelectorAll(":scope > .head, :scope > .toolbar") ?? []) observer.observe(it);
  measure();
  return () => observer.disconnect();
}
