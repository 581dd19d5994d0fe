/** Where the focus goes from what is about to go. */

export const searchField = ".search input";
export const pauseButton = '[aria-label="Pause View"]';

export const handFocus = (to: string): void => document.querySelector<HTMLElement>(to)?.focus({ preventScroll: true });
