/** The configuration files of uv, merged as uv merges them: https://docs.astral.sh/uv/concepts/configuration-files/. */
import { dirname, isAbsolute, join, posix, relative, resolve, sep, win32 } from "node:path";
import { pathToFileURL } from "node:url";
import { matchesPath } from "../../engine/globs.ts";
import { addressKey } from "./address.ts";
import type { Machine } from "./machine.ts";
import { isTable, listOf, parseToml, type TomlTable, type TomlValue, tableAt, textOf } from "./toml.ts";

/** One file's settings, with its paths made absolute. */
export interface Layer {
  path: string;
  table: TomlTable;
}

export interface UvPlace {
  /** The project's folder. */
  folder: string;
  /** Commands for the whole machine (`uv tool`) take no notice of projects. */
  ignoresProject?: boolean;
}

/** What counts, the nearest first. */
export async function uvLayers(machine: Machine, { folder, ignoresProject = false }: UvPlace): Promise<Layer[]> {
  const { env } = machine;
  if (env.UV_CONFIG_FILE) return [await layerAt(machine, resolve(folder, env.UV_CONFIG_FILE))].filter((it) => it !== undefined);
  if (isOn(env.UV_NO_CONFIG)) return [];
  const layers = [
    ignoresProject ? undefined : await projectLayer(machine, folder),
    await layerAt(machine, userFile(machine)),
    isOn(env.UV_NO_SYSTEM_CONFIG) ? undefined : await systemLayer(machine),
  ];
  return layers.filter((it) => it !== undefined);
}

/** One table with what all of them say: the nearest wins, lists follow one another. */
export const mergeLayers = (layers: readonly Layer[]): TomlTable => layers.reduce<TomlTable>((all, { table }) => merge(all, table), {});

function merge(near: TomlTable, far: TomlTable): TomlTable {
  const merged: TomlTable = { ...far, ...near };
  for (const [key, value] of Object.entries(far)) {
    const own = near[key];
    if (Array.isArray(own) && Array.isArray(value)) merged[key] = [...own, ...value];
    else if (isTable(own) && isTable(value)) merged[key] = merge(own, value);
  }
  return merged;
}

const isOn = (value: string | undefined) => value !== undefined && /^(1|true|yes|on|t|y)$/i.test(value);

function userFile({ env, home, platform }: Machine): string {
  if (platform === "win32") return win32.join(env.APPDATA || win32.join(home, "AppData", "Roaming"), "uv", "uv.toml");
  return posix.join(env.XDG_CONFIG_HOME || posix.join(home, ".config"), "uv/uv.toml");
}

