/** Events that were written to the table since a moment. Rows are found by when they were written; only the partitions in which such events can be are read. */
import type { FleetEvent } from "../../../fleet/event.ts";
import { once, pagesOf, type Query } from "./query.ts";
import { readStoredEvent } from "./stored-event.ts";
import type { Opened } from "./table.ts";

export interface FollowWindow {
  /** Milliseconds since 1970, of `written`; `after` is not in it. */
  after: number;
  upTo: number;
  /** How much later than it happened an event may be written. */
  lateMs: number;
}

export function followQuery({ client, name }: Opened, { after, upTo, lateMs }: FollowWindow): Query {
  const at = (ms: number) => client.timestamp(new Date(ms));
  return {
    sql: `SELECT UNIX_MILLIS(time) AS time, id, agent, operation, model, provider, input_tokens, output_tokens, cost_usd, duration_ms, error, trace, span, source, metrics
FROM ${name} WHERE time >= @from AND time < @until AND written > @after AND written <= @upTo ${once} ORDER BY time, id`,
    params: { from: at(after - lateMs), until: at(upTo + clockSkewMs), after: at(after), upTo: at(upTo) },
  };
}

/** Senders' clocks may be ahead of BigQuery's. */
const clockSkewMs = 5 * 60 * 1000;

export interface WrittenPage {
  events: FleetEvent[];
  /** How many rows were no events. */
  malformed: number;
}

export async function* eventsWritten(opened: Opened, window: FollowWindow, maxBytes?: number): AsyncGenerator<WrittenPage> {
  for await (const rows of pagesOf(opened, followQuery(opened, window), maxBytes)) {
    const events = rows.map(readStoredEvent).flatMap((it) => ("event" in it ? [it.event] : []));
    yield { events, malformed: rows.length - events.length };
  }
}
