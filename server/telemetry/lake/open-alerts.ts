/** The alerts that the evidence of a lake knows to be open. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Alert } from "../../fleet/anomaly/alert.ts";

/** Those last told since a time, in milliseconds since 1970; the newest first. */
export function openAlertsIn(file: string, since: number): Alert[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    const latest = new Map<string, Alert>();
    for (const { body } of database.prepare("SELECT body FROM evidence WHERE kind = 'alert' AND time >= ? ORDER BY seq").iterate(since)) {
      // Written by `openLiveWire`, and chained since.
      const alert: Alert = JSON.parse(String(body));
      latest.set(alert.id, alert);
    }
    return [...latest.values()].filter((it) => it.status !== "closed").reverse();
  } finally {
    database.close();
  }
}
