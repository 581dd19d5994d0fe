/** Puts what the server tells of the fleet, piece by piece, together. Agents of which nothing was told stay the same objects. */
import type { Fleet, FleetAgent, FleetNews } from "./lsp.ts";

type Folder = Fleet["folders"][number];

export function foldFleet(before: Fleet | undefined, { auditing, reset, folders, changes }: FleetNews): Fleet {
  const known = new Map((reset ? [] : (before?.folders ?? [])).map((it) => [it.uri, it]));
  for (const change of changes) known.set(change.uri, foldFolder(known.get(change.uri), change));
  return { auditing, folders: folders.map((uri) => known.get(uri) ?? emptyFolder(uri)) };
}

/** Folders of which a server that has just been started knows nothing yet are as the one before it left them. */
export function whileAudited(fleet: Fleet, before: Fleet | undefined): Fleet {
  if (!fleet.auditing) return fleet;
  const known = new Map(before?.folders.map((it) => [it.uri, it]));
  return { ...fleet, folders: fleet.folders.map((it) => (it.agents.length > 0 ? it : (known.get(it.uri) ?? it))) };
}

/** News in which agents that are as they were before are the same objects: a server that is started again tells of all, and who looks for what changed need not look into each. */
export function asKnown(news: FleetNews, before: Fleet | undefined): FleetNews {
  const known = new Map(before?.folders.map((it) => [it.uri, it]));
  const changes = news.changes.map((change) => {
    const old = new Map(known.get(change.uri)?.agents.map((it) => [it.id, it]));
    const same = (it: FleetAgent) => {
      const was = old.get(it.id);
      return was && JSON.stringify(was) === JSON.stringify(it) ? was : it;
    };
    return { ...change, agents: change.agents.map(same) };
  });
  return { ...news, changes };
}

const emptyFolder = (uri: string): Folder => ({ uri, agents: [], outside: { findings: [], notRun: [] } });

function foldFolder(before: Folder | undefined, { uri, agents, gone, outside }: FleetNews["changes"][number]): Folder {
  const { agents: old, outside: oldOutside } = before ?? emptyFolder(uri);
  const byId = new Map(old.map((it) => [it.id, it]));
  for (const id of gone) byId.delete(id);
  const hasOthers = agents.some((it) => !byId.has(it.id));
  for (const it of agents) byId.set(it.id, it);
  const all = [...byId.values()];
  return { uri, agents: hasOthers ? all.sort((a, b) => (a.root < b.root ? -1 : 1)) : all, outside: outside ?? oldOutside };
}
