/** What lock files pin: each package's name, where it came from and whether by hash. */
import { basename } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import { canonical } from "./names.ts";

export interface Pin {
  name: string;
  /** Part of the workspace itself: no index is asked for it. */
  local: boolean;
  hashed: boolean;
  /** Address of the index or of the file; absent when the lock does not tell. */
  origin?: string;
  /** It comes from a repository or an address that is no index. */
  elsewhere?: string;
}

export const isLock = (path: string): boolean => readerOf(path) !== undefined;

/** Throws when the text is not what the file's name says. */
export function readLock(path: string, text: string): Pin[] {
  return readerOf(path)?.(text) ?? [];
}

function readerOf(path: string): ((text: string) => Pin[]) | undefined {
  const name = basename(path);
  return /^pylock(?:\.[^.]+)?\.toml$/.test(name) ? readPylock : readers[name];
}

const readers: Record<string, (text: string) => Pin[]> = {
  "uv.lock": readUvLock,
  "poetry.lock": readPoetryLock,
  "package-lock.json": readPackageLock,
  "npm-shrinkwrap.json": readPackageLock,
};

const text = z.string();
const hashedFile = z.object({ hash: text.optional(), url: text.optional() });
const uvLock = z.object({
  package: z
    .array(
      z.object({
        name: text,
        source: z.record(text, z.unknown()).default({}),
        sdist: hashedFile.optional(),
        wheels: z.array(hashedFile).default([]),
      }),
    )
    .default([]),
});

/** https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile */
function readUvLock(content: string): Pin[] {
  return uvLock.parse(parseToml(content)).package.map(({ name, source, sdist, wheels }) => {
    const files = [...(sdist ? [sdist] : []), ...wheels];
    const pin = { name: canonical(name, "pypi"), local: false, hashed: files.length > 0 && files.every((it) => it.hash !== undefined) };
    if (typeof source.registry === "string") return { ...pin, origin: source.registry };
    const elsewhere = source.git ?? source.url;
    return elsewhere === undefined ? { ...pin, local: true } : { ...pin, elsewhere: String(elsewhere) };
  });
}

const pylockFile = z.object({ url: text.optional(), hashes: z.record(text, text).default({}) });
const pylock = z.object({
  packages: z
    .array(
      z.object({
        name: text,
        index: text.optional(),
        vcs: z.object({ url: text.optional() }).optional(),
        archive: pylockFile.optional(),
        directory: z.unknown().optional(),
        sdist: pylockFile.optional(),
        wheels: z.array(pylockFile).default([]),
      }),
    )
    .default([]),
});

/** https://packaging.python.org/en/latest/specifications/pylock-toml/ */
function readPylock(content: string): Pin[] {
  return pylock.parse(parseToml(content)).packages.map(({ name, index, vcs, archive, directory, sdist, wheels }) => {
    const files = [...(sdist ? [sdist] : []), ...wheels];
    const pin = {
      name: canonical(name, "pypi"),
      local: directory !== undefined,
      hashed: files.length > 0 && files.every((it) => Object.keys(it.hashes).length > 0),
    };
    const elsewhere = vcs ?? archive;
    if (elsewhere) return { ...pin, elsewhere: elsewhere.url ?? "an archive" };
    return withOrigin(pin, index ?? commonHost(files.map((it) => it.url)));
  });
}

const poetryLock = z.object({
  package: z
    .array(
      z.object({
        name: text,
        files: z.array(hashedFile).default([]),
        source: z.object({ type: text.optional(), url: text.optional() }).optional(),
      }),
    )
    .default([]),
});

/** Poetry writes a source for everything that is not from PyPI: https://python-poetry.org/docs/repositories/ */
function readPoetryLock(content: string): Pin[] {
  return poetryLock.parse(parseToml(content)).package.map(({ name, files, source }) => {
    const hashed = files.length > 0 && files.every((it) => it.hash !== undefined);
    const pin = { name: canonical(name, "pypi"), local: source?.type === "directory", hashed };
    if (!source) return { ...pin, origin: "https://pypi.org/simple" };
    if (source.type === "legacy") return withOrigin(pin, source.url);
    return pin.local ? pin : { ...pin, elsewhere: source.url ?? "its own source" };
  });
}

const npmEntry = z.object({
  name: text.optional(),
  version: text.optional(),
  resolved: text.optional(),
  integrity: text.optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  bundled: z.boolean().optional(),
});
type NpmEntry = z.infer<typeof npmEntry>;
const npmLock = z.object({ packages: z.record(text, npmEntry).optional(), dependencies: z.record(text, z.unknown()).optional() });
const oldEntry = npmEntry.extend({ dependencies: z.record(text, z.unknown()).optional() });

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
function readPackageLock(content: string): Pin[] {
  const { packages, dependencies } = npmLock.parse(JSON.parse(content));
  if (!packages) return oldPins(dependencies ?? {});
  return Object.entries(packages).flatMap(([path, entry]) => {
    const installed = path.split("node_modules/").at(-1);
    return path.includes("node_modules/") && installed ? npmPins(entry.name ?? installed, entry) : [];
  });
}

function oldPins(dependencies: Record<string, unknown>): Pin[] {
  return Object.entries(dependencies).flatMap(([installed, value]) => {
    const entry = oldEntry.parse(value);
    const alias = /^npm:(@?[^@]+)@/.exec(entry.version ?? "")?.[1];
    return [...npmPins(alias ?? installed, entry), ...oldPins(entry.dependencies ?? {})];
  });
}

/** What is bundled comes inside of another package's file. */
function npmPins(name: string, { resolved, integrity, link, inBundle, bundled }: NpmEntry): Pin[] {
  if (inBundle || bundled) return [];
  const pin = { name, local: link === true || resolved?.startsWith("file:") === true, hashed: integrity !== undefined };
  if (pin.local || resolved === undefined) return [pin];
  return [/^https?:/.test(resolved) ? { ...pin, origin: resolved } : { ...pin, elsewhere: resolved }];
}

const withOrigin = (pin: Pin, origin: string | undefined): Pin => (origin === undefined ? pin : { ...pin, origin });

/** The one host that all files are on. */
function commonHost(urls: readonly (string | undefined)[]): string | undefined {
  const [first, ...more] = urls.map((it) => URL.parse(it ?? "")?.origin);
  return first !== undefined && more.every((it) => it === first) ? `${first}/` : undefined;
}
