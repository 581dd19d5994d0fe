/** Addresses of indexes, with and without credentials. */
import type { Credential } from "../package-index.ts";

const userInfo = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#\s]*)@/i;

/** An address as written but for user name and password, and these. A user name alone stands for nothing that we have: a keyring is asked for the rest. */
export function splitAddress(address: string): { url: string; credential?: Credential } {
  const [whole, scheme = "", user = ""] = userInfo.exec(address) ?? [];
  if (whole === undefined) return { url: address };
  const url = scheme + address.slice(whole.length);
  const colon = user.indexOf(":");
  if (colon < 0) return { url };
  return { url, credential: { username: decoded(user.slice(0, colon)), secret: decoded(user.slice(colon + 1)) } };
}

/** With a user name, and with a password where one is given. */
export function addressWith(url: string, username: string, secret?: string): string {
  const user = encodeURIComponent(username) + (secret === undefined ? "" : `:${encodeURIComponent(secret)}`);
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)/i, (scheme) => `${scheme}${user}@`);
}

/** Any text with what stands in addresses as a password. */
export const holdsPassword = (text: string): boolean => /[a-z][a-z0-9+.-]*:\/\/[^/?#\s@:]*:[^/?#\s]+@/i.test(text);

/** Equal for addresses that tools take for the same index. */
export const addressKey = (address: string): string => splitAddress(address).url.replace(/\/+$/, "").toLowerCase();

/** `https://pkgs.example.com/team/simple/` → `pkgs-example-com-team`; other than the names that are taken. */
export function nameOf(url: string, taken: ReadonlySet<string> = new Set()): string {
  const plain = url
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/\/(?:\+?simple)?\/*$/, "")
    .replace(/[^a-z0-9]+/gi, "-");
  const name = plain.replace(/^-|-$/g, "").toLowerCase() || "index";
  for (let more = 1; ; more++) {
    const candidate = more === 1 ? name : `${name}-${more}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
