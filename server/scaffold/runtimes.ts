/** What has to be there for a file to import a cockpit runtime: the runtime itself, its data, and its dependencies in the agent's manifest. */
import { basename, dirname, extname, join } from "node:path";
import { ecosystemOf } from "../engine/imported-modules.ts";
import { languageOf } from "../engine/source.ts";
import { dependencies } from "./dependencies.ts";
import type { FileChange } from "./file-change.ts";
import { type GeneratedFile, recordPath } from "./generated.ts";
import { agentAround, type Home } from "./homes.ts";
import type { Dependency } from "./manifests/manifest.ts";
import { planDependencies } from "./manifests/nearest.ts";
import { data, render, runtimes } from "./templates.ts";
import { textAt } from "./text-at.ts";

/** What files need that import runtimes. */
export interface RuntimeNeeds {
  changes: FileChange[];
  /** Packages that a person has to install, as no manifest lists them. */
  unlisted: readonly Dependency[];
}

/**
 * Creates those of `paths` that are missing, and what they need; only what is not there yet. All paths are absolute, and nothing above `top` is looked at. The agent's id is that of
 * the innermost of `agents` around the runtime, else the name that the nearest manifest gives. Throws a ManifestError when a manifest is broken.
 */
export async function planRuntimes(top: string, paths: readonly string[], agents: readonly Home[]): Promise<RuntimeNeeds> {
  const planned = await Promise.all(paths.map((it) => planRuntime(top, it, agents)));
  // Two runtimes of one agent need the same of its data and its manifest.
  const changes = new Map(planned.flatMap((it) => it.changes).map((it) => [it.path, it]));
  return { changes: [...changes.values()], unlisted: [...new Set(planned.flatMap((it) => it.unlisted))] };
}

async function planRuntime(top: string, path: string, agents: readonly Home[]): Promise<RuntimeNeeds> {
  const language = languageOf(path);
  const ecosystem = language && ecosystemOf[language];
  if (!ecosystem) throw new Error(`there is no runtime ${basename(path)}`);
  const { id, home } = await agentAround(top, path, ecosystem, agents);
  const missing: FileChange[] = [];
  for (const file of runtimeFiles(home, path, id))
    if ((await textAt(file.path)) === undefined) missing.push(...(await creation(home, file)));
  const manifest = await planDependencies(top, dirname(path), { ecosystem, dependencies: dependencies[ecosystem] });
  const isNew = missing.some((it) => it.path === path);
  return { changes: manifest ? [...missing, manifest] : missing, unlisted: manifest === null && isNew ? dependencies[ecosystem] : [] };
}

/** A runtime at `path` for the agent that lives in `home`, and its data. */
export function runtimeFiles(home: string, path: string, agentId: string): GeneratedFile[] {
  const template = runtimes[extname(path)];
  if (template === undefined) throw new Error(`there is no runtime ${basename(path)}`);
  const folder = join(home, ".cockpit");
  return [
    // It stands in a string, and all three languages read JSON's escapes there.
    { path, text: render(template, { agentId: JSON.stringify(agentId).slice(1, -1) }) },
    ...data.map(({ name, text, once }) => ({ path: join(folder, name), text, ...(once ? { once } : {}) })),
  ];
}

async function creation(home: string, { path, text, once }: GeneratedFile): Promise<FileChange[]> {
  const created = { path, before: null, after: text };
  if (once) return [created];
  const record = recordPath(home, path);
  return [created, { path: record, before: (await textAt(record)) ?? null, after: text }];
}
