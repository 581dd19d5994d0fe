/** The real `cockpit fleet watch`, which a test may kill and start again. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cockpit, listening } from "../wrap/world.ts";

const bundle = join(import.meta.dirname, "../../dist/cockpit.mjs");

export interface Watcher {
  url: string;
  /** As a crash would. */
  kill(): Promise<void>;
}

/** Watches a workspace. `port` 0 for any that is free. */
export async function watchOver(workspace: string, port = 0): Promise<Watcher> {
  // Messages for people are on stderr, and the port is in one of them.
  const shell = ["-c", 'exec "$0" "$@" 2>&1', process.execPath, bundle, "fleet", "watch", "--port", String(port)];
  const { child, url } = await listening("sh", shell, /listening on http:\/\/127\.0\.0\.1:(\d+)/, { cwd: workspace });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdout.resume();
  return {
    url,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

export interface AgentStatus {
  agentId: string;
  models: string[];
  calls: number;
  errors: number;
  inputTokens: number;
  outputTokens: number;
  mothball: { by: string; reason: string } | null;
}

/** `fleet status` of one agent, as soon as it has so many calls. */
export async function statusOf(workspace: string, agent: string, calls: number): Promise<AgentStatus> {
  return until(async () => {
    const { stdout } = await cockpit(workspace, "fleet", "status", "--format", "json");
    const found = JSON.parse(stdout).agents.find((it: AgentStatus) => it.agentId === agent);
    return found?.calls >= calls ? found : undefined;
  }, `${calls} calls of ${agent}`);
}

/** Generous: the machine may be busy. */
export async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const end = Date.now() + 60_000; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await sleep(100);
  }
}
