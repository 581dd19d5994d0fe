/** What is known of the watcher, made of the lines that it prints. */
import type { ToldAlert, WatchFailure, WatchNews } from "../../server/protocol/fleet-watch.ts";

export type LiveState =
  | { kind: "off" }
  | { kind: "starting" }
  | {
      kind: "listening";
      url: string;
      /** By alert id, in the order in which they were opened. */
      open: ReadonlyMap<string, ToldAlert>;
      events: number;
      /** `undefined` until two counts were told. */
      eventsPerSecond: number | undefined;
      /** When the counts were made, milliseconds since 1970. */
      countedAt: number;
    }
  /** It died and will be started again. */
  | { kind: "restarting"; message: string }
  | { kind: "failed"; reason: WatchFailure; message: string };

export type Listening = Extract<LiveState, { kind: "listening" }>;

export function afterLine(state: LiveState, line: WatchNews): LiveState {
  if (line.kind === "failed") return { kind: "failed", reason: line.reason, message: line.message };
  if (line.kind === "listening") return listening(line.url, line.open);
  if (state.kind !== "listening") return state;
  if (line.kind === "alert") return { ...state, open: withAlert(state.open, line) };
  return line.kind === "counts" ? { ...state, ...rate(state, line) } : state;
}

const listening = (url: string, open: readonly ToldAlert[]): Listening => ({
  kind: "listening",
  url,
  open: byId(open),
  events: 0,
  eventsPerSecond: undefined,
  countedAt: 0,
});

export const byId = (open: readonly ToldAlert[]): ReadonlyMap<string, ToldAlert> => new Map(open.map((it) => [it.alert.id, it]));

/** Of more alerts than anybody reads, the oldest are let go. */
const mostOpen = 1000;

/** What is open after one more was told of. */
export function withAlert(open: ReadonlyMap<string, ToldAlert>, { alert, text }: ToldAlert): ReadonlyMap<string, ToldAlert> {
  const after = new Map(open);
  if (alert.status === "closed") after.delete(alert.id);
  else after.set(alert.id, { alert, text });
  const [oldest] = after.keys();
  if (after.size > mostOpen && oldest !== undefined) after.delete(oldest);
  return after;
}

function rate({ events: before, countedAt }: Listening, { time, counts }: Extract<WatchNews, { kind: "counts" }>) {
  const events = counts.events ?? 0;
  const seconds = (time - countedAt) / 1000;
  const eventsPerSecond = countedAt === 0 || seconds <= 0 ? undefined : Math.max(events - before, 0) / seconds;
  return { events, countedAt: time, eventsPerSecond };
}
