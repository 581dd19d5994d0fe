/** The indexes that pip is configured to use: https://pip.pypa.io/en/stable/topics/configuration/. */
import { join, posix, win32 } from "node:path";
import type { PackageIndex } from "../package-index.ts";
import { addressKey, nameOf, splitAddress } from "./address.ts";
import { parseConfigparser } from "./configparser.ts";
import type { Machine } from "./machine.ts";

export interface PipConfiguration {
  indexes: PackageIndex[];
  /** What files set for the command, by key (`trusted-host`); the environment's variables not among them. */
  settings: ReadonlyMap<string, Setting>;
  /** Whether anything names an index. */
  isConfigured: boolean;
}

interface Setting {
  value: string;
  from: string;
}

const publicPypi = "https://pypi.org/simple";

export async function readPip(machine: Machine, subcommand = "install"): Promise<PipConfiguration> {
  const settings = await readSettings(machine, subcommand);
  const get = (key: string) => environmentSetting(key, machine) ?? settings.get(key);
  const main = get("index-url");
  const extra = get("extra-index-url");
  const ca = get("cert")?.value || machine.env.REQUESTS_CA_BUNDLE || machine.env.CURL_CA_BUNDLE;
  const listed = [...addresses(main ?? { value: publicPypi, from: "pip's own default" }, true), ...addresses(extra, false)];
  return { indexes: toIndexes(listed, ca), settings, isConfigured: main !== undefined || extra !== undefined };
}

interface Listed {
  address: string;
  from: string;
  isDefault: boolean;
}

const addresses = (setting: Setting | undefined, isDefault: boolean): Listed[] =>
  (setting?.value.split(/\s+/) ?? []).filter(Boolean).map((address) => ({ address, from: setting?.from ?? "", isDefault }));

function toIndexes(listed: readonly Listed[], ca: string | undefined): PackageIndex[] {
  const seen = new Set<string>();
  const names = new Set<string>();
  return listed.flatMap(({ address, from, isDefault }) => {
    if (seen.has(addressKey(address))) return [];
    seen.add(addressKey(address));
    const split = splitAddress(address);
    const name = nameOf(split.url, names);
    names.add(name);
    return [{ name, tool: "pip" as const, format: "pypi" as const, ...split, isDefault, from, ...(ca ? { ca } : {}) }];
  });
}

/** `PIP_EXTRA_INDEX_URL`; an empty one counts as none. */
function environmentSetting(key: string, { env }: Machine): Setting | undefined {
  const name = `PIP_${key.toUpperCase().replaceAll("-", "_")}`;
  const value = env[name];
  return value ? { value, from: name } : undefined;
}

/** The command's own section wins over `[global]`, whichever files they are in. */
async function readSettings(machine: Machine, subcommand: string): Promise<Map<string, Setting>> {
  const sections: Record<string, Map<string, Setting>> = { global: new Map(), [subcommand]: new Map() };
  for (const file of configFiles(machine)) {
    const text = await machine.read(file);
    if (text === undefined) continue;
    const parsed = parseConfigparser(text);
    for (const [name, settings] of Object.entries(sections))
      for (const [key, value] of parsed.get(name) ?? []) settings.set(key, { value, from: file });
  }
  const all = Object.values(sections).flatMap((it) => [...it]);
  return new Map(all.filter(([, { value }]) => value !== ""));
}

/** In the order in which later ones win: machine, user, environment of Python, PIP_CONFIG_FILE. */
function configFiles(machine: Machine): string[] {
  const { env, platform } = machine;
  const own = env.PIP_CONFIG_FILE;
  if (own === (platform === "win32" ? "nul" : "/dev/null")) return [];
  const prefix = env.VIRTUAL_ENV || env.CONDA_PREFIX;
  const name = platform === "win32" ? "pip.ini" : "pip.conf";
  return [...machineFiles(machine), ...(own ? [] : userFiles(machine)), ...(prefix ? [join(prefix, name)] : []), ...(own ? [own] : [])];
}

function machineFiles({ env, platform }: Machine): string[] {
  if (platform === "win32") return [win32.join(env.PROGRAMDATA || "C:\\ProgramData", "pip", "pip.ini")];
  if (platform === "darwin") return ["/Library/Application Support/pip/pip.conf"];
  const shared = (env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter(Boolean);
  return [...shared.map((it) => posix.join(it, "pip/pip.conf")), "/etc/pip.conf"];
}

function userFiles({ env, platform, home }: Machine): string[] {
  if (platform === "win32")
    return [win32.join(home, "pip", "pip.ini"), win32.join(env.APPDATA || win32.join(home, "AppData", "Roaming"), "pip", "pip.ini")];
  const config = posix.join(env.XDG_CONFIG_HOME || posix.join(home, ".config"), "pip/pip.conf");
  const mac = platform === "darwin" ? [posix.join(home, "Library/Application Support/pip/pip.conf")] : [];
  return [posix.join(home, ".pip/pip.conf"), config, ...mac];
}
