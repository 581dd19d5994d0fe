/** The audit's fleet as the Forest is told it: agent by agent, and only what is other than was told before. Knows nothing of VS Code. */
import { isDeepStrictEqual } from "node:util";
import { healths } from "../../server/fleet/model/fleet-row.ts";
import type { HostMessage } from "../../server/protocol/forest.ts";
import type { Fleet, FleetAgent } from "../../server/protocol/lsp.ts";

export type Audited = Extract<HostMessage, { kind: "audit" }>["agents"][number];

/** An agent's key; ids are unique in a folder only. */
export const keyOf = (folder: string, { root, id }: Pick<FleetAgent, "root" | "id">): string => `${folder} ${root} ${id}`;

export interface Telling {
  /** What to say of a fleet, the worst first, piece by piece, so that nobody waits for all of it. */
  pieces(fleet: Fleet): Generator<Extract<HostMessage, { kind: "audit" }>>;
}

export function createTelling(): Telling {
  /** By key. What `foldFleet` was told nothing new of is the same object, so that comparing costs little. */
  const told = new Map<string, FleetAgent>();

  function isOther({ key, agent }: Keyed): boolean {
    if (isDeepStrictEqual(told.get(key), agent)) return false;
    told.set(key, agent);
    return true;
  }

  return {
    *pieces(fleet) {
      const present = new Set<string>();
      for (const piece of chunks(agentsOf(fleet))) {
        for (const { key } of piece) present.add(key);
        const agents = piece.filter(isOther).map(auditedOf);
        if (agents.length > 0) yield { kind: "audit", agents, gone: [] };
      }
      const gone = [...told.keys()].filter((it) => !present.has(it));
      for (const key of gone) told.delete(key);
      if (gone.length > 0) yield { kind: "audit", agents: [], gone };
    },
  };
}

interface Keyed {
  key: string;
  folder: string;
  agent: FleetAgent;
}

function* agentsOf({ folders }: Fleet): Generator<Keyed> {
  for (const health of healths)
    for (const { uri, agents } of folders)
      for (const agent of agents) if (agent.health === health) yield { key: keyOf(uri, agent), folder: uri, agent };
}

const auditedOf = ({ key, folder, agent: { health: _, ...agent } }: Keyed): Audited => ({ ...agent, key, folder });

function* chunks<T>(all: Iterable<T>): Generator<T[]> {
  let piece: T[] = [];
  for (const it of all) {
    piece.push(it);
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/** Agents; some milliseconds of work. */
export const pieceSize = 500;
