/** How npm is given credentials: a `.npmrc` that names variables where the person's own has secrets, and ours beside them. */
import { parse, stringify } from "ini";
import type { Variables } from "../environment.ts";
import { holdsPassword } from "../indexes/address.ts";
import { fromLogin } from "../indexes/configured.ts";
import type { Environment } from "../indexes/machine.ts";
import { type NpmConfiguration, npmKey, replaceVariables } from "../indexes/npm.ts";
import type { Credential, PackageIndex } from "../package-index.ts";
import type { Temporary } from "../temporary.ts";

export interface NpmOptions {
  temporary: Temporary;
  env: Environment;
  isBrief: boolean;
  /** A project's `.npmrc` may name any variable in any address: it must not know these. */
  secretName(number: number): string;
}

export function npmVariables(
  { indexes, userText = "", unset }: NpmConfiguration,
  credentials: ReadonlyMap<string, Credential>,
  { temporary, env, isBrief, secretName }: NpmOptions,
): Variables {
  const wanted = indexes.filter((it) => credentials.has(it.url) || it.from === fromLogin);
  if (wanted.length === 0) return {};
  const secrets: string[] = [];
  const inVariable = (secret: string) => `\${${secretName(secrets.push(secret))}}`;
  const own = withoutSecrets(parse(userText), env, inVariable);
  const tokens = wanted.flatMap(({ url }): [string, string][] => {
    const credential = credentials.get(url);
    return credential ? [[`${npmKey(url)}:_authToken`, inVariable(credential.secret)]] : [];
  });
  const main = wanted.find((it) => it.isDefault && it.from === fromLogin);
  const settings = { ...own, ...(main ? { registry: main.url } : {}), ...Object.fromEntries(tokens) };
  const file = temporary.write("npmrc", stringify(settings, { platform: "linux" }));
  return {
    NPM_CONFIG_USERCONFIG: file,
    ...(isBrief ? overruling(unset, wanted, credentials) : {}),
    ...Object.fromEntries(secrets.map((secret, i) => [secretName(i + 1), secret])),
  };
}

/** A project's `.npmrc` wins over the user's, a variable of this name over both. Shells drop such variables, so only npm itself can be given one. */
function overruling(unset: ReadonlySet<string>, wanted: readonly PackageIndex[], credentials: ReadonlyMap<string, Credential>): Variables {
  const tokens = wanted.flatMap(({ url }): [string, string][] => {
    const secret = credentials.get(url)?.secret;
    const above = [...unset].filter((it) => npmKey(url).startsWith(`${it.slice(0, it.lastIndexOf(":")).replace(/\/$/, "")}/`));
    return secret === undefined ? [] : above.map((it) => [`npm_config_${it}`, secret]);
  });
  return Object.fromEntries(tokens);
}

/** Every value that is a secret or holds one stands in a variable. What is a variable's name and nothing else is left as it is. */
function withoutSecrets(
  settings: Record<string, unknown>,
  env: Environment,
  inVariable: (secret: string) => string,
): Record<string, unknown> {
  const hidden = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((it) => hidden(key, it));
    if (typeof value !== "string" || /^\$\{[^${}]+\}$/.test(value)) return value;
    return isSecret.test(key) || holdsPassword(value) ? inVariable(replaceVariables(value, env)) : value;
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, hidden(key, value)]));
}

const isSecret = /(?:^|:)(?:_authToken|_auth|_password|key|otp)$/i;
