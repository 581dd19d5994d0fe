/** Where the focus goes from what is about to go, and from what went of itself. */
import { useLayoutEffect, useRef } from "preact/hooks";

export const searchField = ".search input";
export const pauseButton = '[aria-label="Pause View"]';

/** The current row of the list; without a list, what narrows it; without an agent, why there is none. */
const heirs = ['.list [data-head][tabindex="0"]', searchField, ".nothing button", ".nothing"];

export const handFocus = (to: string): void => document.querySelector<HTMLElement>(to)?.focus({ preventScroll: true });

/** Hands the focus on when what has it goes and nobody else does. Who is elsewhere in VS Code then has it once they are back: to give it at once would take it from there. */
export function useHeir(isAwaited: boolean): void {
  const isOwed = useRef(false);
  const holder = document.activeElement;
  /** While a person is here, the list does it itself, as long as it is there. */
  const list = holder?.closest(".list");
  useLayoutEffect(() => {
    const isListed = list?.isConnected && document.hasFocus();
    const isLost = document.activeElement === document.body;
    if (holder && holder !== document.body && isLost && !isListed) isOwed.current = !isAwaited;
    if (!isOwed.current) return;
    if (isLost && !document.hasFocus()) return;
    isOwed.current = false;
    const heir = heirs.find((it) => document.querySelector(it));
    if (isLost && heir) handFocus(heir);
  });
}
