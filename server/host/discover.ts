/** The agents of a workspace, without auditing it. */
import { join } from "node:path";
import type { Agent } from "../engine/discovery/agent.ts";
import { readSignals, type Signals } from "../engine/discovery/signals.ts";
import { languageOf } from "../engine/source.ts";
import type { CockpitConfig } from "../protocol/config.ts";
import { agentsIn, emptyListing, findSources } from "./listing.ts";
import { createReader } from "./source-bytes.ts";

export interface DiscoverOptions {
  /** Absolute path of a folder. */
  target: string;
  config: CockpitConfig;
  signal?: AbortSignal;
}

/** Rejects with the signal's reason when aborted. */
export async function discover(options: DiscoverOptions): Promise<Agent[]> {
  return (await survey(options)).agents;
}

/** The agents, and what each source file told of itself, by path. */
export async function survey({ target, config, signal }: DiscoverOptions) {
  const listing = emptyListing();
  const reader = createReader(config.maxFileBytes);
  const signals = new Map<string, Signals | undefined>();
  for (const path of findSources(target, config, listing)) {
    if (listing.sources.length % 500 === 0) {
      // Lets an abort arrive.
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    }
    const language = languageOf(path);
    const source = reader.read(join(target, path));
    if (language && "latin1" in source) signals.set(path, readSignals(source.latin1, path, language));
  }
  return { agents: agentsIn(target, listing, signals), signals };
}
