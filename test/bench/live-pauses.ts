/** How long after an alert's line the next call of the agent that it is about is refused: agents that the command wrapped, in each language, paused by a policy, which they learn from a file or an address. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Language, openWorld, serving, type World, wrappedAgentOf } from "../wrap/world.ts";
import type { Senders } from "./live-load.ts";
import { openWatcher, type Watched, within } from "./live-watcher.ts";

const languages: readonly Language[] = ["python", "typescript", "go"];
const ways = ["file", "address"] as const;
export type Way = (typeof ways)[number];

export interface Pauses {
  /** Milliseconds, by way, as they were measured. */
  delays: Record<Way, number[]>;
  /** Of the load meanwhile, what an exporter gave up. */
  failed: number;
}

/** `count` agents for each language and way, one after the other, while `rate` events/s come in from others. */
export async function pauses(send: Senders, rate: number, count: number): Promise<Pauses> {
  const delays: Pauses["delays"] = { file: [], address: [] };
  if (count === 0) return { delays, failed: 0 };
  const world = await openWorld();
  const folder = await mkdtemp(join(tmpdir(), "cockpit-live-pauses-"));
  const probes = languages.flatMap((language) => ways.map((way) => ({ language, way, ids: idsOf(language, way, count) })));
  const budgets = probes.flatMap(({ ids }) => ids.map((agent) => ({ agent, unit: "tokens", per: "day", limit: 100 })));
  const watcher = await openWatcher(folder, { budgets, mothball: { kinds: ["budget"], sure: 1, share: 1 } });
  const end = new AbortController();
  const load = background(send, watcher.url, rate, end.signal);
  try {
    for (const language of languages) {
      const agent = await wrappedAgentOf(language);
      const measure = async ({ way, ids }: (typeof probes)[number]) => {
        for (const id of ids) delays[way].push(await probe(agent, { id, way, watcher, workspace: folder, world }));
      };
      await Promise.all(probes.filter((it) => it.language === language).map(measure)).finally(agent.remove);
    }
    end.abort();
    return { delays, failed: await load };
  } finally {
    end.abort();
    watcher.kill();
    world.close();
    await load.catch(() => {});
    await rm(folder, { recursive: true });
  }
}

const idsOf = (language: Language, way: Way, count: number) => Array.from({ length: count }, (_, i) => `${language}-${way}-${i}`);

/** A few seconds at a time, until it is enough. */
async function background(send: Senders, url: string, rate: number, signal: AbortSignal): Promise<number> {
  let given = 0;
  while (!signal.aborted) given += (await send(url, rate, 5)).failed;
  return given;
}

interface Probe {
  id: string;
  way: Way;
  watcher: Watched;
  workspace: string;
  world: World;
}

async function probe(agent: { start: readonly string[]; folder: string }, { id, way, watcher, workspace, world }: Probe): Promise<number> {
  const how = way === "file" ? { COCKPIT_DIR: join(workspace, ".cockpit") } : { COCKPIT_MOTHBALL_URL: watcher.url };
  const environment = { ...world.environment, ...how, COCKPIT_AGENT_ID: id, OTEL_EXPORTER_OTLP_ENDPOINT: watcher.url };
  const alerted = watcher.alertOf(id);
  const running = serving(agent.start, agent.folder, environment);
  try {
    const refused = await within(60, `${id} to be refused a call`, untilRefused(running));
    return refused - (await within(10, `the alert about ${id}`, alerted));
  } finally {
    running.stop();
  }
}

/** When the first call was refused. */
async function untilRefused({ ask }: ReturnType<typeof serving>): Promise<number> {
  for (;;) {
    const answer = await ask("hello");
    if (/more than its budget/.test(answer)) return performance.now();
    if (answer !== "Hello.") throw new Error(`an agent that should have been answered says: ${answer || "nothing"}`);
    await sleep(5);
  }
}
