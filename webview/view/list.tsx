/** The list of agents. Only what can be seen is laid out; focus, scroll and what is open stay where they are while rows come and go. */
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Item } from "../items.ts";
import { openAgents } from "../look.ts";
import { keepAnchor, placeOf, putBack } from "./anchor.ts";
import type { Shared } from "./app.tsx";
import type { Asked } from "./confirm.tsx";
import { Entry } from "./entry.tsx";

interface ListProps extends Shared {
  scroller: RefObject<HTMLElement | null>;
  ask(asked: Asked): void;
}

export function List({ forest, screen, scroller, ask }: ListProps) {
  const { items } = screen;
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  const [current, setCurrent] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const wish = useRef<string | undefined>(undefined);
  /** Whether the list stands where it stood before a reload. */
  const isPlaced = useRef(false);
  const lastWanted = useRef(screen.wanted);
  const focusable = items.flatMap((it, index) => (isFocusable(it) ? [index] : []));
  const found = items.findIndex((it) => it.key === current);
  const currentIndex = found >= 0 ? found : (focusable[0] ?? -1);

  const virtualizer = useVirtualizer(items, {
    scroller,
    list,
    currentIndex,
    draw,
    onScroll: (it) => isPlaced.current && forest.scrolled(placeOf(it, items, list.current)),
  });
  const restore = keepAnchor(virtualizer, items, list);
  const virtual = virtualizer.getVirtualItems();

  const goTo = useCallback(
    (key: string, index: number) => {
      wish.current = key;
      setCurrent(key);
      virtualizer.scrollToIndex(index, { align: "auto" });
      draw(undefined);
    },
    [virtualizer],
  );

  useLayoutEffect(() => {
    restore();
    focusWished(list.current, wish);
    forest.look(openAgents(virtual.flatMap(({ index }) => items[index] ?? [])));
  });

  useLayoutEffect(() => {
    if (isPlaced.current || !screen.isTold || virtualizer.options.scrollMargin === 0) return;
    isPlaced.current = true;
    const place = forest.place();
    if (place) putBack(virtualizer, items, place);
  });

  useLayoutEffect(() => {
    if (!screen.wanted || screen.wanted === lastWanted.current) return;
    lastWanted.current = screen.wanted;
    const index = items.findIndex((it) => it.kind === "agent" && it.row.key === screen.wanted?.key);
    if (index >= 0) goTo(items[index]?.key ?? "", index);
  });

  function onKeyDown(event: KeyboardEvent) {
    const at = focusable.indexOf(currentIndex);
    const to =
      isHead(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey ? target(event.key, at, focusable.length) : undefined;
    const index = to === undefined ? undefined : focusable[to];
    const item = index === undefined ? undefined : items[index];
    if (item && index !== undefined) {
      event.preventDefault();
      goTo(item.key, index);
    }
    if (event.key === "Escape" && !isHead(event.target)) headOf(list.current, items[currentIndex]?.key ?? "")?.focus();
  }

  return (
    <ul ref={list} class="list" aria-label="Agents" style={{ height: `${virtualizer.getTotalSize()}px` }} onKeyDown={onKeyDown}>
      {virtual.map(({ index, key, start }) => {
        const item = items[index];
        if (!item) return null;
        return (
          <li
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            class="entry"
            aria-setsize={items.length}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${start - virtualizer.options.scrollMargin}px)` }}
            onFocusIn={() => isFocusable(item) && current !== item.key && setCurrent(item.key)}
          >
            <Entry {...{ forest, screen, item, ask }} isCurrent={index === currentIndex} />
          </li>
        );
      })}
    </ul>
  );
}

const isFocusable = (item: Item) => item.kind === "agent" || item.kind === "greens";

interface Ground {
  scroller: RefObject<HTMLElement | null>;
  list: RefObject<HTMLElement | null>;
  currentIndex: number;
  draw(action: undefined): void;
  onScroll(virtualizer: Virtualizer<HTMLElement, HTMLElement>): void;
}

function useVirtualizer(items: readonly Item[], { scroller, list, currentIndex, draw, onScroll }: Ground) {
  const margin = useRef(0);
  const options = {
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index: number) => items[index]?.key ?? index,
    estimateSize: (index: number) => estimate(items[index]),
    overscan: 4,
    scrollMargin: margin.current,
    scrollPaddingStart: 56,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    // Who has the focus stays there, however far the list is scrolled.
    rangeExtractor: ({
      startIndex,
      endIndex,
      overscan,
      count,
    }: {
      startIndex: number;
      endIndex: number;
      overscan: number;
      count: number;
    }) => {
      const [from, to] = [Math.max(startIndex - overscan, 0), Math.min(endIndex + overscan, count - 1)];
      const range = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
      if (currentIndex < 0 || (currentIndex >= from && currentIndex <= to)) return range;
      return currentIndex < from ? [currentIndex, ...range] : [...range, currentIndex];
    },
    onChange: (it: Virtualizer<HTMLElement, HTMLElement>) => {
      onScroll(it);
      draw(undefined);
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  // What stands above the list may grow and shrink.
  useLayoutEffect(() => {
    const above = list.current?.parentElement?.querySelector(".head");
    const toolbar = list.current?.parentElement?.querySelector(".toolbar");
    const measure = () => {
      const top = list.current?.offsetTop ?? 0;
      if (top === margin.current) return;
      margin.current = top;
      draw(undefined);
    };
    const observer = new ResizeObserver(measure);
    for (const it of [above, toolbar]) if (it) observer.observe(it);
    measure();
    return () => observer.disconnect();
  }, []);
  return virtualizer;
}

/** Pixels, before it was measured. */
function estimate(item: Item | undefined): number {
  if (item?.kind !== "agent") return 32;
  if (!item.isOpen) return item.row.health === "green" ? 26 : 34;
  return 320 + 28 * Math.min(item.row.audited?.findings.length ?? 0, 10) + 26 * item.row.alerts.length;
}

const headOf = (list: HTMLElement | null, key: string): HTMLElement | null =>
  list?.querySelector<HTMLElement>(`[data-head="${CSS.escape(key)}"]`) ?? null;

const isHead = (target: EventTarget | null): boolean => target instanceof HTMLElement && target.dataset.head !== undefined;

function focusWished(list: HTMLElement | null, wish: { current: string | undefined }) {
  if (wish.current === undefined) return;
  const head = headOf(list, wish.current);
  if (!head) return;
  wish.current = undefined;
  head.focus({ preventScroll: true });
}

/** Where a key leads among `count` rows. */
function target(key: string, at: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + 10,
    PageUp: at - 10,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), count - 1);
}
