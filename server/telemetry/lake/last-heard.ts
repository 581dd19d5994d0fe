/** When agents were last heard, as far back as the lake reaches. */
import type { AgentFigures, FiguresWindow } from "./figures.ts";
import { openToRead } from "./open-to-read.ts";

export type LastHeard = Pick<AgentFigures, "agentId" | "lastHeard">;

/**
 * The latest first. No key begins with the agent, so the whole lake is read once, five million events in a second or two: in pieces from its end, so that only those who were not heard later are
 * sorted, and each piece forwards, as disks read ahead.
 */
export function* lastHeardIn(file: string, { until, agentId }: Omit<FiguresWindow, "since">): Generator<LastHeard> {
  const database = openToRead(file);
  if (!database) return;
  try {
    database.exec("CREATE TEMP TABLE found (agent TEXT PRIMARY KEY) WITHOUT ROWID");
    const find = database.prepare("INSERT INTO found VALUES (?)");
    const select = database.prepare(`
      SELECT agent, max(time) AS heard FROM events
      WHERE time > :after AND time <= :until AND (:agent IS NULL OR agent = :agent) AND agent NOT IN (SELECT agent FROM found)
      GROUP BY agent ORDER BY heard DESC, agent`);
    const first = Number(database.prepare("SELECT min(time) AS time FROM events").get()?.time ?? until + 1);
    for (let [end, span] = [until, firstSpan]; end >= first; end -= span, span *= 2)
      for (const { agent, heard } of select.iterate({ after: end - span, until: end, agent: agentId ?? null })) {
        find.run(String(agent));
        yield { agentId: String(agent), lastHeard: Number(heard) };
        if (agentId !== undefined) return;
      }
  } finally {
    database.close();
  }
}

/** Milliseconds. */
const firstSpan = 3_600_000;
