/** What the watcher has told, for a Forest that is opened later. Knows nothing of VS Code. */

import type { FleetStatus, ToldAlert, WatchNews } from "../../server/protocol/fleet-watch.ts";
import type { HostMessage } from "../../server/protocol/forest.ts";
import { byId, withAlert } from "../live/live-state.ts";
import { pieceSize } from "./audited.ts";

type Live = Extract<HostMessage, { kind: "live" }>["agents"][number];

export interface LiveMemory {
  /** Takes in a line; returns what a Forest that is open is to be told. */
  take(line: WatchNews): HostMessage | undefined;
  /** Takes in how the fleet is while nobody watches; returns what a Forest that is open is to be told. */
  recall(status: FleetStatus): HostMessage[];
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

  const mothballs = (): HostMessage => ({ kind: "mothballs", mothballed });

  /** Those who were heard since the watcher told of them, or whom it never told of, in pieces. */
  function* rememberHeard(status: FleetStatus): Generator<HostMessage> {
    const later = [...status.agents, ...status.unheard].flatMap(({ agentId, lastHeard }) => {
      const heard = lastHeard === null ? 0 : Date.parse(lastHeard);
      return heard > (agents.get(agentId)?.heard ?? 0) ? [heardOnce(agentId, heard)] : [];
    });
    for (const it of later) agents.set(it.agentId, it);
    for (let at = 0; at < later.length; at += pieceSize)
      yield { kind: "live", reset: false, agents: later.slice(at, at + pieceSize), gone: [] };
  }

  return {
    take(line) {
      switch (line.kind) {
        case "agents":
          return follow(line);
        case "mothballs":
          mothballed = line.mothballed;
          return mothballs();
        case "detail":
          return { kind: "detail", detail: line.detail };
        case "listening":
          agents = new Map([...agents].map(([id, { heard }]) => [id, heardOnce(id, heard)]));
          open = byId(line.open);
          return openAlerts();
        case "alert":
          open = withAlert(open, line);
          return { kind: "alert", alert: line.alert };
        default:
          return undefined;
      }
    },
    recall(status) {
      mothballed = status.mothballed;
      // Their sentences are for who is told of them one by one.
      open = byId(status.alerts.map((alert) => ({ alert, text: "" })));
      return [mothballs(), openAlerts(), ...rememberHeard(status)];
    },
    urgent: () => [mothballs(), openAlerts()],
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

/** What it does now is not known. */
const heardOnce = (agentId: string, heard: number): Live => ({
  agentId,
  heard,
  callsPerMinute: 0,
  errorsPerMinute: 0,
  tokensPerMinute: null,
  usdPerHour: null,
  p95Ms: null,
});
