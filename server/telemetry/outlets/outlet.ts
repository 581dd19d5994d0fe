/**
 * An outlet hands on what the lake holds to somebody outside: in order, a page at a time, from where it left off, over restarts too. The lake is its queue, so nobody waits for it, a
 * kill loses nothing, and what is handed on twice is told apart by the receiver by its id.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Counter } from "../counter.ts";
import type { Lake } from "../lake/lake.ts";
import { LakeError } from "../lake/lake-thread.ts";

export interface Outlet {
  /** As on the command line: `bigquery:PROJECT/DATASET/TABLE`. */
  name: string;
  /** Resolves when it is known from where on it hands on. */
  start(lake: Lake): Promise<void>;
  /** There is something new. */
  nudge(): void;
  /** Hands on what it can in a moment; the rest is for the next start. */
  stop(): Promise<void>;
  counts(): Record<string, number>;
}

export interface OutletOptions<T> {
  name: string;
  /** Where one begins that was never there before: nothing of the past is handed on. */
  begin(lake: Lake): number;
  read(lake: Lake, after: number): Promise<{ items: readonly T[]; seq: number }>;
  /** Resolves when all of them are there; rejects when they have to be sent again. */
  send(items: readonly T[], signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
  /** A sentence for people: what is wrong, and what to do. */
  problemOf(error: unknown): string;
  /** Hears when it begins to fail and when that is over: once each. */
  warn(message: string): void;
  counter: Counter;
  /** Milliseconds before the second try; twice as long before each further one, a minute at most. */
  retryMs?: number;
}

export function createOutlet<T>({ name, begin, read, send, close, problemOf, warn, counter, retryMs = 500 }: OutletOptions<T>): Outlet {
  const key = `outlet ${name}`;
  const stopping = new AbortController();
  let isOver = false;
  let running: Promise<void> | undefined;
  let failures = 0;
  let nudged = Promise.withResolvers<void>();

  async function run(lake: Lake, from: number) {
    for (let at = from; !isOver; ) {
      const next = await handOn(lake, at).catch(failed);
      if (stopping.signal.aborted && (next === undefined || next === at)) return;
      if (next === at) await somethingNew();
      at = next ?? at;
    }
  }

  /** Where to go on; the same place where nothing is new. */
  async function handOn(lake: Lake, at: number): Promise<number> {
    const { items, seq } = await read(lake, at);
    if (items.length > 0) await send(items, stopping.signal);
    if (seq !== at && !isOver) await lake.keep({ [key]: String(seq) });
    if (failures > 0) warn(`${name} takes it again`);
    failures = 0;
    return seq;
  }

  async function failed(error: unknown): Promise<undefined> {
    if (stopping.signal.aborted) return;
    counter.add("failures");
    const problem = error instanceof LakeError ? error.message : problemOf(error);
    if (failures === 0) warn(`${name} takes nothing: ${problem}. What is meant for it waits in the lake`);
    await pause(Math.random() * Math.min(retryMs * 2 ** ++failures, longestMs));
  }

  async function somethingNew() {
    await Promise.race([pause(idleMs), nudged.promise]);
    nudged = Promise.withResolvers();
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    name,
    async start(lake) {
      const from = Number(lake.state[key] ?? begin(lake));
      await lake.keep({ [key]: String(from) });
      running = run(lake, from);
    },
    nudge: () => nudged.resolve(),
    async stop() {
      stopping.abort();
      await Promise.race([running, delay(lastMomentMs)]);
      isOver = true;
      await Promise.race([close(), delay(closingMs)]);
    },
    counts: () => Object.fromEntries(Object.entries(counter.all()).map(([what, count]) => [`${name} ${what}`, count])),
  };
}

const idleMs = 1000;
const longestMs = 60_000;
const lastMomentMs = 5000;
const closingMs = 1000;
