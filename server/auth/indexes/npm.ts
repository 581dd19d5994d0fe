/** The registries that npm is configured to use: https://docs.npmjs.com/cli/configuring-npm/npmrc. */
import { dirname, join, resolve } from "node:path";
import { parse } from "ini";
import type { Credential, PackageIndex } from "../package-index.ts";
import { splitAddress } from "./address.ts";
import type { Environment, Machine } from "./machine.ts";

export interface NpmConfiguration {
  indexes: PackageIndex[];
  /** Absolute path of the person's own `.npmrc`, and its text when it is there. */
  userFile: string;
  userText?: string;
  /** Settings of a token (`//host/path/:_authToken`) that name a variable that is not set. */
  unset: ReadonlySet<string>;
  isConfigured: boolean;
}

const publicNpm = "https://registry.npmjs.org/";

export async function readNpm(machine: Machine, folder: string): Promise<NpmConfiguration> {
  const { env } = machine;
  const project = await projectFile(machine, folder);
  const userFile = resolve(folder, variable(env, "userconfig") || join(machine.home, ".npmrc"));
  const userText = await machine.read(userFile);
  const user = settingsOf(userText, userFile, env);
  const near = [environmentSettings(env), ...(project === userFile ? [] : [settingsOf(await machine.read(project), project, env)]), user];
  const global = globalFile(machine, near, folder);
  const levels = [...near, settingsOf(global && (await machine.read(global)), global ?? "", env)];
  const indexes = registries(levels, env);
  const isConfigured = levels.some(({ values }) => [...values.keys()].some((key) => key === "registry" || key.endsWith(":registry")));
  return { indexes, userFile, ...(userText === undefined ? {} : { userText }), unset: unsetTokens(levels), isConfigured };
}

interface Level {
  from: string;
  values: ReadonlyMap<string, string>;
}

function registries(levels: readonly Level[], env: Environment): PackageIndex[] {
  const found = (key: string) => levels.find(({ values }) => values.has(key));
  const scopes = new Set(levels.flatMap(({ values }) => [...values.keys()].filter((key) => /^@[^:]+:registry$/.test(key))));
  const level = found("registry");
  const ca = found("cafile")?.values.get("cafile") || env.NODE_EXTRA_CA_CERTS;
  const index = (name: string, address: string, from: string, more: Partial<PackageIndex>): PackageIndex => {
    const { url, credential = credentialOf(url, levels) } = splitAddress(address);
    const known = credential ? { credential } : {};
    return { name, tool: "npm", format: "npm", url, isDefault: false, from, ...known, ...(ca ? { ca } : {}), ...more };
  };
  const main = index("registry", level?.values.get("registry") ?? publicNpm, level?.from ?? "npm's own default", { isDefault: true });
  const scoped = [...scopes].map((key) => {
    const scope = key.slice(0, key.indexOf(":"));
    const at = found(key);
    return index(scope, at?.values.get(key) ?? "", at?.from ?? "", { scope });
  });
  return [main, ...scoped];
}

/** npm looks for `//host/path/:_authToken`, then above that path. */
function credentialOf(url: string, levels: readonly Level[]): Credential | undefined {
  const values = new Map([...levels].reverse().flatMap((it) => [...it.values]));
  for (let at = npmKey(url); at.length > 2; at = at.replace(/([^/]+|\/)$/, "")) {
    const token = values.get(`${at}:_authToken`);
    if (token !== undefined && !isUnset(token)) return { username: "", secret: token };
    const pair = values.get(`${at}:_auth`);
    if (pair !== undefined) return splitPair(Buffer.from(pair, "base64").toString());
    const password = values.get(`${at}:_password`);
    const username = values.get(`${at}:username`);
    if (password !== undefined && username !== undefined) return { username, secret: Buffer.from(password, "base64").toString() };
  }
  return undefined;
}

const isUnset = (value: string) => /\$\{[^${}]+\}/.test(value);

const unsetTokens = (levels: readonly Level[]): Set<string> =>
  new Set(
    levels.flatMap(({ values }) => [...values].flatMap(([key, value]) => (key.endsWith(":_authToken") && isUnset(value) ? key : []))),
  );

const splitPair = (pair: string): Credential => ({ username: pair.split(":", 1)[0] ?? "", secret: pair.slice(pair.indexOf(":") + 1) });

/** `//host/path/`: what npm's settings of one registry begin with. */
export function npmKey(url: string): string {
  const { host = "", pathname = "/" } = URL.parse(url) ?? {};
  return `//${host}${pathname.endsWith("/") ? pathname : `${pathname}/`}`;
}

function settingsOf(text: string | undefined, from: string, env: Environment): Level {
  const values = Object.entries(text === undefined ? {} : parse(text)).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[replaceVariables(key, env), replaceVariables(value, env)]] : [],
  );
  return { from, values: new Map(values) };
}

/** `${NAME}`, or `${NAME?}` that may be missing, as npm replaces them. */
export function replaceVariables(text: string, env: Environment): string {
  return text.replace(/(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g, (whole, escapes: string, name: string, optional: string | undefined) => {
    if (escapes.length % 2) return whole.slice((escapes.length + 1) / 2);
    return escapes.slice(escapes.length / 2) + (env[name] ?? (optional ? "" : `\${${name}}`));
  });
}

/** Variables `npm_config_…`, in any case; those of one registry keep their spelling. */
function environmentSettings(env: Environment): Level {
  const values = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    const key = /^npm_config_(.+)$/is.exec(name)?.[1];
    if (key === undefined || !value) return [];
    return [[/^(\/\/|@)/.test(key) ? key : key.replace(/(?!^)_/g, "-").toLowerCase(), value]];
  });
  return { from: "the environment (npm_config_…)", values: new Map(values) };
}

const variable = (env: Environment, key: string) => environmentSettings(env).values.get(key);

/** npm's project is the nearest folder with a package.json or node_modules. */
async function projectFile(machine: Machine, folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await machine.read(join(at, "package.json"))) !== undefined) return join(at, ".npmrc");
    if (dirname(at) === at) return join(folder, ".npmrc");
  }
}

/** Below npm's prefix: as it is set, else where the node of this PATH is installed. */
function globalFile({ env, platform, nodeFolder }: Machine, near: readonly Level[], folder: string): string | undefined {
  const set = (key: string) => near.find(({ values }) => values.has(key))?.values.get(key);
  const own = set("globalconfig");
  if (own) return resolve(folder, own);
  const prefix = set("prefix") || env.PREFIX || nodeFolder?.();
  if (!prefix) return undefined;
  const isWindowsDefault = platform === "win32" && !set("prefix") && env.APPDATA;
  return isWindowsDefault ? join(env.APPDATA ?? "", "npm/etc/npmrc") : join(prefix, "etc/npmrc");
}
