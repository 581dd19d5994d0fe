/** Which agents live in a workspace: from what its source files and manifests say, without reading a file. */
import { type Ecosystem, ecosystemOf } from "../imported-modules.ts";
import type { LanguageId } from "../source.ts";
import type { Agent } from "./agent.ts";
import type { Signals } from "./signals.ts";

/** What a host has read from a manifest; fields it does not have are absent. */
export interface Manifest {
  path: string;
  name?: string;
  /** Files to start the agent by, relative to the manifest's folder. */
  entryPoints?: string[];
}

export interface SourceListing {
  path: string;
  language: LanguageId;
  signals?: Signals;
}

export interface DiscoveryInput {
  /** Name of the workspace's own folder, for an agent that lives there and has no other. */
  rootName: string;
  /** Every source file of the workspace, in any order. */
  files: readonly SourceListing[];
  manifests: readonly Manifest[];
  /** Who owns a folder. */
  ownersOf(folder: string): string[];
}

const ecosystemByManifest: Readonly<Record<string, Ecosystem>> = {
  "requirements.txt": "python",
  "pyproject.toml": "python",
  "setup.py": "python",
  Pipfile: "python",
  "package.json": "npm",
  "deno.json": "npm",
  "go.mod": "go",
};

export const isManifest = (path: string): boolean => Object.hasOwn(ecosystemByManifest, baseName(path));

/** Agents sorted by root. Their ids depend on their own name and folder alone, unless two share a name: then both say where they are. */
export function discoverAgents({ rootName, files, manifests, ownersOf }: DiscoveryInput): Agent[] {
  const byFolder = Map.groupBy(manifests, (it) => folderOf(it.path));
  const owner = folderFinder(new Set(byFolder.keys()));
  const owned = Map.groupBy(files, (it) => owner(it.path));
  const bare = rootsWithoutManifest(owned.get(undefined) ?? []);
  const bareOwner = folderFinder(bare);
  const groups = [
    ...[...owned].filter(([root]) => root !== undefined),
    ...Map.groupBy(owned.get(undefined) ?? [], (it) => bareOwner(it.path)),
  ];
  const agents = groups.flatMap(([root, code]) =>
    root !== undefined && code.some((it) => it.signals?.agent)
      ? [{ ...describe(root, rootName, code, byFolder.get(root) ?? []), owners: ownersOf(root) }]
      : [],
  );
  return withUniqueIds(agents.sort((a, b) => compare(a.root, b.root)));
}

/** A function that finds the agent a file belongs to: the one with the nearest enclosing root. */
export function agentFinder<A extends Pick<Agent, "root">>(agents: readonly A[]): (path: string) => A | undefined {
  const byRoot = new Map(agents.map((it) => [it.root, it]));
  const find = folderFinder(new Set(byRoot.keys()));
  return (path) => {
    const root = find(path);
    return root === undefined ? undefined : byRoot.get(root);
  };
}

/** A function that finds the nearest of `folders` around a path. */
function folderFinder(folders: ReadonlySet<string>): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const find = (folder: string): string | undefined => {
    if (folders.has(folder)) return folder;
    if (folder === ".") return undefined;
    if (!known.has(folder)) known.set(folder, find(folderOf(folder)));
    return known.get(folder);
  };
  return (path) => find(folderOf(path));
}

/** Folders with agent code under no manifest; out of source folders and Python packages up to the folder that holds the program. */
function rootsWithoutManifest(files: readonly SourceListing[]): Set<string> {
  const packages = new Set(files.filter((it) => baseName(it.path) === "__init__.py").map((it) => folderOf(it.path)));
  const inside = (folder: string) => packages.has(folder) || /^(?:src|lib|app|cmd|internal|pkg)$/.test(baseName(folder));
  const roots = new Set<string>();
  for (const { path, signals } of files) {
    if (!signals?.agent) continue;
    let folder = folderOf(path);
    while (folder !== "." && folderOf(folder) !== "." && inside(folder)) folder = folderOf(folder);
    roots.add(folder);
  }
  const enclosing = folderFinder(roots);
  return new Set(
    [...roots].filter(
      (it) => it === "." || it.split("/").every((_, i, all) => i === 0 || enclosing(all.slice(0, i + 1).join("/")) === undefined),
    ),
  );
}

type Described = Omit<Agent, "id" | "owners"> & { name: string };

function describe(root: string, rootName: string, code: readonly SourceListing[], manifests: readonly Manifest[]): Described {
  const sorted = manifests.toSorted((a, b) => compare(manifestRank(a.path), manifestRank(b.path)) || compare(a.path, b.path));
  const main = sorted.find((it) => it.name) ?? sorted[0];
  return {
    name: main?.name ?? (root === "." ? rootName : baseName(root)),
    root,
    language: dominantLanguage(code, manifests),
    frameworks: [...new Set(code.flatMap((it) => it.signals?.modules ?? []))].sort(),
    entryPoints: entryPoints(root, code, manifests),
    ...(main ? { manifest: baseName(main.path) } : {}),
  };
}

/** Manifests that name a package before those that only list what it needs. */
const manifestRank = (path: string) => String(["pyproject.toml", "go.mod", "package.json"].indexOf(baseName(path)) + 1 || 9);

/** The manifest's language; with several manifests, or none that fits the code, the one most files are in. */
function dominantLanguage(code: readonly SourceListing[], manifests: readonly Manifest[]): LanguageId {
  const wanted = new Set(manifests.map((it) => ecosystemByManifest[baseName(it.path)]));
  const fitting = code.filter((it) => wanted.has(ecosystemOf[it.language]));
  const counted = fitting.length > 0 ? fitting : code;
  const count = (ecosystem: Ecosystem) => counted.filter((it) => ecosystemOf[it.language] === ecosystem).length;
  const [ecosystem] = (["python", "npm", "go"] as const).toSorted((a, b) => count(b) - count(a));
  if (ecosystem !== "npm") return ecosystem ?? "python";
  const scripts = counted.filter((it) => it.language === "javascript").length;
  return scripts > count("npm") - scripts ? "javascript" : "typescript";
}

/** What the manifests name, then the files where a program starts, those near the root first. */
function entryPoints(root: string, code: readonly SourceListing[], manifests: readonly Manifest[]): string[] {
  const inside = (path: string) => (root === "." ? path : path.slice(root.length + 1));
  const own = new Set(code.map((it) => inside(it.path)));
  const named = manifests.flatMap((it) => it.entryPoints ?? []).filter((it) => own.has(it));
  const starts = code.filter((it) => it.signals?.entryPoint).map((it) => inside(it.path));
  const depth = (path: string) => path.split("/").length;
  return [...new Set([...named, ...starts.sort((a, b) => depth(a) - depth(b) || compare(a, b))])];
}

function withUniqueIds(agents: readonly (Described & Pick<Agent, "owners">)[]): Agent[] {
  const sharing = Map.groupBy(agents, (it) => it.name);
  return agents.map(({ name, ...agent }) => ({ id: (sharing.get(name)?.length ?? 0) > 1 ? `${name}@${agent.root}` : name, ...agent }));
}

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** `.` for what is at the top. */
function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "." : path.slice(0, end);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
