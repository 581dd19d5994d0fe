/** Whose credential an index takes. A credential goes to no other host: a repository's own files can never name one. */
import { isIPv4 } from "node:net";
import type { Provider } from "../protocol/auth.ts";

/** An address that a person named himself when he logged in. */
export interface TrustedIndex {
  url: string;
  provider: Provider;
}

/** By the host of its address, else by an address in `trusted` that it is or lies below; undefined when nobody's credential may go there. */
export function providerOf(url: string, trusted: readonly TrustedIndex[] = []): Provider | undefined {
  const parsed = plainAddress.test(url) ? URL.parse(url) : null;
  if (!parsed) return undefined;
  return byHost(parsed) ?? trusted.find((it) => isBelow(parsed, it.url))?.provider;
}

/** As every tool reads it: about user names, backslashes and other alphabets their readers of addresses disagree, and so about the host. */
const plainAddress = /^https?:\/\/(?:[a-z0-9.-]+|\[::1\])(?::\d+)?(?:[/?#][!-[\]-~]*)?$/i;

function byHost({ protocol, hostname, port }: URL): Provider | undefined {
  if (protocol !== "https:" || port !== "") return undefined;
  if (hostname.endsWith(".pkg.dev")) return "google";
  if (codeArtifactHost.test(hostname)) return "aws";
  return hostname === "pkgs.dev.azure.com" || hostname.endsWith(".pkgs.visualstudio.com") ? "azure" : undefined;
}

/** https://docs.aws.amazon.com/codeartifact/latest/ug/python-configure-pip.html */
const codeArtifactHost = /^(?<domain>[a-z][a-z0-9-]*)-(?<owner>\d{12})\.d\.codeartifact\.(?<region>[a-z0-9-]+)\.amazonaws\.com$/;

/** What the host of a CodeArtifact index says; undefined for any other. */
export function codeArtifactOf(url: string): { domain: string; owner: string; region: string } | undefined {
  const { domain, owner, region } = (URL.canParse(url) ? codeArtifactHost.exec(new URL(url).hostname)?.groups : undefined) ?? {};
  return domain && owner && region ? { domain, owner, region } : undefined;
}

function isBelow({ origin, pathname }: URL, trusted: string): boolean {
  if (!URL.canParse(trusted)) return false;
  const above = new URL(trusted);
  return origin === above.origin && withSlash(pathname).startsWith(withSlash(above.pathname)) && isPrivate(above);
}

const withSlash = (path: string) => (path.endsWith("/") ? path : `${path}/`);

/** Whether nobody on the way can read what is sent there: encrypted, or never leaving this machine. */
export function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

const isLoopback = (hostname: string) =>
  hostname === "localhost" || hostname === "[::1]" || (isIPv4(hostname) && hostname.startsWith("127."));
