/** What counts for a file that is audited by itself: the agent around it. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { agentFinder, isManifest } from "../engine/discovery/discovery.ts";
import { type DiscoverOptions, survey } from "./discover.ts";

/** Whether a file of the same agent as the target, a file, turns tracing on. */
export async function isInstrumentedAround({ target, ...options }: DiscoverOptions): Promise<boolean> {
  const root = manifestFolder(dirname(target));
  if (root === undefined) return false;
  const { agents, signals } = await survey({ ...options, target: root });
  const agentAt = agentFinder(agents);
  const own = agentAt(relative(root, target).split(sep).join("/"))?.id;
  return [...signals].some(([path, it]) => it?.instruments && agentAt(path)?.id === own);
}

/** The nearest folder with a manifest, not above the repository. */
export function manifestFolder(folder: string): string | undefined {
  if (readdirSync(folder).some(isManifest)) return folder;
  return existsSync(join(folder, ".git")) || dirname(folder) === folder ? undefined : manifestFolder(dirname(folder));
}
