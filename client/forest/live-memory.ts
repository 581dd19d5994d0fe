/** What the watcher has told, for a Forest that is opened later. Knows nothing of VS Code. */

import type { ToldAlert, WatchNews } from "../../server/protocol/fleet-watch.ts";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { byId, withAlert } from "../live/live-state.ts";
import { pieceSize } from "./audited.ts";

type Live = Extract<HostMessage, { kind: "live" }>["agents"][number];

export interface LiveMemory {
  /** Takes in a line; returns what a Forest that is open is to be told. */
  take(line: WatchNews): HostMessage | undefined;
  /** Who is paused, and which alerts are open. */
  urgent(): HostMessage[];
  /** What each agent does, in pieces. */
  agents(): Generator<HostMessage>;
}

export function createLiveMemory(): LiveMemory {
  let agents = new Map<string, Live>();
  let mothballed: Extract<HostMessage, { kind: "mothballs" }>["mothballed"] = {};
  /** Also while nobody listens: an alert that is open stays so until it is known to be over. */
  let open: ReadonlyMap<string, ToldAlert> = new Map();
  const openAlerts = (): HostMessage => ({ kind: "openAlerts", alerts: [...open.values()].map(({ alert }) => alert) });

  function follow({ reset, agents: heard, gone }: Extract<WatchNews, { kind: "agents" }>): HostMessage {
    if (reset) agents = new Map();
    for (const it of heard) agents.set(it.agentId, it);
    for (const id of gone) agents.delete(id);
    return { kind: "live", reset, agents: heard, gone };
  }

  return {
    take(line) {
      switch (line.kind) {
        case "agents":
          return follow(line);
        case "mothballs":
          mothballed = line.mothballed;
          return { kind: "mothballs", mothballed };
        case "detail":
          return { kind: "detail", detail: line.detail };
        case "listening":
          open = byId(line.open);
          return openAlerts();
        case "alert":
          open = withAlert(open, line);
          return { kind: "alert", alert: line.alert };
        default:
          return undefined;
      }
    },
    urgent: () => [{ kind: "mothballs", mothballed }, openAlerts()],
    *agents() {
      const ids = [...agents.keys()];
      // Who was heard since the last piece is told as of now.
      for (let at = 0; at < ids.length; at += pieceSize) {
        const known = ids.slice(at, at + pieceSize).flatMap((id) => agents.get(id) ?? []);
        yield { kind: "live", reset: at === 0, agents: known, gone: [] };
      }
    },
  };
}
