/** One requirement as pip and uv take it: https://packaging.python.org/en/latest/specifications/dependency-specifiers/ */
import { canonical } from "./names.ts";

export type Requirement =
  /** Looked up in an index. */
  | { name: string }
  /** A file or folder of this machine. */
  | { path: string }
  /** Fetched from an address: what it needs in turn is not known here. */
  | { url: string };

/** `undefined` for what is none of them. */
export function readRequirement(text: string): Requirement | undefined {
  const trimmed = text.trim();
  const address = /^(?:[A-Za-z0-9._-]+\s*(?:\[[^\]]*\])?\s*@\s*)?((?:\w+\+)?[a-z]{2,}:\/\/\S+|file:\S+)/i.exec(trimmed)?.[1];
  if (address !== undefined) return address.startsWith("file:") ? { path: fileOf(address) } : { url: withoutSecrets(address) };
  const path = withoutExtras(trimmed);
  if (/^\.{0,2}[/\\]|^\.{1,2}$|^[A-Za-z]:[\\/]|[/\\]/.test(path) || /\.(?:whl|zip|tar\.(?:gz|bz2|xz|zst)|tgz)$/i.test(path))
    return { path };
  const name = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:$|[[(<>=!~;])/.exec(trimmed)?.[1];
  return name === undefined ? undefined : { name: canonical(name, "pypi") };
}

const withoutExtras = (text: string) => text.replace(/\s*(?:;.*)?$/s, "").replace(/\[[^\]]*\]$/, "");

const fileOf = (address: string) => decodeURIComponent(address.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, "").replace(/[#?].*$/, ""));

/** An address may hold a token; reasons are shown. */
const withoutSecrets = (address: string): string => address.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/, "");
