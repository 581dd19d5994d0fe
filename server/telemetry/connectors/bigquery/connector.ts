/**
 * Follows a table that others write to: asks every little while for what was written since. What was written in the last moments is asked for again, because it may not have been visible.
 * What time it is BigQuery says, so this machine's clock may be wrong.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { FleetEvent } from "../../../fleet/event.ts";
import { createCounter } from "../../counter.ts";
import { isPassing, patiently } from "../../lake/bigquery/backoff.ts";
import { eventsWritten, type FollowWindow, followQuery } from "../../lake/bigquery/follow.ts";
import { bigQueryProblem, openBigQueryLake } from "../../lake/bigquery/lake.ts";
import { currentTime, defaultMaxBytes, type Estimate, estimate } from "../../lake/bigquery/query.ts";
import { type BigQueryNames, bigQueryName, type Opened } from "../../lake/bigquery/table.ts";
import { LakeError } from "../../lake/lake-thread.ts";
import type { Connector, ConnectorHealth, Intake, Memory } from "../connector.ts";

export interface BigQueryConnectorOptions extends BigQueryNames {
  pollMs?: number;
  /** Each query may read so much. */
  maxBytes?: number;
  /** How much later than it happened an event may be written; a day by default. More days are more partitions to read. */
  lateMs?: number;
  /** Where to begin when nothing is remembered, else from now on. Milliseconds since 1970. */
  cursor?: number;
  /** Before the first query: what each will read, and cost at list price. */
  onEstimate?(estimate: Estimate, perDay: number): void;
}

export function createBigQueryConnector(options: BigQueryConnectorOptions): Connector {
  const { pollMs = 30_000, lateMs = 24 * 60 * 60 * 1000, maxBytes = defaultMaxBytes } = options;
  const name = bigQueryName(options);
  const memory = `cursor of ${name}`;
  const counter = createCounter();
  const stopping = new AbortController();
  let cursor = 0;
  /** Up to here nothing more is asked for: it was when all of it was visible. */
  let settled = 0;
  /** Of what is asked for again: up to when its window was. */
  let taken = new Map<string, number>();
  let state: ConnectorHealth["state"] = "starting";
  let problem = "";
  let running: Promise<void> | undefined;

  /** The cursor never goes back: of BigQuery's servers one may be a little behind another. Who is behind first reads what will not be asked for again. */
  const windowAt = (now: number): FollowWindow => {
    const isBehind = now - cursor > 2 * overlapMs;
    const upTo = isBehind ? Math.min(now - overlapMs, cursor + longestWindowMs) : Math.max(cursor, now);
    return { after: settled, upTo, lateMs };
  };

  async function follow(opened: Opened, intake: Intake, keep: () => Promise<void>) {
    while (!stopping.signal.aborted) {
      const isBehind = await poll(opened, intake, keep).catch(failed);
      if (!isBehind) await pause(pollMs);
    }
  }

  /** Whether there is more to read at once. The cursor moves only when all of the window is durable. */
  async function poll(opened: Opened, intake: Intake, keep: () => Promise<void>): Promise<boolean> {
    const now = await currentTime(opened);
    const window = windowAt(now);
    for await (const { events, malformed } of eventsWritten(opened, window, maxBytes)) {
      while (intake.isFull() && !stopping.signal.aborted) await pause(50);
      if (stopping.signal.aborted) return false;
      const fresh = await take(events, intake);
      // Those asked for again are remembered for as long as they keep coming.
      if (window.upTo > now - overlapMs) for (const it of fresh) taken.set(keyOf(it), window.upTo);
      counter.add("malformed", malformed);
    }
    counter.add("queries");
    cursor = window.upTo;
    settled = Math.min(cursor, now - overlapMs);
    taken = new Map([...taken].filter(([, upTo]) => upTo > settled));
    await keep();
    [state, problem] = ["running", ""];
    return now - cursor > pollMs;
  }

  async function take(page: readonly FleetEvent[], intake: Intake): Promise<FleetEvent[]> {
    const fresh = page.filter((it) => !taken.has(keyOf(it)));
    if (fresh.length > 0) await intake.take(fresh);
    counter.add("events", fresh.length);
    return fresh;
  }

  function failed(error: unknown): boolean {
    counter.add(isPassing(error) ? "passing errors" : "errors");
    [state, problem] = ["failing", problemOf(error)];
    return false;
  }

  const pause = (ms: number) => delay(ms, undefined, { signal: stopping.signal }).catch(() => {});

  return {
    name,
    async start(intake, kept?: Memory) {
      const keep = async () => kept?.keep(memory, String(cursor));
      try {
        const { opened } = await openBigQueryLake({ ...options, patience });
        const now = await patiently(() => currentTime(opened), patience);
        // What is remembered may be of a clock that was ahead.
        cursor = Math.min(Number(kept?.read(memory) ?? options.cursor ?? now), now);
        settled = cursor - overlapMs;
        const cost = await patiently(() => estimate(opened, followQuery(opened, windowAt(now))), patience);
        options.onEstimate?.(cost, (cost.usd * dayMs) / pollMs);
        if (cost.bytes > maxBytes) throw new Error(`limit for bytes billed: ${maxBytes}; ${cost.bytes} or more required`);
        await keep();
        state = "running";
        running = follow(opened, intake, keep);
      } catch (error) {
        [state, problem] = ["failing", problemOf(error)];
        throw new Error(problem, { cause: error });
      }
    },
    async stop() {
      stopping.abort();
      await Promise.race([running, delay(lastMomentMs)]);
      state = "stopped";
    },
    health: () => ({ state, detail: problem || `${state}, up to ${new Date(cursor).toISOString()}`, counts: counter.all() }),
  };
}

/** What was read may be what our own lake could not keep. */
const problemOf = (error: unknown) => (error instanceof LakeError ? error.message : bigQueryProblem(error));

/** Of the start. */
const patience = { forMs: 60_000, eachMs: 30_000 };
/** Who waits for BigQuery is not waited for: what it would bring is asked for again. */
const lastMomentMs = 5000;
const dayMs = 24 * 60 * 60 * 1000;
/** A row is visible within seconds of being written; writers' clocks may differ by some. */
const overlapMs = 60_000;
/** Who has been away reads an hour's writing at a time. */
const longestWindowMs = 60 * 60 * 1000;
const keyOf = ({ time, id }: FleetEvent) => `${time}/${id}`;
