/** A model that an agent never called before. How likely a new one is anyway follows from how often new ones came (Good and Turing). */
import type { Judgement } from "./alert.ts";

export interface Models {
  n: number;
  /** The last call of the models that were let go: what was kept is counted from there. */
  from: number;
  /** By model: how many calls, the latest one's place in the count. */
  readonly seen: { name: string; calls: number; latest: number }[];
  score: number;
}

const enough = 50;
const kept = 32;

export const createModels = (): Models => ({ n: 0, from: 0, seen: [], score: 0 });

export function use(it: Models, id: string, time: number, name: string): Judgement | undefined {
  it.n++;
  it.score = 0;
  const known = it.seen.find((model) => model.name === name);
  if (known) {
    known.calls++;
    known.latest = it.n;
    return undefined;
  }
  const once = it.seen.filter((model) => model.calls === 1).length;
  const expected = (once + 1) / (it.n - it.from);
  remember(it, name);
  if (it.n <= enough) return undefined;
  it.score = Math.max(0, 1 - 8 * expected);
  return { kind: "new-model", about: name, sure: it.score, since: time, expected: 0, seen: 1, unit: "calls of this model", events: [id] };
}

function remember(it: Models, name: string) {
  it.seen.push({ name, calls: 1, latest: it.n });
  if (it.seen.length <= kept) return;
  const oldest = it.seen.reduce((a, b) => (a.latest < b.latest ? a : b));
  it.seen.splice(it.seen.indexOf(oldest), 1);
  it.from = oldest.latest;
}
