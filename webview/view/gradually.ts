/** Entries that were not drawn before, some in each frame: to make a screen full of them at once takes longer than one. */
import type { VirtualItem } from "@tanstack/virtual-core";
import { useLayoutEffect, useRef } from "preact/hooks";

/** About as many closed rows as are made in half a frame. */
const mostNew = 6;

export function useGradually(wanted: readonly VirtualItem[], draw: () => void): readonly VirtualItem[] {
  const drawn = useRef<ReadonlySet<VirtualItem["key"]>>(new Set());
  let room = mostNew;
  const now = wanted.filter(({ key }) => drawn.current.has(key) || room-- > 0);
  useLayoutEffect(() => {
    drawn.current = new Set(now.map(({ key }) => key));
    if (now.length < wanted.length) requestAnimationFrame(draw);
  });
  return now;
}
