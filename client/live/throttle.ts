/** At most one notification in a span of time: the first at once, those that come meanwhile together when the span is over. */

export interface Throttle<T> {
  add(item: T): void;
  /** Takes back what was not shown yet. */
  drop(isMeant: (item: T) => boolean): void;
  dispose(): void;
}

export interface ThrottleOptions<T> {
  everyMs: number;
  show(items: readonly T[]): void;
  /** Calls back once; what it returns takes that back. */
  later(run: () => void, ms: number): () => void;
}

export function createThrottle<T>({ everyMs, show, later }: ThrottleOptions<T>): Throttle<T> {
  let waiting: T[] = [];
  let cancel: (() => void) | undefined;

  function flush() {
    cancel = undefined;
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    cancel = later(flush, everyMs);
    show(items);
  }

  return {
    add(item) {
      waiting.push(item);
      if (!cancel) flush();
    },
    drop(isMeant) {
      waiting = waiting.filter((it) => !isMeant(it));
    },
    dispose() {
      cancel?.();
      waiting = [];
    },
  };
}
