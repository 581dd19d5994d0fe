/**
 * Real code to measure on: the packages that `corpus.json` pins, from PyPI, npm and the Go module proxy, laid out as one folder a package
 * under `test/.cache/corpus`. Nothing of them is committed.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

const run = promisify(execFile);
const cache = join(import.meta.dirname, "../.cache");
const corpusSchema = z.strictObject({
  pypi: z.record(z.string(), z.string()),
  npm: z.record(z.string(), z.string()),
  go: z.record(z.string(), z.string()),
  /** Python packages in whose files statements often share a line. No part of the corpus: they would shift what it is made of. */
  oneLiners: z.record(z.string(), z.string()),
});

const pins = async () => corpusSchema.parse(JSON.parse(await readFile(join(import.meta.dirname, "corpus.json"), "utf8")));

/** Downloads what is missing and returns the absolute path of the corpus. Needs pip, npm and go on the PATH. */
export async function corpus(): Promise<string> {
  const pinned = await pins();
  const folder = join(cache, "corpus");
  for (const [name, version] of Object.entries(pinned.pypi)) await once(folder, `py/${name}-${version}`, (to) => wheel(name, version, to));
  for (const [name, version] of Object.entries(pinned.npm))
    await once(folder, `npm/${name.replace("/", "+")}-${version}`, (to) => tarball(name, version, to));
  for (const [path, version] of Object.entries(pinned.go))
    await once(folder, `go/${path.replaceAll("/", "+")}-${version}`, (to) => goModule(path, version, to));
  return folder;
}

/** The same for the packages with one-liners, in a folder of their own. Needs pip on the PATH. */
export async function oneLiners(): Promise<string> {
  const folder = join(cache, "one-liners");
  for (const [name, version] of Object.entries((await pins()).oneLiners))
    await once(folder, `${name}-${version}`, (to) => wheel(name, version, to));
  return folder;
}

/** Fills `folder/name` by `fill`, which gets a folder that becomes the real one only when it is complete. */
async function once(folder: string, name: string, fill: (to: string) => Promise<void>) {
  const done = join(folder, name);
  if (await exists(done)) return;
  console.error(`fetching ${name}`);
  const partial = join(cache, "partial");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await fill(partial);
  await mkdir(join(done, ".."), { recursive: true });
  await rename(partial, done);
}

async function wheel(name: string, version: string, to: string) {
  const downloads = join(cache, "wheels");
  await rm(downloads, { recursive: true, force: true });
  await run("python3", [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    "--dest",
    downloads,
    `${name}==${version}`,
  ]);
  const script = "import glob, sys, zipfile\nfor it in glob.glob(sys.argv[1] + '/*.whl'): zipfile.ZipFile(it).extractall(sys.argv[2])";
  await run("python3", ["-c", script, downloads, to]);
}

/** What a package's build wrote: not code that anybody edits. */
const compiled = ["*.js", "*.mjs", "*.cjs", "*.map", "*.d.ts", "*.d.mts", "*.d.cts"];

async function tarball(name: string, version: string, to: string) {
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", to, `${name}@${version}`]);
  const file = join(to, stdout.trim().split("\n").at(-1) ?? "");
  await run("tar", ["-xzf", file, "-C", to, "--strip-components=1", ...compiled.map((it) => `--exclude=${it}`)]);
  await rm(file);
}

async function goModule(path: string, version: string, to: string) {
  const environment = { ...process.env, GOMODCACHE: join(cache, "go"), GOFLAGS: "-modcacherw", GO111MODULE: "on" };
  const { stdout } = await run("go", ["mod", "download", "-json", `${path}@${version}`], { env: environment, cwd: cache });
  const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(stdout));
  await cp(Dir, to, { recursive: true });
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

if (import.meta.main) console.log(await corpus());
