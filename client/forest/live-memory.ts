/** What the watcher has told, for a Forest that is opened later. Knows nothing of VS Code. */

import type { WatchNews } from "../../server/protocol/fleet-watch.ts";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { pieceSize } from "./audited.ts";

type Live = Extract<HostMessage, { kind: "live" }>["agents"][number];
type Alert = Extract<HostMessage, { kind: "alert" }>["alert"];

/** Of more open alerts than anybody reads, the oldest are let go. */
const mostOpen = 1000;

export interface LiveMemory {
  /** Takes in a line; returns what a Forest that is open is to be told. */
  take(line: WatchNews): HostMessage | undefined;
  /** All of it, in pieces. */
  all(): Generator<HostMessage>;
}

export function createLiveMemory(): LiveMemory {
  let agents = new Map<string, Live>();
  let mothballed: Extract<HostMessage, { kind: "mothballs" }>["mothballed"] = {};
  /** Also while nobody listens: an alert that is open stays so until it is known to be over. */
  let open = new Map<string, Alert>();

  function followAlert(alert: Alert): HostMessage {
    if (alert.status === "closed") open.delete(alert.id);
    else open.set(alert.id, alert);
    const [oldest] = open.keys();
    if (open.size > mostOpen && oldest !== undefined) open.delete(oldest);
    return { kind: "alert", alert };
  }

  function followOpen(alerts: readonly Alert[]): HostMessage {
    open = new Map(alerts.map((it) => [it.id, it]));
    return { kind: "openAlerts", alerts: [...alerts] };
  }

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
          return followOpen(line.open.map(({ alert }) => alert));
        case "alert":
          return followAlert(line.alert);
        default:
          return undefined;
      }
    },
    *all() {
      yield { kind: "mothballs", mothballed };
      yield { kind: "openAlerts", alerts: [...open.values()] };
      const ids = [...agents.keys()];
      // Who was heard since the last piece is told as of now.
      for (let at = 0; at < ids.length; at += pieceSize) {
        const known = ids.slice(at, at + pieceSize).flatMap((id) => agents.get(id) ?? []);
        yield { kind: "live", reset: at === 0, agents: known, gone: [] };
      }
    },
  };
}
