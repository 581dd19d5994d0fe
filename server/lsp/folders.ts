/** Workspace folders, each with its configuration: the nearest `cockpit.json` and the editor's settings. */
import { basename, dirname, parse } from "node:path";
import type { Connection, WorkspaceFolder } from "vscode-languageserver/node";
import { rules } from "../engine/rules/index.ts";
import { loadConfig } from "../host/config.ts";
import type { FileProblem } from "../host/json-places.ts";
import { pathWithin } from "../host/path-within.ts";
import { type CockpitConfig, type ConfigInput, defaultCockpitConfig, resolveConfig } from "../protocol/config.ts";
import { checkSettings } from "../protocol/config-schema.ts";
import type { ClientSupport } from "./client-support.ts";
import type { Log } from "./log.ts";
import { pathOf, uriOf } from "./uris.ts";

export interface Folder {
  /** As the editor writes it; that of the file's folder for files outside of the workspace. */
  readonly uri: string;
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** Whether it is one of the workspace's, which are audited. */
  readonly isWorkspace: boolean;
  config: CockpitConfig;
  /** Absolute path of its `cockpit.json`. */
  configFile: string | undefined;
  problems: readonly FileProblem[];
}

export interface Folders {
  readonly workspace: readonly Folder[];
  /** Every folder that has a configuration of its own, those of files outside of the workspace too. */
  readonly all: readonly Folder[];
  /** The innermost workspace folder around a path, else a folder of the file's own, whose configuration may still be on its way. */
  at(path: string | undefined): Folder;
  add(folder: WorkspaceFolder): Promise<Folder | undefined>;
  remove(uri: string): Folder | undefined;
  /** Reads the configuration again. Resolves to whether anything changed. */
  reload(folder: Folder): Promise<boolean>;
  /** Settings that were pushed by an editor that cannot be asked for them. */
  pushSettings(settings: unknown): void;
  /** Resolves when the folder's configuration has been read once. */
  ready(folder: Folder): Promise<unknown>;
}

export function createFolders(connection: Connection, support: ClientSupport, log: Log): Folders {
  const workspace: Folder[] = [];
  const loose = new Map<string, Folder>();
  const first = new Map<Folder, Promise<unknown>>();
  /** What was last read without a mistake; it counts while the file is broken. */
  const lastGood = new Map<Folder, ConfigInput>();
  let pushed: unknown;

  async function settingsOf(folder: Folder): Promise<ConfigInput> {
    const raw = support.configuration ? await connection.workspace.getConfiguration({ scopeUri: folder.uri, section: "cockpit" }) : pushed;
    const { input, problems } = checkSettings(
      raw,
      rules.map(({ meta }) => meta.id),
    );
    for (const { message } of problems) log.warn(`a setting under "cockpit" does not count in ${folder.name}: ${message}`);
    return input;
  }

  async function reload(folder: Folder): Promise<boolean> {
    const before = JSON.stringify([folder.config, folder.problems]);
    const [settings, loaded] = await Promise.all([settingsOf(folder), loadConfig(folder.path)]);
    if (loaded.problems.length === 0) lastGood.set(folder, loaded.input);
    folder.configFile = loaded.file;
    folder.problems = loaded.problems;
    const resolved = resolveConfig(lastGood.get(folder) ?? loaded.input, seenFrom(loaded.file, folder.path, settings));
    folder.config = loaded.file === undefined ? resolved : { ...resolved, excludeRoot: dirname(loaded.file) };
    return JSON.stringify([folder.config, folder.problems]) !== before;
  }

  function create(uri: string, path: string, name: string, isWorkspace: boolean): Folder {
    const folder: Folder = { uri, path, name, isWorkspace, config: defaultCockpitConfig, configFile: undefined, problems: [] };
    first.set(
      folder,
      log.guard(`the configuration of ${path} was not read`, async () => void (await reload(folder))),
    );
    return folder;
  }

  function looseAt(path: string): Folder {
    const folder = loose.get(path) ?? create(uriOf(path), path, basename(path), false);
    loose.set(path, folder);
    return folder;
  }

  return {
    workspace,
    get all() {
      return [...workspace, ...loose.values()];
    },
    at(path) {
      if (path === undefined) return workspace[0] ?? looseAt(parse(process.cwd()).root);
      const around = workspace.filter((it) => pathWithin(it.path, path) !== undefined).sort((a, b) => b.path.length - a.path.length);
      return around[0] ?? looseAt(dirname(path));
    },
    async add({ uri, name }) {
      const path = pathOf(uri);
      if (path === undefined || workspace.some((it) => it.uri === uri)) return undefined;
      const folder = create(uri, path, name, true);
      workspace.push(folder);
      await first.get(folder);
      return folder;
    },
    remove(uri) {
      const index = workspace.findIndex((it) => it.uri === uri);
      return index < 0 ? undefined : workspace.splice(index, 1)[0];
    },
    reload,
    pushSettings: (settings) => {
      pushed = settings;
    },
    ready: (folder) => first.get(folder) ?? Promise.resolve(),
  };
}

/** Patterns of the settings mean places in the folder; those of a configuration file above it mean places beside that file. */
function seenFrom(configFile: string | undefined, folder: string, settings: ConfigInput): ConfigInput {
  const prefix = configFile === undefined ? undefined : pathWithin(dirname(configFile), folder);
  if (prefix === undefined || !settings.exclude) return settings;
  const anchored = (pattern: string) => {
    const [, not = "", rest = ""] = /^(!?)\/?(.*)$/.exec(pattern) ?? [];
    return /^!?\/|\/(?!$)/.test(pattern) ? `${not}/${prefix}/${rest}` : pattern;
  };
  return { ...settings, exclude: settings.exclude.map(anchored) };
}
