/** Whose details are asked for: open agents on the screen that are or were heard. */
import type { Item } from "./items.ts";

export const openAgents = (items: readonly Item[]): string[] =>
  items.flatMap((it) => (it.kind === "agent" && it.isOpen && it.row.freshness !== "unheard" ? [it.row.agentId] : []));
