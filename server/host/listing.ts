/** What a walk of a workspace finds, sorted into source files and manifests, and the agents that they make up. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Agent } from "../engine/discovery/agent.ts";
import { discoverAgents, isManifest } from "../engine/discovery/discovery.ts";
import type { Signals } from "../engine/discovery/signals.ts";
import { languageOf } from "../engine/source.ts";
import type { CockpitConfig } from "../protocol/config.ts";
import { messageOf } from "../protocol/message-of.ts";
import { parseManifest } from "./manifests.ts";
import { ownersBelow } from "./owners.ts";
import { type WalkOptions, walk } from "./walk.ts";

export interface Listing {
  /** Paths of files in a language that rules read, relative to the root. */
  sources: string[];
  manifests: string[];
  /** Folders that could not be read, with the reason. */
  unreadable: { file: string; reason: string }[];
}

export type ListOptions = Pick<CockpitConfig, "exclude" | "excludeRoot"> & Pick<WalkOptions, "list">;

export const emptyListing = (): Listing => ({ sources: [], manifests: [], unreadable: [] });

/** Walks a folder and puts what it finds into `listing`; gives each source file as it is found. */
export function* findSources(root: string, options: ListOptions, listing: Listing): Generator<string, void> {
  const wanted = (path: string) => languageOf(path) !== undefined || isManifest(path);
  const unreadable = (file: string, error: unknown) =>
    listing.unreadable.push({ file: file || ".", reason: `the folder cannot be read: ${messageOf(error)}` });
  for (const path of walk(root, { ...options, wanted }, unreadable)) {
    if (isManifest(path)) listing.manifests.push(path);
    if (!languageOf(path)) continue;
    listing.sources.push(path);
    yield path;
  }
}

/** The agents of a listing. `signals` are what its source files told, by path. */
export function agentsIn(root: string, { sources, manifests }: Listing, signals: ReadonlyMap<string, Signals | undefined>): Agent[] {
  const files = sources.flatMap((path) => {
    const language = languageOf(path);
    const told = signals.get(path);
    return language ? [{ path, language, ...(told ? { signals: told } : {}) }] : [];
  });
  return discoverAgents({
    rootName: basename(root),
    files,
    manifests: manifests.map((path) => parseManifest(path, textOf(join(root, path)))),
    ownersOf: ownersBelow(root),
  });
}

/** A manifest that cannot be read still marks its folder. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
