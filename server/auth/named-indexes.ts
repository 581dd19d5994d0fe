/** Indexes that a person names by their address when he logs in. */
import type { Format } from "../protocol/auth.ts";
import { AuthError, type LoginIndex } from "./identity.ts";
import { isPrivate } from "./provider-of.ts";

/** One for each address and each of `serves`; where that is empty, for what the address says. Throws an AuthError for an address that no token may be sent to. */
export function namedIndexes(urls: readonly string[], serves: readonly Format[]): LoginIndex[] {
  const named = urls.flatMap((given) => {
    const url = checked(given);
    return (serves.length > 0 ? serves : [formatOf(url)]).map((format) => ({ name: nameOf(url), url: url.href, format }));
  });
  return named.map((it, i) => ({ ...it, name: unique(it, named.slice(0, i)) }));
}

function checked(given: string): URL {
  if (!URL.canParse(given)) throw new AuthError(`${JSON.stringify(given)} is no address; write --index https://…`);
  const url = new URL(given);
  if (url.username || url.password)
    throw new AuthError("an --index address holds a user name or password; leave it out, this login takes its place");
  if (!isPrivate(url))
    throw new AuthError(`${url.host} would be sent a token that everybody on the way can read; name an https:// address`);
  return url;
}

/** Artifact Registry says it in the host, CodeArtifact and Azure Artifacts in the path. */
function formatOf({ hostname, pathname }: URL): Format {
  if (/-npm\.pkg\.dev$/.test(hostname) || /\/npm(?:\/|$)/.test(pathname)) return "npm";
  return /-go\.pkg\.dev$/.test(hostname) ? "go" : "pypi";
}

/** The last word of the path that tells one index from another; what uv takes as a name. */
function nameOf({ hostname, pathname }: URL): string {
  const words = pathname.split("/").filter((it) => it !== "" && !/^(?:simple|pypi|npm|registry|_packaging)$/.test(it));
  return (words.at(-1) ?? hostname).replace(/[^\w.-]+/g, "-").replace(/^[^\w]+|[^\w]+$/g, "") || "index";
}

/** Among the indexes of a tool. */
function unique({ name, format }: LoginIndex, before: readonly LoginIndex[]): string {
  const same = before.filter((it) => it.name === name && it.format === format).length;
  return same === 0 ? name : `${name}-${same + 1}`;
}
