/** How npm is given credentials: a `.npmrc` that names variables where the person's own has secrets, and ours beside them. */
import { parse, stringify } from "ini";
import type { Variables } from "../environment.ts";
import { holdsPassword } from "../indexes/address.ts";
import { fromLogin } from "../indexes/configured.ts";
import { type NpmConfiguration, npmKey } from "../indexes/npm.ts";
import type { Credential, PackageIndex } from "../package-index.ts";
import type { Temporary } from "../temporary.ts";

export function npmVariables(
  { indexes, userText = "", unset }: NpmConfiguration,
  credentials: ReadonlyMap<string, Credential>,
  temporary: Temporary,
  isBrief: boolean,
): Variables {
  const wanted = indexes.filter((it) => credentials.has(it.url) || it.from === fromLogin);
  if (wanted.length === 0) return {};
  const secrets: string[] = [];
  const inVariable = (secret: string) => `\${COCKPIT_NPM_${secrets.push(secret)}}`;
  const own = withoutSecrets(parse(userText), inVariable);
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
    ...Object.fromEntries(secrets.map((secret, i) => [`COCKPIT_NPM_${i + 1}`, secret])),
  };
}

/** A project's `.npmrc` wins over the user's, a variable of this name over both. Shells drop such variables, so only npm itself can be given one. */
function overruling(unset: ReadonlySet<string>, wanted: readonly PackageIndex[], credentials: ReadonlyMap<string, Credential>): Variables {
  const tokens = wanted.flatMap(({ url }): [string, string][] => {
    const secret = credentials.get(url)?.secret;
    const above = [...unset].filter((it) => `${npmKey(url)}:_authToken`.startsWith(it.slice(0, it.lastIndexOf(":"))));
    return secret === undefined ? [] : above.map((it) => [`npm_config_${it}`, secret]);
  });
  return Object.fromEntries(tokens);
}

/** Every value that is a secret or holds one stands in a variable. What names variables already is left as it is. */
function withoutSecrets(settings: Record<string, unknown>, inVariable: (secret: string) => string): Record<string, unknown> {
  const hidden = (key: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((it) => hidden(key, it));
    if (typeof value !== "string" || value.includes("${")) return value;
    return isSecret.test(key) || holdsPassword(value) ? inVariable(value) : value;
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, hidden(key, value)]));
}

const isSecret = /(?:^|:)(?:_authToken|_auth|_password|key|otp)$/i;
