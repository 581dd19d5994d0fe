/** What the watcher has told, for a Forest that is opened later. Knows nothing of VS Code. */

import type { WatchNews } from "../../server/protocol/fleet-watch.ts";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { pieceSize } from "./audited.ts";

type Live = Extract<HostMessage, { kind: "live" }>["agents"][number];

export interface LiveMemory {
  /** Takes in a line; returns what a Forest that is open is to be told. */
  take(line: WatchNews): HostMessage | undefined;
  /** All of it, in pieces. */
  all(): Generator<HostMessage>;
}

export function createLiveMemory(): LiveMemory {
  let agents = new Map<string, Live>();
  let mothballed: Extract<HostMessage, { kind: "mothballs" }>["mothballed"] = {};

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
          return { kind: "openAlerts", alerts: line.open.map(({ alert }) => alert) };
        case "alert":
          return { kind: "alert", alert: line.alert };
        default:
          return undefined;
      }
    },
    *all() {
      yield { kind: "mothballs", mothballed };
      const known = [...agents.values()];
      for (let at = 0; at < known.length; at += pieceSize)
        yield { kind: "live", reset: at === 0, agents: known.slice(at, at + pieceSize), gone: [] };
    },
  };
}
