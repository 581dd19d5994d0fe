/** How Go is given credentials: it asks the cockpit, anew each time (`go help goauth`, since Go 1.24). */
import type { Variables } from "../environment.ts";
import { fromLogin } from "../indexes/configured.ts";
import type { GoConfiguration } from "../indexes/go.ts";
import type { Credential } from "../package-index.ts";

export function goVariables(
  { indexes, auth }: GoConfiguration,
  credentials: ReadonlyMap<string, Credential>,
  cockpit: readonly string[],
): Variables {
  const named = indexes.filter((it) => it.from === fromLogin).map((it) => it.url);
  const proxies: Variables = named.length > 0 ? { GOPROXY: named.join(",") } : {};
  // Who wrote `off` wants no credentials sent.
  if (auth === "off" || !indexes.some((it) => credentials.has(it.url))) return proxies;
  return { ...proxies, GOAUTH: `${auth}; ${[...cockpit, "auth", "go"].map(quoted).join(" ")}` };
}

/** As Go splits a command: quotes that hold no quote of their kind. */
const quoted = (word: string) => (/[\s'"]/.test(word) ? (word.includes("'") ? `"${word}"` : `'${word}'`) : word);

/** What `GOAUTH` expects: addresses, an empty line, headers, an empty line. */
export function goAnswer(credentials: Iterable<readonly [string, Credential]>): string {
  return [...credentials].map(([url, { username, secret }]) => `${url}\n\nAuthorization: ${authorization(username, secret)}\n\n`).join("");
}

const authorization = (username: string, secret: string) =>
  username === "" ? `Bearer ${secret}` : `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`;
