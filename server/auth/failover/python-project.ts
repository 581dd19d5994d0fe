/** What a Python project asks for: its own dependencies, groups and extras, and what builds it. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import { foldersOf, upFrom } from "./folders.ts";
import { addLock, addRequirement, type Gathering, textOf } from "./gathering.ts";
import { canonical, type Environment } from "./names.ts";

const text = z.string();
const texts = z.array(text).default([]);
const group = z.array(z.union([text, z.object({ "include-group": text })]));
const source = z.record(text, z.unknown());
const pyproject = z.object({
  project: z
    .object({
      name: text.optional(),
      dependencies: texts,
      "optional-dependencies": z.record(text, z.array(text)).default({}),
      dynamic: texts,
    })
    .optional(),
  "dependency-groups": z.record(text, group).default({}),
  "build-system": z.object({ requires: texts, "build-backend": text.optional(), "backend-path": z.unknown().optional() }).optional(),
  tool: z
    .object({
      uv: z
        .object({
          sources: z.record(text, z.union([source, z.array(source)])).default({}),
          workspace: z.object({ members: texts }).optional(),
          "dev-dependencies": texts,
          "override-dependencies": texts,
          "extra-build-dependencies": z.record(text, z.array(z.union([text, z.object({ requirement: text })]))).default({}),
        })
        .optional(),
      poetry: z.record(text, z.unknown()).optional(),
      hatch: z.object({ build: z.unknown() }).optional(),
    })
    .default({}),
});
type Pyproject = z.infer<typeof pyproject>;

export interface ProjectUse {
  /** The project is built, not only its dependencies installed. */
  built: boolean;
  /** `[tool.uv.sources]` counts. */
  sources: boolean;
  /** Only its groups are installed: a group that names the project itself has it looked up in an index. */
  groups?: true;
}

/** A folder's project, and those that its sources are paths of. */
export function addPythonProject(folder: string, use: ProjectUse, found: Gathering, seen = new Set<string>()) {
  if (seen.has(folder)) return;
  seen.add(folder);
  const project = readPyproject(folder, found);
  if (!project) return;
  if (project.project?.name && !use.groups) found.local.add(canonical(project.project.name, "pypi"));
  for (const it of dependenciesOf(project)) addRequirement(it, folder, found);
  if (project.project?.dynamic.some((it) => it.endsWith("dependencies")))
    found.unclear.add(`${folder} says what it needs only when it is built`);
  addPoetry(project, found);
  if (use.built || project["build-system"]) addBuild(folder, project, found);
  if (use.sources) for (const it of pathsOf(folder, project, found)) addPythonProject(it, { built: true, sources: true }, found, seen);
}

/** Settings of uv that change what packages need, whatever is installed. */
export function addUvSettings(folder: string, env: Environment, found: Gathering) {
  const home = upFrom(folder).find((it) => existsSync(join(it, "pyproject.toml")));
  const text = home === undefined ? undefined : textOf(join(home, "pyproject.toml"));
  if (text && /\bdependency-metadata\b/.test(text)) found.unclear.add(`what ${home} says that packages need`);
  if (home !== undefined && text && /\b(?:override|extra-build)-dependencies\b/.test(text)) {
    const uv = readPyproject(home, found)?.tool.uv;
    for (const it of uv ? changesOf(uv) : []) addRequirement(it, home, found);
  }
  const user = env.XDG_CONFIG_HOME ?? join(env.HOME ?? "/", ".config");
  const files = [...upFrom(folder).map((it) => join(it, "uv.toml")), join(user, "uv/uv.toml"), "/etc/uv/uv.toml", env.UV_CONFIG_FILE ?? ""];
  for (const it of files)
    if (/\b(?:dependency-metadata|override-dependencies|extra-build-dependencies)\b/.test(textOf(it) ?? ""))
      found.unclear.add(`what ${it} says that packages need`);
}

/** The project around `folder` as uv sees it: its workspace, and what is locked already. */
export function addUvProject(folder: string, sources: boolean, found: Gathering) {
  const home = upFrom(folder).find((it) => existsSync(join(it, "pyproject.toml")));
  if (home === undefined) return;
  const quiet = { ...found, unclear: new Set<string>() };
  const root = upFrom(home).find((it) => existsSync(join(it, "pyproject.toml")) && readPyproject(it, quiet)?.tool.uv?.workspace) ?? home;
  const members = readPyproject(root, quiet)?.tool.uv?.workspace?.members ?? [];
  const folders = [home, root, ...members.flatMap((pattern) => membersOf(root, pattern, found))];
  const projects = folders.filter((it) => existsSync(join(it, "pyproject.toml")));
  const needed = new Set(projects.flatMap((it) => workspaceNames(readPyproject(it, quiet))));
  const seen = new Set<string>();
  for (const it of projects) addPythonProject(it, { built: needed.has(nameIn(it, quiet)), sources }, found, seen);
  const lock = join(root, "uv.lock");
  const locked = textOf(lock);
  if (locked !== undefined) addLock(lock, locked, found);
}

