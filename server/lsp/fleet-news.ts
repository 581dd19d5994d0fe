/** Tells the editor of the fleet, whenever it is another one than it was told last. */
import { type Fleet, fleetMethod } from "../protocol/lsp.ts";
import { fleetOf } from "./fleet.ts";
import { fleetChanges } from "./fleet-changes.ts";
import type { Session } from "./session.ts";

export interface FleetNews {
  /** Gives the fleet that is told now. */
  now(): Fleet;
  /** When the typing pauses. */
  soon(): void;
  stop(): void;
}

const pauseMs = 200;

export function createFleetNews(session: Session): FleetNews {
  let told: Fleet | undefined;
  let timer: NodeJS.Timeout | undefined;

  function now(): Fleet {
    clearTimeout(timer);
    const fleet = fleetOf(session);
    const news = fleetChanges(told, fleet);
    told = fleet;
    for (const it of news) void session.log.guard("the fleet was not sent", () => session.connection.sendNotification(fleetMethod, it));
    return fleet;
  }

  return {
    now,
    soon() {
      clearTimeout(timer);
      timer = setTimeout(now, pauseMs);
    },
    stop: () => clearTimeout(timer),
  };
}
