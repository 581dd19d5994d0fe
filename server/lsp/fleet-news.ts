/** Tells the editor of the fleet, whenever it is another one than it was told last. */
import { type Fleet, fleetMethod } from "../protocol/lsp.ts";
import { fleetOf } from "./fleet.ts";
import type { Session } from "./session.ts";

export interface FleetNews {
  fleet(): Fleet;
  now(): void;
  /** When the typing pauses. */
  soon(): void;
  stop(): void;
}

const pauseMs = 200;

export function createFleetNews(session: Session): FleetNews {
  let told = "";
  let timer: NodeJS.Timeout | undefined;

  function now() {
    clearTimeout(timer);
    const fleet = fleetOf(session);
    const text = JSON.stringify(fleet);
    if (text === told) return;
    told = text;
    void session.log.guard("the fleet was not sent", () => session.connection.sendNotification(fleetMethod, fleet));
  }

  return {
    fleet: () => fleetOf(session),
    now,
    soon() {
      clearTimeout(timer);
      timer = setTimeout(now, pauseMs);
    },
    stop: () => clearTimeout(timer),
  };
}
