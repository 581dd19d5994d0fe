/** Entries that were not drawn before, some in each frame: to make a screen full of them at once takes longer than one. */
import type { VirtualItem } from "@tanstack/virtual-core";
import { useLayoutEffect, useRef } from "preact/hooks";

/** About as many closed rows as are made in a third of a frame, which also has what is laid out, painted and done by VS Code. */
const mostNew = 4;

/** However often the list is drawn between two frames, new entries are made in a frame's own drawing alone; that of index `current`, which the focus may go to, at once. */
export function useGradually(wanted: readonly VirtualItem[], current: number, draw: () => void): readonly VirtualItem[] {
  const drawn = useRef<ReadonlySet<VirtualItem["key"]>>(new Set());
  const room = useRef(0);
  const request = useRef<number | undefined>(undefined);
  let left = room.current;
  const now = wanted.filter(({ key, index }) => drawn.current.has(key) || index === current || left-- > 0);
  useLayoutEffect(() => {
    drawn.current = new Set(now.map(({ key }) => key));
    room.current = 0;
    if (now.length < wanted.length)
      request.current ??= requestAnimationFrame(() => {
        request.current = undefined;
        room.current = mostNew;
        draw();
      });
  });
  useLayoutEffect(() => () => cancelAnimationFrame(request.current ?? 0), []);
  return now;
}
