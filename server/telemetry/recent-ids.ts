/** Remembers the ids that were seen last, a bounded number of them: what is delivered twice shortly after is noticed once. */
export interface RecentIds {
  /** Whether it is new; from now on it is not. */
  add(id: string): boolean;
}

export function createRecentIds(size = 100_000): RecentIds {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    add(id) {
      if (young.has(id) || old.has(id)) return false;
      young.add(id);
      if (young.size >= size) [old, young] = [young, new Set()];
      return true;
    },
  };
}
