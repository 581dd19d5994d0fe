/** What `cockpit fleet status` says of an agent. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentFigures } from "../../server/telemetry/lake/figures.ts";
import type { Mothball } from "../../server/telemetry/mothball/signals.ts";
import { cockpit } from "../wrap/world.ts";

/** As JSON. */
type AgentStatus = Omit<AgentFigures, "lastHeard"> & { mothball: Mothball | null };

/** As soon as it has so many calls. */
export function statusOf(workspace: string, agent: string, calls: number): Promise<AgentStatus> {
  return until(async () => {
    const { stdout } = await cockpit(workspace, "fleet", "status", "--no-audit", "--format", "json");
    const found = JSON.parse(stdout).agents.find((it: AgentStatus) => it.agentId === agent);
    return found?.calls >= calls ? found : undefined;
  }, `${calls} calls of ${agent}`);
}

/** Generous: the machine may be busy. */
export async function until<T>(look: () => Promise<T | undefined>, what: string, patienceMs = 60_000): Promise<T> {
  for (const end = Date.now() + patienceMs; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await sleep(100);
  }
}
