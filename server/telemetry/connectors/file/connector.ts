/** Events from a file: replayed as fast as they are taken, in the order of the file, or followed while it grows. */
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetEvent } from "../../../fleet/event.ts";
import { readFleetEvent } from "../../../protocol/fleet-event.ts";
import { createCounter } from "../../counter.ts";
import type { Connector, ConnectorHealth, Intake } from "../connector.ts";
import { followedRecords } from "./follow.ts";
import { formatOf, recordsOf } from "./records.ts";

export interface FileOptions {
  /** Absolute. */
  path: string;
  /** Go on when the end is reached, as lines are added. NDJSON only. */
  follow: boolean;
  /** Hears of the first records that are no events: a line for people. */
  warn(message: string): void;
}

export interface FileConnector extends Connector {
  /** Resolves when a replay has come to its end, or was stopped. */
  ended: Promise<void>;
}

const batchSize = 1000;
const warnings = 5;

export function createFileConnector({ path, follow, warn }: FileOptions): FileConnector {
  const counter = createCounter();
  const stopping = new AbortController();
  const ended = Promise.withResolvers<void>();
  // A watcher that goes on hears of a failure by `health` alone.
  ended.promise.catch(() => {});
  let state: ConnectorHealth["state"] = "starting";
  let detail = path;

  async function run(intake: Intake) {
    let batch: FleetEvent[] = [];
    const deliver = async () => {
      await takeUntilTaken(intake, batch, stopping.signal);
      counter.add("events", batch.length);
      batch = [];
    };
    const records = follow ? followedRecords(path, stopping.signal, () => deliver()) : recordsOf(path, stopping.signal);
    for await (const { line, value } of records) {
      const read = value === undefined ? { refused: "it is no JSON, or longer than a megabyte" } : readFleetEvent(value);
      if ("event" in read) batch.push(read.event);
      else refuse(line, read.refused);
      if (batch.length >= batchSize) await deliver();
    }
    await deliver();
    const { malformed = 0 } = counter.all();
    if (malformed > warnings && !follow) warn(`${path}: ${malformed} records in all are no events`);
  }

  function refuse(line: number, why: string) {
    counter.add("malformed");
    const count = counter.all().malformed ?? 0;
    if (count <= warnings) warn(`${path}:${line} is no event: ${why}${count === warnings ? "; further ones are only counted" : ""}`);
  }

  return {
    name: `file:${path}`,
    ended: ended.promise,
    async start(intake) {
      if (follow && formatOf(path) === "csv")
        throw new Error(`${path} cannot be followed: only NDJSON can; leave --follow out to replay it`);
      const stats = await stat(path).catch(() => undefined);
      if (!stats?.isFile()) throw new Error(`${path} is no file that can be read; name one with --source file:PATH`);
      state = "running";
      run(intake)
        .then(() => {
          state = "stopped";
          ended.resolve();
        })
        .catch((error: Error) => {
          state = stopping.signal.aborted ? "stopped" : "failing";
          detail = error.message;
          if (stopping.signal.aborted) ended.resolve();
          else ended.reject(error);
        });
    },
    async stop() {
      stopping.abort();
      await ended.promise.catch(() => {});
    },
    health: () => ({ state, detail, counts: counter.all() }),
  };
}

/** A file can be read again at any time, so what could not be kept is offered until it is. */
async function takeUntilTaken(intake: Intake, batch: readonly FleetEvent[], signal: AbortSignal): Promise<void> {
  if (batch.length === 0) return;
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5000)) {
    try {
      await intake.take(batch);
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(waitMs, undefined, { signal });
    }
  }
}
