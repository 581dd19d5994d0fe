/** What has to be there for a file to import a cockpit runtime: the runtime itself, its data, and its dependencies in the agent's manifest. */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { applyEdits, type Edit } from "../engine/finding.ts";
import { type Ecosystem, ecosystemOf } from "../engine/imported-modules.ts";
import { languageOf } from "../engine/source.ts";
import { parseManifest } from "../host/manifests.ts";
import { pathWithin } from "../host/path-within.ts";
import { dependencies } from "./dependencies.ts";
import type { FileChange } from "./file-change.ts";
import type { Home } from "./homes.ts";
import { addToGoMod } from "./manifests/go-mod.ts";
import { ManifestError } from "./manifests/manifest.ts";
import { addToPackageJson } from "./manifests/package-json.ts";
import { addToPyproject } from "./manifests/pyproject.ts";
import { addToRequirements } from "./manifests/requirements.ts";
import { data, render, runtimes } from "./templates.ts";

/**
 * Creates those of `paths` that are missing, and what they need; only what is not there yet. All paths are absolute, and nothing above `top` is looked at. The agent's id is that of
 * the innermost of `agents` around the runtime, else the name that the nearest manifest gives. Throws a ManifestError when a manifest is broken.
 */
export async function planRuntimes(top: string, paths: readonly string[], agents: readonly Home[]): Promise<FileChange[]> {
  const changes = new Map<string, FileChange>();
  for (const path of paths) for (const it of await planRuntime(top, path, agents)) changes.set(it.path, it);
  return [...changes.values()];
}

async function planRuntime(top: string, path: string, agents: readonly Home[]): Promise<FileChange[]> {
  const language = languageOf(path);
  const ecosystem = language && ecosystemOf[language];
  const template = runtimes[extname(path)];
  if (!ecosystem || template === undefined) throw new Error(`there is no runtime ${basename(path)}`);
  const around = agents.filter((it) => pathWithin(it.home, path) !== undefined);
  const [agent] = around.toSorted((a, b) => b.home.length - a.home.length);
  const home = agent?.home ?? (await manifestFolder(top, dirname(path), ecosystem)) ?? dirname(path);
  const id = agent?.id ?? (await nameOf(home, ecosystem));
  const created = [
    { path, after: render(template, { agentId: id }) },
    ...Object.entries(data).map(([name, after]) => ({ path: join(home, ".cockpit", name), after })),
  ];
  const missing = await Promise.all(created.map(async (it) => ((await textAt(it.path)) === undefined ? [{ ...it, before: null }] : [])));
  return [...missing.flat(), ...(await planDependencies(top, dirname(path), ecosystem))];
}

/** What the runtime of an ecosystem needs, in the nearest manifest that lists what a program needs; nothing where there is none. */
async function planDependencies(top: string, folder: string, ecosystem: Ecosystem): Promise<FileChange[]> {
  for (const home of upFrom(top, folder))
    for (const name of manifests[ecosystem]) {
      const path = join(home, name);
      const before = await textAt(path);
      const edits = before === undefined ? undefined : editsFor(top, path, before);
      if (before === undefined || edits === undefined) continue;
      return edits.length === 0 ? [] : [{ path, before, after: applyEdits(before, edits) }];
    }
  return [];
}

/** The best first. */
const manifests: Record<Ecosystem, readonly string[]> = {
  python: ["pyproject.toml", "requirements.txt"],
  npm: ["package.json"],
  go: ["go.mod"],
};

/** `undefined` for a manifest that lists no dependencies. */
function editsFor(top: string, path: string, text: string): Edit[] | undefined {
  const shown = relative(top, path).split(sep).join("/");
  switch (basename(path)) {
    case "pyproject.toml":
      return addToPyproject(shown, text, dependencies.python);
    case "requirements.txt":
      return addToRequirements(shown, text, dependencies.python, (it) => readFileSync(join(top, it), "utf8"));
    case "package.json":
      return addToPackageJson(shown, text, dependencies.npm);
    default:
      return addToGoMod(shown, text, dependencies.go);
  }
}

async function manifestFolder(top: string, folder: string, ecosystem: Ecosystem): Promise<string | undefined> {
  for (const home of upFrom(top, folder))
    for (const name of manifests[ecosystem]) if ((await textAt(join(home, name))) !== undefined) return home;
  return undefined;
}

/** What a folder's manifest calls it, else the folder's own name. */
async function nameOf(home: string, ecosystem: Ecosystem): Promise<string> {
  for (const name of manifests[ecosystem]) {
    const text = await textAt(join(home, name));
    const named = text === undefined ? undefined : parseManifest(name, text).name;
    if (named !== undefined) return named;
  }
  return basename(home);
}

/** `folder` and those above it, up to `top`. */
function upFrom(top: string, folder: string): string[] {
  return folder === top || dirname(folder) === folder ? [folder] : [folder, ...upFrom(top, dirname(folder))];
}

/** `undefined` when there is no such file. Throws a ManifestError when there is one that cannot be read as text. */
async function textAt(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw new ManifestError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
