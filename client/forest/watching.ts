/** What the Forest is told of the watcher. Knows nothing of VS Code. */
import type { HostMessage } from "../../server/protocol/forest.ts";
import type { LiveState } from "../live/live-state.ts";

type Watching = Extract<HostMessage, { kind: "watching" }>;

/** `since`: when the state became of this kind, milliseconds since 1970. */
export function watchingOf(state: LiveState, since: number): Watching {
  const said = (watching: Watching["watching"], starts = false): Watching => ({ kind: "watching", watching, starts });
  switch (state.kind) {
    case "off":
      return said({ kind: "off" });
    case "starting":
      return said({ kind: "off" }, true);
    case "listening":
      return said({ kind: "watching", eventsPerSecond: state.eventsPerSecond ?? null });
    case "restarting":
    case "failed":
      return said({ kind: "lost", since, message: state.message });
  }
}
