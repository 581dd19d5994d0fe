/** The environment of a retry: the public index alone, whatever the configuration, and no credential of another. */
import type { Decision } from "./decide.ts";
import { type Environment, publicIndex, type RetryFormat } from "./names.ts";

/** A copy of `env` for one run. `names` are those that the retry may send. */
export function publicEnvironment(format: RetryFormat, { names }: Pick<Decision, "names">, env: Environment): Record<string, string> {
  const url = publicIndex(format, env);
  const own = Object.entries(env).filter(([name, value]) => value !== undefined && !replaced[format].test(name));
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, value ?? ""])),
    ...(format === "npm" ? npmVariables(url, names) : pythonVariables(url)),
  };
}

const replaced: Record<RetryFormat, RegExp> = {
  pypi: /^(?:UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|INDEX_.+_(?:USERNAME|PASSWORD)|FIND_LINKS|TORCH_BACKEND|CONFIG_FILE|KEYRING_PROVIDER)|PIP_(?:INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|KEYRING_PROVIDER))$/i,
  npm: /^npm_config_(?:registry|@.+:registry|.*_authtoken|replace_registry_host|audit|fund|update_notifier)$/i,
};

/** With UV_NO_CONFIG uv reads no index from pyproject.toml or uv.toml; a variable of pip's replaces what pip.conf says, so the extra index is the same one. */
const pythonVariables = (url: string) => ({ UV_DEFAULT_INDEX: url, UV_NO_CONFIG: "1", PIP_INDEX_URL: url, PIP_EXTRA_INDEX_URL: url });

/** An audit would send the name of everything that is installed. Locked addresses of the public registry are asked of the house's mirror of it. */
function npmVariables(url: string, names: readonly string[]): Record<string, string> {
  const scopes = new Set(names.flatMap((it) => /^(@[^/]+)\//.exec(it)?.[1] ?? []));
  return {
    npm_config_registry: url,
    npm_config_replace_registry_host: "npmjs",
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
    ...Object.fromEntries([...scopes].map((it) => [`npm_config_${it}:registry`, url])),
  };
}
