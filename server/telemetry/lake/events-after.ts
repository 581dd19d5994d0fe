/** Events in the order in which they came in, a page at a time. */
import type { DatabaseSync } from "node:sqlite";
import type { FleetEvent } from "../../fleet/event.ts";
import { eventOfRow } from "./schema.ts";

/** Those after the one with this `seq`; `seq` of the answer is that of its last, or the given one when there is none. */
export function eventsAfter(database: DatabaseSync, seq: number): { events: FleetEvent[]; seq: number } {
  const rows = database.prepare("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?").all(seq, pageSize);
  return { events: rows.map(eventOfRow), seq: Number(rows.at(-1)?.seq ?? seq) };
}

const pageSize = 2000;