async function systemLayer(machine: Machine): Promise<Layer | undefined> {
  const { env, platform } = machine;
  if (platform === "win32") return layerAt(machine, win32.join(env.SYSTEMDRIVE || "C:", "\\ProgramData", "uv", "uv.toml"));
  const folders = [...(env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter(Boolean), "/etc"];
  return firstOf(folders.map((it) => () => layerAt(machine, posix.join(it, "uv/uv.toml"))));
}

async function layerAt(machine: Machine, path: string): Promise<Layer | undefined> {
  const table = parseToml(await machine.read(path));
  return table && { path, table: withAbsolutePaths(table, dirname(path)) };
}

/** The nearest folder with uv settings counts, from the workspace's root upwards where the project is a member of one. */
async function projectLayer(machine: Machine, folder: string): Promise<Layer | undefined> {
  const root = await workspaceRoot(machine, folder);
  return firstOf(
    ancestors(root ?? folder).map((it) => async () => (await layerAt(machine, join(it, "uv.toml"))) ?? pyprojectLayer(machine, it)),
  );
}

async function pyprojectLayer(machine: Machine, folder: string): Promise<Layer | undefined> {
  const path = join(folder, "pyproject.toml");
  const table = tableAt(parseToml(await machine.read(path)), "tool", "uv");
  if (!table) return undefined;
  const settings = Object.entries(table).filter(([key]) => !ofProjects.has(key));
  return { path, table: withAbsolutePaths(Object.fromEntries(settings), folder) };
}

/** What uv reads from a project's own file whatever else is configured, and refuses in a `uv.toml`. */
const ofProjects = new Set([
  "build-backend",
  "conflicts",
  "default-groups",
  "dependency-groups",
  "dev-dependencies",
  "managed",
  "package",
  "sources",
  "workspace",
]);

async function workspaceRoot(machine: Machine, folder: string): Promise<string | undefined> {
  const project = await firstOf(
    ancestors(folder).map((it) => async () => ((await machine.read(join(it, "pyproject.toml"))) === undefined ? undefined : it)),
  );
  if (project === undefined) return undefined;
  return firstOf(
    ancestors(project).map((it) => async () => {
      const workspace = tableAt(parseToml(await machine.read(join(it, "pyproject.toml"))), "tool", "uv", "workspace");
      return workspace && (it === project || isMember(workspace, relative(it, project))) ? it : undefined;
    }),
  );
}

function isMember(workspace: TomlTable, path: string): boolean {
  const globs = (key: string) => listOf(workspace[key]).filter((it) => typeof it === "string");
  const plain = path.split(sep).join("/");
  return matchesPath(globs("members"), plain) && !matchesPath(globs("exclude"), plain);
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

async function firstOf<T>(attempts: readonly (() => Promise<T | undefined>)[]): Promise<T | undefined> {
  for (const attempt of attempts) {
    const found = await attempt();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** uv takes relative paths from the file's folder. */
function withAbsolutePaths(table: TomlTable, folder: string): TomlTable {
  const absolute = (value: TomlValue) => (typeof value === "string" ? absoluteAddress(value, folder) : value);
  const changed = { ...table };
  for (const key of ["index-url", "find-links", "extra-index-url"]) {
    const value = changed[key];
    if (value !== undefined) changed[key] = Array.isArray(value) ? value.map(absolute) : absolute(value);
  }
  if (changed.index !== undefined)
    changed.index = listOf(changed.index).map((it) => (isTable(it) && it.url !== undefined ? { ...it, url: absolute(it.url) } : it));
  if (isTable(changed.pip)) changed.pip = withAbsolutePaths(changed.pip, folder);
  return changed;
}

const absoluteAddress = (address: string, folder: string) =>
  /^[a-z][a-z0-9+.-]+:/i.test(address) ? address : isAbsolute(address) ? address : pathToFileURL(resolve(folder, address)).href;

/** The indexes of a table as uv lists them; `[pip]` has a list of its own. */
export function tableIndexes(table: TomlTable): ListedIndex[] {
  const one = (address: TomlValue, isDefault: boolean): ListedIndex[] =>
    typeof address === "string" ? [{ address, isDefault, isExplicit: false }] : [];
  const tables = listOf(table.index)
    .filter(isTable)
    .flatMap((it): ListedIndex[] => {
      const address = textOf(it.url);
      const name = textOf(it.name);
      if (address === undefined) return [];
      return [{ address, isDefault: it.default === true, isExplicit: it.explicit === true, ...(name === undefined ? {} : { name }) }];
    });
  return [
    ...tables,
    ...listOf(table["extra-index-url"]).flatMap((it) => one(it, false)),
    ...(table["index-url"] === undefined ? [] : one(table["index-url"], true)),
    ...(isTable(table.pip) ? tableIndexes(table.pip) : []),
  ];
}

export interface ListedIndex {
  address: string;
  name?: string;
  isDefault: boolean;
  isExplicit: boolean;
}

/** The same settings with every index under `[[index]]`, with the name that `names` has for its address (see addressKey) and no credential. */
export function withNamedIndexes(table: TomlTable, names: ReadonlyMap<string, string>, clean: (address: string) => string): TomlTable {
  const { "extra-index-url": _extra, "index-url": _main, index: _index, ...rest } = table;
  const tables = listOf(table.index).filter(isTable);
  const named = (address: string, more: TomlTable): TomlTable => {
    const name = names.get(addressKey(address));
    return { ...(name === undefined ? {} : { name }), ...more, url: clean(address) };
  };
  const index = [
    ...tables.map((it) => named(textOf(it.url) ?? "", it)),
    ...listOf(table["extra-index-url"]).flatMap((it) => (typeof it === "string" ? [named(it, {})] : [])),
    ...(typeof table["index-url"] === "string" ? [named(table["index-url"], { default: true })] : []),
  ];
  const pip = isTable(rest.pip) ? { pip: withNamedIndexes(rest.pip, names, clean) } : {};
  return { ...rest, ...pip, ...(index.length > 0 ? { index } : {}) };
}
