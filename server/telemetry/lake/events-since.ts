/** The events of a lake by their time, as they were at one moment, however long the reading takes. */
import type { DatabaseSync } from "node:sqlite";
import type { FleetEvent } from "../../fleet/event.ts";
import { eventOfRow } from "./schema.ts";

/** `since` in milliseconds since 1970; of one agent, or of all. */
export function* eventsSince(database: DatabaseSync, since: number, agentId: string | undefined): Generator<FleetEvent> {
  const select = database.prepare("SELECT * FROM events WHERE time >= ? AND (? IS NULL OR agent = ?) ORDER BY time, id");
  for (const row of select.iterate(since, agentId ?? null, agentId ?? null)) yield eventOfRow(row);
}