/** What a member's sources take from the workspace is built, even without a build system of its own. */
const workspaceNames = (project: Pyproject | undefined): string[] =>
  Object.entries(project?.tool.uv?.sources ?? {}).flatMap(([name, value]) =>
    [value].flat().some((it) => it.workspace === true) ? [canonical(name, "pypi")] : [],
  );

const nameIn = (folder: string, found: Gathering) => canonical(readPyproject(folder, found)?.project?.name ?? "", "pypi");

function membersOf(root: string, pattern: string, found: Gathering): string[] {
  const folders = foldersOf(root, pattern);
  if (!folders) found.unclear.add(`which folders ${pattern} means`);
  return folders ?? [];
}

function readPyproject(folder: string, found: Gathering): Pyproject | undefined {
  const content = textOf(join(folder, "pyproject.toml"));
  if (content === undefined) {
    found.unclear.add(`what ${folder} needs, which has no pyproject.toml`);
    return undefined;
  }
  try {
    return pyproject.parse(parseToml(content));
  } catch {
    found.unclear.add(`${join(folder, "pyproject.toml")} is broken`);
    return undefined;
  }
}

function dependenciesOf({ project, "dependency-groups": groups, tool: { uv } }: Pyproject): string[] {
  return [
    ...(project?.dependencies ?? []),
    ...Object.values(project?.["optional-dependencies"] ?? {}).flat(),
    ...Object.values(groups).flatMap((it) => it.filter((entry) => typeof entry === "string")),
    ...(uv?.["dev-dependencies"] ?? []),
    ...(uv ? changesOf(uv) : []),
  ];
}

const changesOf = (uv: NonNullable<Pyproject["tool"]["uv"]>): string[] => [
  ...uv["override-dependencies"],
  ...Object.values(uv["extra-build-dependencies"]).flatMap((it) =>
    it.map((entry) => (typeof entry === "string" ? entry : entry.requirement)),
  ),
];

/** Poetry's own table: name → version, or where it comes from. */
function addPoetry({ project, tool: { poetry } }: Pyproject, found: Gathering) {
  if (!poetry || (project && poetry.dependencies === undefined)) return;
  const dependencies = z.record(text, z.unknown()).safeParse(poetry.dependencies ?? {});
  for (const [name, value] of Object.entries(dependencies.data ?? {})) {
    if (name === "python") continue;
    if (typeof value === "string") found.names.add(canonical(name, "pypi"));
    else found.unclear.add(`where ${name} comes from`);
  }
}

/** Backends that ask for nothing that is not written in pyproject.toml. */
const plainBackends = /^(?:hatchling\.build|flit_core\.buildapi|uv_build|setuptools\.build_meta|poetry\.core\.masonry\.api|pdm\.backend)$/;

function addBuild(folder: string, { "build-system": build, tool: { hatch } }: Pyproject, found: Gathering) {
  const backend = build?.["build-backend"] ?? "setuptools.build_meta";
  for (const it of build?.requires ?? ["setuptools"]) addRequirement(it, folder, found);
  if (!plainBackends.test(backend) || build?.["backend-path"] !== undefined) found.unclear.add(`what the build of ${folder} needs`);
  if (backend.startsWith("setuptools") && ["setup.py", "setup.cfg"].some((it) => existsSync(join(folder, it))))
    found.unclear.add(`what setup.py or setup.cfg of ${folder} adds`);
  for (const it of hookDependencies(hatch?.build)) addRequirement(it, folder, found);
}

/** Hatch's build hooks have dependencies of their own, at any depth. */
function hookDependencies(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, it]) =>
    key === "dependencies" && Array.isArray(it) ? it.map(String) : hookDependencies(it),
  );
}

/** Folders that sources name; what a source leaves unclear is said. */
function pathsOf(folder: string, { tool: { uv } }: Pyproject, found: Gathering): string[] {
  return Object.entries(uv?.sources ?? {}).flatMap(([name, value]) =>
    [value].flat().flatMap((it) => {
      if (it.workspace === true) found.local.add(canonical(name, "pypi"));
      else if (typeof it.path === "string" && !/\.(?:whl|zip|gz)$/.test(it.path)) {
        found.local.add(canonical(name, "pypi"));
        return [resolve(folder, it.path)];
      } else
        found.unclear.add(`where ${name} comes from: its source is ${typeof it.index === "string" ? `index ${it.index}` : "not an index"}`);
      return [];
    }),
  );
}
