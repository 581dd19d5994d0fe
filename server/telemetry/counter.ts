/** Counts by name, of which there are few: names are ours, never a sender's. */
export interface Counter {
  add(name: string, by?: number): void;
  all(): Record<string, number>;
}

export function createCounter(): Counter {
  const counts = new Map<string, number>();
  return {
    add(name, by = 1) {
      if (by > 0) counts.set(name, (counts.get(name) ?? 0) + by);
    },
    all: () => Object.fromEntries(counts),
  };
}
