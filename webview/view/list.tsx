/** The list of agents. Only what can be seen is laid out; focus, scroll and what is open stay where they are while rows come and go. */
import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { isFocusable } from "../items.ts";
import { openAgents } from "../look.ts";
import { choiceOf } from "../view-state.ts";
import { keepAnchor, placeOf, putBack } from "./anchor.ts";
import type { Shared } from "./app.tsx";
import type { Asked } from "./confirm.tsx";
import { Entry } from "./entry.tsx";
import { useGradually } from "./gradually.ts";
import { useVirtualizer } from "./virtualizer.ts";
import "./list.css";

interface ListProps extends Shared {
  scroller: RefObject<HTMLElement | null>;
  ask(asked: Asked): void;
}

export function List({ forest, screen, scroller, ask }: ListProps) {
  const { items, shape } = screen;
  const [, redraw] = useReducer((turn: number) => turn + 1, 0);
  const draw = useCallback(() => redraw(undefined), []);
  const [current, setCurrent] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const wish = useRef<string | undefined>(undefined);
  /** Whether the list stands where it stood before a reload. */
  const isPlaced = useRef(false);
  const { focusable } = shape;
  const choice = choiceOf(screen.state);
  /** Where the current entry is among those that can have the focus, or where it was when it went. */
  const stood = useRef({ choice, at: 0 });
  const currentIndex = useMemo(() => {
    const at = current === undefined ? -1 : focusable.indexOf(shape.keys.indexOf(current));
    if (at >= 0 || stood.current.choice !== choice) stood.current = { choice, at: Math.max(at, 0) };
    return focusable[Math.min(stood.current.at, focusable.length - 1)] ?? -1;
  }, [shape, current, choice]);

  const virtualizer = useVirtualizer(shape, {
    scroller,
    list,
    current: currentIndex,
    draw,
    onScroll: (it) => isPlaced.current && forest.scrolled(placeOf(it, shape)),
  });
  const restore = keepAnchor(virtualizer, shape, choice, list);
  const virtual = useGradually(virtualizer.getVirtualItems(), currentIndex, draw);

  const goTo = useCallback(
    (key: string, index: number) => {
      wish.current = key;
      setCurrent(key);
      virtualizer.scrollToIndex(index, { align: "auto" });
      draw();
    },
    [virtualizer],
  );

  useLayoutEffect(() => {
    if (!restore() && document.hasFocus()) wish.current = items[currentIndex]?.key;
    focusWished(list.current, wish);
    forest.look(openAgents(virtual.flatMap(({ index }) => items[index] ?? [])));
  });

  useLayoutEffect(() => {
    if (isPlaced.current || !screen.isTold || virtualizer.options.scrollMargin === 0) return;
    isPlaced.current = true;
    const place = forest.place();
    // Once what is drawn at first has been measured: its true heights would move the list again.
    if (place) requestAnimationFrame(() => putBack(virtualizer, shape, place));
  });

  useLayoutEffect(() => {
    if (!screen.wanted) return;
    forest.found();
    isPlaced.current = true;
    const found = items.findIndex((it) => it.kind === "agent" && it.row.key === screen.wanted?.key);
    const index = found >= 0 ? found : currentIndex;
    goTo(items[index]?.key ?? "", index);
  }, [screen.wanted]);

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
