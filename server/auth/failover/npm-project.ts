/** What an npm project asks for: its package.json, those of its workspaces, and what is locked already. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import npa from "npm-package-arg";
import semver from "semver";
import * as z from "zod";
import { foldersOf, upFrom } from "./folders.ts";
import { addLock, type Gathering, textOf } from "./gathering.ts";

const specs = z.record(z.string(), z.string()).default({});
const packageJson = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  dependencies: specs,
  devDependencies: specs,
  optionalDependencies: specs,
  peerDependencies: specs,
  overrides: z.record(z.string(), z.unknown()).default({}),
  workspaces: z.union([z.array(z.string()), z.object({ packages: z.array(z.string()) }).transform((it) => it.packages)]).default([]),
});
type PackageJson = z.infer<typeof packageJson>;

/** One of the words after `npm install`. */
export function addNpmSpec(spec: string, folder: string, found: Gathering) {
  addParsed(() => npa(spec, folder), spec, found);
}

/** The project that npm finds around `folder`, and the workspaces that it may be a part of: npm installs those as a whole. */
export function addNpmProject(folder: string, found: Gathering) {
  const above = upFrom(folder);
  const nearest = above.find((it) => existsSync(join(it, "package.json")) || existsSync(join(it, "node_modules"))) ?? folder;
  const quiet = { ...found, unclear: new Set<string>() };
  const workspaces = above.filter((it) => it !== nearest && (readPackage(it, quiet)?.workspaces.length ?? 0) > 0);
  for (const root of [nearest, ...workspaces]) addPackage(root, found);
}

function addPackage(root: string, found: Gathering) {
  const top = readPackage(root, found);
  if (!top) return;
  const folders = top.workspaces.flatMap((pattern) => (pattern.startsWith("!") ? [] : membersOf(root, pattern, found)));
  const members = folders.flatMap((it) => (existsSync(join(it, "package.json")) ? (readPackage(it, found) ?? []) : []));
  for (const it of [top, ...members]) addDependencies(it, members, root, found);
  for (const name of ["npm-shrinkwrap.json", "package-lock.json"]) {
    const text = textOf(join(root, name));
    if (text !== undefined) addLock(join(root, name), text, found);
  }
}

function membersOf(root: string, pattern: string, found: Gathering): string[] {
  const folders = foldersOf(root, pattern);
  if (!folders) found.unclear.add(`which folders ${pattern} means`);
  return folders ?? [];
}

function readPackage(folder: string, found: Gathering): PackageJson | undefined {
  const text = textOf(join(folder, "package.json"));
  if (text === undefined) return undefined;
  try {
    return packageJson.parse(JSON.parse(text));
  } catch {
    found.unclear.add(`${join(folder, "package.json")} is broken`);
    return undefined;
  }
}

function addDependencies(manifest: PackageJson, members: readonly PackageJson[], root: string, found: Gathering) {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, overrides } = manifest;
  for (const [name, spec] of [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap((it) => Object.entries(it)))
    if (!isMember(name, spec, members)) addParsed(() => npa.resolve(name, spec, root), `${name}@${spec}`, found);
  for (const [name, spec] of overridden(overrides)) addParsed(() => npa.resolve(name, spec, root), `${name}@${spec}`, found);
}

/** Npm links a member that satisfies the range; any other it fetches. */
const isMember = (name: string, spec: string, members: readonly PackageJson[]) =>
  members.some((it) => it.name === name && (spec === "*" || semver.satisfies(it.version ?? "0.0.0", spec)));

/** Leaves of the tree of overrides; `$name` and `.` refer to what is listed elsewhere. */
function overridden(overrides: Readonly<Record<string, unknown>>): [name: string, spec: string][] {
  return Object.entries(overrides).flatMap(([key, value]): [string, string][] => {
    if (typeof value === "string") return key === "." || value.startsWith("$") ? [] : [[key.replace(/(?<=.)@.*$/, ""), value]];
    const nested = z.record(z.string(), z.unknown()).safeParse(value);
    return nested.success ? overridden(nested.data) : [];
  });
}

function addParsed(parse: () => npa.Result, shown: string, found: Gathering) {
  try {
    addResult(parse(), found);
  } catch {
    found.unclear.add(`what ${JSON.stringify(shown)} means`);
  }
}

function addResult(result: npa.Result, found: Gathering) {
  if (result.type === "alias") addResult(npa(result.rawSpec.replace(/^npm:/i, "")), found);
  else if (result.registry && result.name) found.names.add(result.name);
  else if (result.type === "directory" && result.fetchSpec) addFolder(resolve(result.fetchSpec), found);
  else found.unclear.add(`what ${result.name ?? "an address"} needs, which is not from a registry`);
}

function addFolder(folder: string, found: Gathering) {
  if (found.projects.has(folder)) return;
  found.projects.add(folder);
  const manifest = readPackage(folder, found);
  if (manifest) addDependencies(manifest, [], folder, found);
  else found.unclear.add(`what ${folder} needs`);
}
