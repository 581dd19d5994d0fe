/** What is other of the fleet than was told last, in pieces that are quickly read. */
import type { Fleet, FleetAgent, FleetNews } from "../protocol/lsp.ts";

type Folder = Fleet["folders"][number];

/** Of one piece. A client reads it in some milliseconds. */
const agentsInPiece = 200;

/** Nothing when the fleet is as it was told. */
export function fleetChanges(told: Fleet | undefined, fleet: Fleet): FleetNews[] {
  const before = new Map(told?.folders.map((it) => [it.uri, it]));
  const changes = fleet.folders.flatMap((it) => changesOf(before.get(it.uri), it));
  const folders = fleet.folders.map((it) => it.uri);
  const isSame = told?.auditing === fleet.auditing && told.folders.map((it) => it.uri).join("\n") === folders.join("\n");
  if (changes.length === 0 && isSame) return [];
  const pieces = changes.length === 0 ? [[]] : changes.map((it) => [it]);
  return pieces.map((it, i) => ({
    auditing: fleet.auditing,
    reset: told === undefined && i === 0,
    more: i < pieces.length - 1,
    folders,
    changes: it,
  }));
}

function changesOf(before: Folder | undefined, { uri, agents, outside }: Folder): FleetNews["changes"] {
  const old = new Map(before?.agents.map((it) => [it.id, it]));
  const others = agents.filter((it) => !isSame(old.get(it.id), it));
  const present = new Set(agents.map((it) => it.id));
  const gone = [...old.keys()].filter((it) => !present.has(it));
  const isOtherOutside = !before || JSON.stringify(before.outside) !== JSON.stringify(outside);
  if (others.length === 0 && gone.length === 0 && !isOtherOutside) return [];
  const first = { uri, agents: others.slice(0, agentsInPiece), gone, ...(isOtherOutside ? { outside } : {}) };
  const rest: FleetNews["changes"] = [];
  for (let at = agentsInPiece; at < others.length; at += agentsInPiece)
    rest.push({ uri, agents: others.slice(at, at + agentsInPiece), gone: [] });
  return [first, ...rest];
}

const isSame = (a: FleetAgent | undefined, b: FleetAgent) => a === b || (a !== undefined && JSON.stringify(a) === JSON.stringify(b));
