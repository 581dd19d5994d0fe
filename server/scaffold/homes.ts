/** Where agents live. */
import { join } from "node:path";
import type { Agent } from "../engine/discovery/agent.ts";

/** An agent, and the absolute path of its folder. */
export interface Home {
  id: string;
  home: string;
}

export const homesOf = (root: string, agents: readonly Agent[]): Home[] =>
  agents.map(({ id, root: home }) => ({ id, home: join(root, home) }));
