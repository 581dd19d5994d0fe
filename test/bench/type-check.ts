/** What `tsc --strict` says of real TypeScript before and after its fixes, with the packages that it imports beside it. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { complaintsOf, strictOptions } from "../tools/tsc.ts";

const run = promisify(execFile);
const cache = join(import.meta.dirname, "../.cache");

export interface Fixed {
  /** Relative to the folders that are compared. */
  path: string;
  before: string;
  after: string;
}

export interface TypeVerdict {
  files: number;
  /** Files that have no error before their fix. */
  clean: number;
  /** Errors that are new after it, `path: error …`. */
  added: string[];
  /** Files among the clean ones in whose inserted attribute a planted error goes unseen: they are not really checked. */
  blind: string[];
}

export interface TypeCheck {
  /** Packages that the fixed files need besides those that they imported before. */
  packages?: readonly string[];
  /** Names `planted` where a fix has added something. */
  plant(text: string): string;
}

/** Compares the errors of the fixed files in `home/before` and `home/after`, which hold them among their neighbours. */
export async function checkTypes(home: string, fixed: readonly Fixed[], { packages, plant }: TypeCheck): Promise<TypeVerdict> {
  const paths = fixed.map(({ path }) => path);
  await symlink(await typesFor(join(home, "before"), fixed, packages ?? []), join(home, "node_modules"));
  const before = await errorsIn(join(home, "before"), paths);
  const after = await errorsIn(join(home, "after"), paths);
  for (const { path, after: text } of fixed) await replaceFile(join(home, "after", path), plant(text));
  const withPlanted = await errorsIn(join(home, "after"), paths);
  const clean = paths.filter((it) => !before.has(it));
  return {
    files: paths.length,
    clean: clean.length,
    added: paths.flatMap((path) => added(before.get(path) ?? [], after.get(path) ?? []).map((it) => `${path}: ${it}`)),
    blind: clean.filter((it) => !withPlanted.get(it)?.some((message) => message.includes(planted))),
  };
}

/** What a planted error is about. */
export const planted = "notDeclaredAnywhere";

/** A file that is a hard link is replaced, not written through. */
export async function replaceFile(path: string, text: string) {
  await rm(path, { force: true });
  await writeFile(path, text);
}

/** Those of `after` that `before` has not, each as often as it is more. */
function added(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before];
  return after.filter((it) => {
    const at = left.indexOf(it);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Messages by path, of the files alone that have any. Each package is checked by itself, as it would be at home. */
async function errorsIn(folder: string, paths: readonly string[]): Promise<Map<string, string[]>> {
  const errors = new Map<string, string[]>();
  const packages = paths.map((it) => packageOf(folder, it));
  for (const [home, own] of Map.groupBy(paths.keys(), (i) => packages[i] ?? "")) {
    const wanted = new Set([...own].map((i) => paths[i] ?? ""));
    await replaceFile(join(folder, home, "tsconfig.json"), JSON.stringify(projectOf([...wanted].map((it) => relative(home, it)))));
    await replaceFile(join(folder, home, assets), 'declare module "*.css";\ndeclare module "*.svg";\ndeclare module "*.png";\n');
    for (const { path, message } of await complaintsOf(join(folder, home))) {
      const at = join(home, path);
      if (wanted.has(at)) errors.set(at, [...(errors.get(at) ?? []), message]);
    }
  }
  return errors;
}

const assets = "assets.d.ts";

/** Imports from `@/` and `~/` mean what they mean in most applications. */
const projectOf = (files: readonly string[]) => ({
  compilerOptions: {
    ...strictOptions,
    allowJs: true,
    types: ["node"],
    paths: { "@/*": ["./src/*", "./*", "./app/*"], "~/*": ["./src/*", "./*", "./app/*"] },
  },
  files: [...files, assets],
});

/** The nearest folder above `path` with a package.json, relative to `folder`. */
function packageOf(folder: string, path: string): string {
  for (let at = dirname(path); at !== "."; at = dirname(at)) if (existsSync(join(folder, at, "package.json"))) return at;
  return ".";
}

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});

/** A node_modules folder with what the fixed files import, in the versions that their packages ask for; kept between runs. */
async function typesFor(folder: string, fixed: readonly Fixed[], packages: readonly string[]): Promise<string> {
  const wanted: Record<string, string> = Object.fromEntries(packages.map((it) => [it, "*"]));
  for (const { path, before } of fixed) {
    const asked = await manifest(join(folder, packageOf(folder, path), "package.json"));
    for (const name of imported(before)) {
      const version = { ...asked?.peerDependencies, ...asked?.devDependencies, ...asked?.dependencies }[name];
      // A version within the workspace, or none: what is published.
      wanted[name] ??= version && /^[\^~]?\d/.test(version) ? version : "*";
    }
  }
  const home = join(
    cache,
    `types-${createHash("sha256")
      .update(JSON.stringify([sorted(wanted), always]))
      .digest("hex")
      .slice(0, 12)}`,
  );
  if (existsSync(home)) return join(home, "node_modules");
  const partial = join(cache, "types-partial");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const published = await Promise.all(Object.entries(wanted).map(async (it) => ((await versionOf(...it)) ? [it] : [])));
  await install(partial, { ...Object.fromEntries(published.flat()), ...always });
  await rename(partial, home);
  return join(home, "node_modules");
}

const always = { react: "19", "@types/react": "19", "react-dom": "19", "@types/react-dom": "19", "@types/node": "24" };

/** Empty when nothing is published. */
const versionOf = (name: string, range: string): Promise<string> =>
  run("npm", ["view", `${name}@${range}`, "version", "--loglevel", "error"]).then(
    ({ stdout }) => stdout.trim(),
    () => "",
  );

/** Where a package asks for a version of another that the registry has not, or not yet, the newest will do. */
async function install(folder: string, dependencies: Record<string, string>, overrides: Record<string, string> = {}): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies, overrides }));
  const refused = await run("npm", ["install", "--ignore-scripts", "--legacy-peer-deps", "--loglevel", "error"], {
    cwd: folder,
    maxBuffer: 1 << 26,
  }).then(
    () => undefined,
    (error: { stderr: string }) => error.stderr,
  );
  if (refused === undefined) return;
  const lacking = /No matching version found for (\S+)@/.exec(refused)?.[1];
  if (lacking === undefined || lacking in overrides) throw new Error(`the types of the fixed files cannot be installed: ${refused}`);
  const newest = await versionOf(lacking, "latest");
  await install(folder, lacking in dependencies ? { ...dependencies, [lacking]: newest } : dependencies, {
    ...overrides,
    [lacking]: newest,
  });
}

const sorted = (record: Record<string, string>) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Names of packages. */
function imported(text: string): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)].map(([, it = ""]) => it);
  return specifiers
    .flatMap((it) => /^(@[a-z0-9][\w.-]*\/[\w.-]+|[a-z0-9][\w.-]*)(?:\/|$)/.exec(it)?.[1] ?? [])
    .filter((it) => !["node", "node_modules"].includes(it));
}

async function manifest(path: string) {
  const text = await readFile(path, "utf8").catch(() => "{}");
  return manifestSchema.safeParse(JSON.parse(text)).data;
}
