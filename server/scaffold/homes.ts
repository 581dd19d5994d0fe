/** Where agents live. */
import { dirname, join } from "node:path";
import type { Agent } from "../engine/discovery/agent.ts";
import type { Ecosystem } from "../engine/imported-modules.ts";
import { pathWithin } from "../host/path-within.ts";
import { manifestFolder } from "../host/surroundings.ts";
import { folderWithManifest, nameOf } from "./manifests/nearest.ts";

/** An agent, and the absolute path of its folder. */
export interface Home {
  id: string;
  home: string;
}

/** Without those that are part of a larger one: a manifest above `root` counts for what has none in there. */
export function homesOf(root: string, agents: readonly Agent[]): Home[] {
  const isPart = manifestFolder(root) !== undefined;
  return agents.filter((it) => it.manifest !== undefined || !isPart).map(({ id, root: home }) => ({ id, home: join(root, home) }));
}

/** The innermost of `agents` around a runtime, else the nearest manifest with the name that it gives. */
export async function agentAround(top: string, runtime: string, ecosystem: Ecosystem, agents: readonly Home[]): Promise<Home> {
  const around = agents.filter((it) => pathWithin(it.home, runtime) !== undefined);
  const [agent] = around.toSorted((a, b) => b.home.length - a.home.length);
  if (agent) return agent;
  const home = (await folderWithManifest(top, dirname(runtime), ecosystem)) ?? dirname(runtime);
  return { home, id: await nameOf(home, ecosystem) };
}
