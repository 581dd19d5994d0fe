/** Names of packages as indexes compare them, and the public indexes that they may be public on. */
import type { Format } from "../../protocol/auth.ts";
import { normalized } from "../../scaffold/manifests/requirements.ts";

/** What a retry can be made with; Go falls back by itself (`GOPROXY`). */
export type RetryFormat = Exclude<Format, "go">;

export type Environment = Readonly<Record<string, string | undefined>>;

/** PEP 503 for Python; npm compares names as they are. */
export const canonical = (name: string, format: Format): string => (format === "pypi" ? normalized(name) : name);

/** Where a retry goes. The variables name a house's own mirror of it. */
export function publicIndex(format: RetryFormat, env: Environment): string {
  return format === "pypi"
    ? env.COCKPIT_PUBLIC_PYPI || "https://pypi.org/simple"
    : withSlash(env.COCKPIT_PUBLIC_NPM || "https://registry.npmjs.org/");
}

/** Whether an address is of the public index: the index itself, or a file that it serves. */
export function isPublicOrigin(url: string, format: Format, env: Environment): boolean {
  if (format === "go") return isBelow(url, "https://proxy.golang.org/");
  return [...homes[format], publicIndex(format, env)].some((it) => isBelow(url, it));
}

/** Whether what is asked there is seen by a public index, whatever way leads to it: also the names by which nobody would call a package public. */
export function isEverybodys(url: string, env: Environment): boolean {
  const host = URL.parse(url)?.hostname.replace(/\.$/, "");
  const isPublic = (format: Format) => isPublicOrigin(url, format, env);
  return host !== undefined && (publicHosts.has(host) || isPublic("pypi") || isPublic("npm"));
}

const publicHosts = new Set([
  "pypi.org",
  "www.pypi.org",
  "pypi.python.org",
  "test.pypi.org",
  "files.pythonhosted.org",
  "registry.npmjs.org",
  "registry.npmjs.com",
  "registry.yarnpkg.com",
  "registry.npmmirror.com",
  "proxy.golang.org",
]);

const homes: Record<RetryFormat, readonly string[]> = {
  pypi: ["https://pypi.org/simple", "https://files.pythonhosted.org/"],
  npm: ["https://registry.npmjs.org/"],
};

/** By parsed addresses, so that neither a user name nor a longer host passes for another. */
function isBelow(url: string, home: string): boolean {
  const [a, b] = [URL.parse(url), URL.parse(home)];
  return a !== null && b !== null && a.username === "" && a.origin === b.origin && withSlash(a.pathname).startsWith(withSlash(b.pathname));
}

const withSlash = (text: string) => (text.endsWith("/") ? text : `${text}/`);
