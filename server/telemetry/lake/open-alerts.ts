/** The alerts that the evidence of a lake knows to be open. */
import type { DatabaseSync } from "node:sqlite";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import { alertSchema } from "../../protocol/fleet-watch.ts";
import { parsedJson } from "../../protocol/json.ts";
import { openToRead } from "./open-to-read.ts";

/** Those last told since a time, in milliseconds since 1970; the newest first. */
export function openAlertsIn(file: string, since: number): Alert[] {
  const database = openToRead(file);
  if (!database) return [];
  try {
    return openAlerts(database, since);
  } finally {
    database.close();
  }
}

/** The same of an open lake. */
export function openAlerts(database: DatabaseSync, since: number): Alert[] {
  const open = new Map<string, Alert>();
  for (const { body } of database.prepare("SELECT body FROM evidence WHERE kind = 'alert' AND time >= ? ORDER BY seq").iterate(since)) {
    // A record that somebody changed may be anything: `cockpit doctor` tells of it.
    const { data: alert } = alertSchema.safeParse(parsedJson(String(body)));
    if (!alert) continue;
    if (alert.status === "closed") open.delete(alert.id);
    else open.set(alert.id, alert);
  }
  return [...open.values()].reverse();
}
