/** A place that events come from. */
import type { FleetEvent } from "../../fleet/event.ts";

export interface Connector {
  /** As in `--source`: `otlp`, `file:events.ndjson`. */
  name: string;
  /** Resolves when events can come; rejects with a sentence of what is wrong and what to do. */
  start(intake: Intake, memory?: Memory): Promise<void>;
  /** Takes nothing more; resolves when what was taken is settled. */
  stop(): Promise<void>;
  health(): ConnectorHealth;
}

export interface Intake {
  /** Resolves when the events are durable: only then may the connector acknowledge them. Rejects when none of them is: they have to come again. */
  take(events: readonly FleetEvent[]): Promise<Taken>;
  /** Whether more should wait: so much is on its way to the disk. */
  isFull(): boolean;
}

/** What a connector remembers over restarts. */
export interface Memory {
  read(name: string): string | undefined;
  /** Resolves when it is durable, as are the events that were taken before. */
  keep(name: string, value: string): Promise<void>;
}

export interface Taken {
  /** Refused for good, by reason: they need not come again. */
  refused: Readonly<Record<string, number>>;
}

export interface ConnectorHealth {
  state: "starting" | "running" | "failing" | "stopped";
  /** Of the state, for people. */
  detail: string;
  /** Since the start, by what it was: `events`, `skipped`, `malformed`, `too large`, … */
  counts: Readonly<Record<string, number>>;
}
