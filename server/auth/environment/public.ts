/** The environment of a second attempt against one public index alone: whatever else is configured stays, but no other index does. */
import { stringify } from "smol-toml";
import type { Tool } from "../../protocol/auth.ts";
import { withVariables } from "../environment.ts";
import { holdsPassword } from "../indexes/address.ts";
import type { Configuration } from "../indexes/configured.ts";
import type { Environment } from "../indexes/machine.ts";
import type { PipConfiguration } from "../indexes/pip.ts";
import { isTable, listOf, type TomlTable } from "../indexes/toml.ts";
import type { UvConfiguration } from "../indexes/uv.ts";
import type { Temporary } from "../temporary.ts";

export interface PublicRetry {
  publicUrl: string;
  /** All that the retry may send there. */
  names?: readonly string[];
}

/** Undefined where nothing can make sure that the index is the only one. */
export function publicEnvironment(
  tool: Tool,
  { uv, pip }: Configuration,
  env: Environment,
  { publicUrl: url, names = [] }: PublicRetry,
  temporary: Temporary,
): Record<string, string> | undefined {
  if (tool === "uv" && uv) return publicUv(uv, env, url, temporary);
  if (tool === "pip" && pip) return publicPip(pip, env, url);
  return tool === "npm" ? publicNpm(env, url, names) : undefined;
}

function publicUv({ table }: UvConfiguration, env: Environment, url: string, temporary: Temporary): Record<string, string> | undefined {
  const text = stringify({ ...withoutIndexes(table), index: [{ url, default: true }] });
  if (holdsPassword(text)) return undefined;
  const kept = without(
    env,
    /^UV_(?:INDEX(?!_STRATEGY)|DEFAULT_INDEX|EXTRA_INDEX_URL|FIND_LINKS|CONFIG_FILE|NO_CONFIG|KEYRING_PROVIDER|TORCH_BACKEND)/i,
  );
  return withVariables(kept, { UV_CONFIG_FILE: temporary.write("uv-public.toml", text) });
}

/** An audit would send the name of everything that is installed. Locked addresses of another registry stay what they are: what is locked there may be private. */
function publicNpm(env: Environment, url: string, names: readonly string[]): Record<string, string> {
  const scopes = new Set(names.flatMap((it) => /^(@[^/]+)\//.exec(it)?.[1] ?? []));
  return withVariables(without(env, /^npm_config_(?:registry|@.+:registry|\/\/.*)$/i), {
    npm_config_registry: url,
    npm_config_replace_registry_host: "npmjs",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    ...Object.fromEntries([...scopes].map((it) => [`npm_config_${it}:registry`, url])),
  });
}

function withoutIndexes({
  index: _index,
  "index-url": _main,
  "extra-index-url": _extra,
  "torch-backend": _torch,
  ...table
}: TomlTable): TomlTable {
  const local = listOf(table["find-links"]).filter((it) => typeof it === "string" && !isRemote(it));
  const pip = isTable(table.pip) ? { pip: withoutIndexes(table.pip) } : {};
  return { ...table, ...pip, ...(table["find-links"] === undefined ? {} : { "find-links": local }) };
}

/** Variables cannot empty a list that a file names, so what the files say otherwise becomes variables and the files are not read. */
function publicPip({ settings }: PipConfiguration, env: Environment, url: string): Record<string, string> {
  const kept = [...settings].flatMap(([key, { value }]): [string, string][] => {
    const name = `PIP_${key.toUpperCase().replaceAll("-", "_")}`;
    const others =
      key === "find-links"
        ? value
            .split(/\s+/)
            .filter((it) => !isRemote(it))
            .join(" ")
        : value;
    return env[name] === undefined && others !== "" ? [[name, others]] : [];
  });
  const indexes = /^PIP_(?:INDEX_URL|PYPI_URL|EXTRA_INDEX_URL|NO_INDEX|KEYRING_PROVIDER)$/i;
  const mine = without({ ...Object.fromEntries(kept), ...env }, indexes);
  const findLinks = env.PIP_FIND_LINKS?.split(/\s+/)
    .filter((it) => !isRemote(it))
    .join(" ");
  return withVariables(mine, {
    ...(findLinks === undefined ? {} : { PIP_FIND_LINKS: findLinks }),
    PIP_CONFIG_FILE: process.platform === "win32" ? "nul" : "/dev/null",
    PIP_INDEX_URL: url,
  });
}

const isRemote = (address: string) => /^https?:/i.test(address);

const without = (env: Environment, names: RegExp): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.test(name)));
