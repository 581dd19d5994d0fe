/** The audit's fleet as the Forest is told it: agent by agent, and only what is other than was told before. Knows nothing of VS Code. */
import type { HostMessage } from "../../server/protocol/forest.ts";
import type { Fleet, FleetAgent } from "../../server/protocol/lsp.ts";

export type Audited = Extract<HostMessage, { kind: "audit" }>["agents"][number];

/** An agent's key; ids are unique in a folder only. */
export const keyOf = (folder: string, { root, id }: Pick<FleetAgent, "root" | "id">): string => `${folder} ${root} ${id}`;

export interface Telling {
  /** What to say of a fleet, piece by piece, so that nobody waits for all of it. */
  pieces(fleet: Fleet): Generator<Extract<HostMessage, { kind: "audit" }>>;
}

export function createTelling(): Telling {
  /** By key, as JSON. */
  const told = new Map<string, string>();
  return {
    *pieces(fleet) {
      const present = new Set<string>();
      for (const piece of chunks(agentsOf(fleet))) {
        const agents = piece.filter((it) => isOther(told, present, it));
        if (agents.length > 0) yield { kind: "audit", agents, gone: [] };
      }
      const gone = [...told.keys()].filter((it) => !present.has(it));
      for (const key of gone) told.delete(key);
      if (gone.length > 0) yield { kind: "audit", agents: [], gone };
    },
  };
}

function isOther(told: Map<string, string>, present: Set<string>, agent: Audited): boolean {
  const text = JSON.stringify(agent);
  present.add(agent.key);
  if (told.get(agent.key) === text) return false;
  told.set(agent.key, text);
  return true;
}

function* agentsOf({ folders }: Fleet): Generator<Audited> {
  for (const { uri, agents } of folders)
    for (const { health: _, ...agent } of agents) yield { ...agent, key: keyOf(uri, agent), folder: uri };
}

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
export const pieceSize = 250;
