/** Messages on their way to the disk: taken in the order they came, many together while the disk is busy, again and again until they are kept. */
import { setTimeout as delay } from "node:timers/promises";
import type { FleetEvent } from "../../../fleet/event.ts";
import { messageOf } from "../../../protocol/message-of.ts";
import type { Counter } from "../../counter.ts";
import type { Intake } from "../connector.ts";

export interface Holding {
  hold(held: Held): void;
  /** Milliseconds since the oldest of them came; 0 when there is none. */
  oldestMs(): number;
  size(): number;
  /** What keeps them from the disk, as the end of a sentence. */
  problem(): string;
  /** Returns what nobody has taken; resolves when the rest is settled, or after a while when it cannot be. */
  stop(): Promise<void>;
}

export interface Held {
  event: FleetEvent;
  message: { ack(): void; nack(): void };
}

export function createHolding(intake: Intake, counter: Counter): Holding {
  const waiting: (Held & { since: number })[] = [];
  let underWay: typeof waiting = [];
  let running: Promise<void> | undefined;
  let problem = "";
  const stopping = new AbortController();

  async function run() {
    // What arrived in the same answer is handed over after this, and goes together.
    await delay(0);
    while (waiting.length > 0 && !stopping.signal.aborted) {
      if (intake.isFull()) await pause(fullMs);
      else await keep(waiting.splice(0, atOnce));
    }
    running = undefined;
  }

  async function keep(batch: typeof waiting) {
    underWay = batch;
    for (let failures = 0; ; failures++) {
      if (await isKept(batch)) break;
      counter.add("tries to keep that failed");
      if (stopping.signal.aborted) {
        for (const { message } of batch) message.nack();
        break;
      }
      await pause(Math.min(100 * 2 ** failures, 30_000));
    }
    underWay = [];
  }

  async function isKept(batch: typeof waiting): Promise<boolean> {
    try {
      await intake.take(batch.map((it) => it.event));
    } catch (error) {
      problem = `: ${messageOf(error)}`;
      return false;
    }
    for (const { message } of batch) message.ack();
    counter.add("events", batch.length);
    problem = "";
    return true;
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    hold(held) {
      if (stopping.signal.aborted) return held.message.nack();
      waiting.push({ ...held, since: performance.now() });
      running ??= run();
    },
    oldestMs() {
      const oldest = underWay[0] ?? waiting[0];
      return oldest ? performance.now() - oldest.since : 0;
    },
    size: () => underWay.length + waiting.length,
    problem: () => problem,
    async stop() {
      stopping.abort();
      for (const { message } of waiting.splice(0)) message.nack();
      if (running) await Promise.race([running, delay(patienceMs, undefined, { ref: false })]);
    },
  };
}

const atOnce = 1000;
const fullMs = 20;
/** The library returns what is still held a little later (`closeAfterSeconds`). */
const patienceMs = 10_000;
