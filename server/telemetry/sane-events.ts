/** What no clock or counter can have said is refused, and counted by its reason; nothing else is judged here. */
import type { FleetEvent } from "../fleet/event.ts";

export interface Sane {
  events: FleetEvent[];
  refused: Record<string, number>;
}

export interface TimeWindow {
  /** Milliseconds since 1970. */
  now: number;
  /** Events older than this many milliseconds would be removed at once. */
  keepMs: number;
}

/** Without a window any time counts: what is replayed may be years old. */
export function saneEvents(all: readonly FleetEvent[], window?: TimeWindow): Sane {
  const refused: Record<string, number> = {};
  const events = all.filter((event) => {
    const reason = problemOf(event, window);
    if (reason) refused[reason] = (refused[reason] ?? 0) + 1;
    return !reason;
  });
  return { events, refused };
}

/** `*` stands for all agents, and the other cannot be the name of anything in a file of pauses. */
const noNames: readonly string[] = ["*", "__proto__"];

function problemOf({ id, time, agentId }: FleetEvent, window: TimeWindow | undefined): string | undefined {
  if (id === "") return "without an id";
  if (noNames.includes(agentId)) return "named as no agent may be";
  if (!Number.isFinite(time) || time <= 0) return "without a time";
  if (!window) return undefined;
  if (time > window.now + clockSkewMs) return "from the future";
  return time < window.now - window.keepMs ? "too old to keep" : undefined;
}

/** A sender's clock may go wrong by as much. */
export const clockSkewMs = 24 * 60 * 60 * 1000;
