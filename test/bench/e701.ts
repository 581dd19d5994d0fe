/**
 * The E70x rules on real Python: the standard library of `python3`, the corpus, and packages with many one-liners. Verdicts are compared with ruff's and
 * pycodestyle's line by line, what `cockpit fix` writes with autopep8's, and the fixed program with the original by Python's own `ast`.
 * `npm run bench -- e701`; exits with 1 when the fix falls short.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { structuredPatch } from "diff";
import * as z from "zod";
import { defaultConfig, type EngineConfig } from "../../server/engine/config.ts";
import type { Engine } from "../../server/engine/engine.ts";
import { aloneInTheWorld } from "../../server/engine/workspace.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { samePrograms } from "../tools/cpython.ts";
import { pythonTools } from "../tools/python.ts";
import { corpus, oneLiners } from "./corpus.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../..");
const all = ["E701", "E702", "E703"];

interface Source {
  path: string;
  text: string;
}

/** Output of a command whose exit code says that it found something. */
async function output(command: string, args: readonly string[]): Promise<string> {
  return run(command, [...args], { maxBuffer: 1e9 }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string; code?: number }) => {
      if (error.code === 1) return error.stdout ?? "";
      throw error;
    },
  );
}

async function standardLibrary(): Promise<string> {
  const { stdout } = await run("python3", ["-c", "import sysconfig; print(sysconfig.get_paths()['stdlib'])"]);
  return stdout.trim();
}

/** Python files that are valid UTF-8, with paths relative to `to`, where they are copied to. */
async function collect(to: string): Promise<Source[]> {
  const sources: Source[] = [];
  const folders: [string, string][] = [
    ["stdlib", await standardLibrary()],
    ["corpus", join(await corpus(), "py")],
    ["one-liners", await oneLiners()],
  ];
  for (const [name, folder] of folders)
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".py") || entry.parentPath.includes("site-packages")) continue;
      const from = join(entry.parentPath, entry.name);
      const path = join(name, relative(folder, from));
      const bytes = await readFile(from);
      const text = bytes.toString("utf8");
      if (!Buffer.from(text).equals(bytes)) continue;
      await mkdir(dirname(join(to, path)), { recursive: true });
      await cp(from, join(to, path));
      sources.push({ path, text });
    }
  return sources;
}

const place = (path: string, row: number, column: number, code: string) => `${path}:${row}:${column} ${code}`;

const ruffReport = z.array(
  z.object({ filename: z.string(), code: z.string().nullable(), location: z.object({ row: z.number(), column: z.number() }) }),
);

/** `strict` overlooks comments that silence findings. */
async function ruff(bin: string, folder: string, codes: readonly string[], strict: boolean) {
  const text = await output(join(bin, "ruff"), [
    "check",
    "--isolated",
    "--no-cache",
    ...(strict ? ["--ignore-noqa"] : []),
    "--select",
    codes.join(),
    "--output-format",
    "json",
    folder,
  ]);
  const broken = new Set<string>();
  const places = new Set<string>();
  for (const { filename, code, location } of ruffReport.parse(JSON.parse(text))) {
    const path = relative(folder, filename);
    if (code === null || code === "invalid-syntax") broken.add(path);
    else places.add(place(path, location.row, location.column, code));
  }
  return { places, broken };
}

async function pycodestyle(bin: string, folder: string) {
  const parts = (
    await Promise.all((await readdir(folder)).map(async (it) => (await readdir(join(folder, it))).map((part) => join(folder, it, part))))
  ).flat();
  // It has no threads of its own.
  const halves = [parts.filter((_, i) => i % 2 === 0), parts.filter((_, i) => i % 2 === 1)];
  const options = ["--select", all.join(), "--max-line-length", "1000"];
  const text = (await Promise.all(halves.map((half) => output(join(bin, "pycodestyle"), [...options, ...half])))).join("\n");
  return new Set(
    [...text.matchAll(/^(.*):(\d+):(\d+): (E70[123])/gm)].map(([, path = "", row, column, code = ""]) =>
      place(relative(folder, path), Number(row), Number(column), code),
    ),
  );
}

/** Our verdicts without suppressions, placed as the tools place them. */
async function ours(engine: Engine, sources: readonly Source[], e70: EngineConfig["e70"]) {
  const places = new Set<string>();
  for (const { path, text } of sources) {
    for (const it of await engine.analyze(
      { path, language: "python", text: text.replaceAll(/noqa/gi, "noQ_") },
      { config: { ...defaultConfig, e70 }, only: new Set(all) },
    )) {
      const before = text.slice(text.startsWith("\ufeff") ? 1 : 0, it.start).split(/\r\n|\n|\r/);
      places.add(place(path, before.length, [...(before.at(-1) ?? "")].length + 1, it.rule));
    }
  }
  return places;
}

/** Do the byte tests let every file with findings through, and how many more? Returns whether they miss one. */
async function measureByteTests(engine: Engine, sources: readonly Source[]): Promise<boolean> {
  const options = { config: defaultConfig, only: new Set(all) };
  const counted = { filesLetThrough: 0, filesWithFindings: 0, missed: [] as string[] };
  for (const { path, text } of sources) {
    const source = { path, language: "python" as const, text: text.replaceAll(/noqa/gi, "noQ_") };
    const passed = new Set(engine.candidates(Buffer.from(source.text).toString("latin1"), "python", options).map(({ meta }) => meta.id));
    const document = engine.open(source);
    const found = engine.rules
      .filter(({ meta }) => options.only.has(meta.id))
      .filter(
        ({ detect }) => detect({ file: source, facts: document.facts, config: defaultConfig, workspace: aloneInTheWorld }).length > 0,
      );
    document.close();
    if (passed.size > 0) counted.filesLetThrough++;
    if (found.length > 0) counted.filesWithFindings++;
    if (found.some(({ meta }) => !passed.has(meta.id))) counted.missed.push(path);
  }
  console.log("byte tests", counted);
  return counted.missed.length > 0;
}

/** Returns whether they differ. */
function compare(name: string, mine: ReadonlySet<string>, theirs: ReadonlySet<string>, left: (place: string) => boolean): boolean {
  const onlyMine = [...mine].filter((it) => !theirs.has(it) && left(it));
  const onlyTheirs = [...theirs].filter((it) => !mine.has(it) && left(it));
  const both = [...mine].filter((it) => theirs.has(it)).length;
  console.log(`${name}: ${both} agree, ${onlyMine.length} only ours, ${onlyTheirs.length} only theirs`);
  for (const it of [...onlyMine.slice(0, 8).map((at) => `  + ${at}`), ...onlyTheirs.slice(0, 8).map((at) => `  - ${at}`)]) console.log(it);
  return onlyMine.length + onlyTheirs.length > 0;
}

/** Lines that a unified diff marks. */
const changedLines = (before: string, after: string) =>
  structuredPatch("", "", before, after, "", "", { context: 0 }).hunks.reduce(
    (sum, hunk) => sum + hunk.lines.filter((it) => /^[+-]/.test(it)).length,
    0,
  );

interface Fixed {
  path: string;
  before: string;
  after: string;
}

/** Repairs the folder by the command itself. */
const cockpitFix = (folder: string, codes: readonly string[]) =>
  output(process.execPath, [
    join(repository, "dist/cockpit.mjs"),
    ...["fix", "--target", folder, "--apply", "--quiet"],
    ...codes.flatMap((it) => ["--rule", it]),
  ]);

/** The files that are no longer what `texts` says. */
async function changed(folder: string, texts: Iterable<[string, string]>): Promise<Fixed[]> {
  const fixed: Fixed[] = [];
  for (const [path, before] of texts) {
    const after = await readFile(join(folder, path), "utf8");
    if (after !== before) fixed.push({ path, before, after });
  }
  return fixed;
}

/** What autopep8 makes of the same files: lines changed, and places left for ruff. */
async function autopep8(bin: string, fixed: readonly Fixed[], codes: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), "autopep8-"));
  for (const { path, before } of fixed) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), before);
  }
  await run(join(bin, "autopep8"), ["--in-place", "--recursive", "--jobs", "2", "--select", codes.join(), home], { maxBuffer: 1e8 });
  let lines = 0;
  for (const { path, before } of fixed) lines += changedLines(before, await readFile(join(home, path), "utf8"));
  const left = (await ruff(bin, home, codes, false)).places.size;
  await rm(home, { recursive: true });
  return { lines, left };
}

/** Fixes the folder, judges what came out, and puts the folder back. Returns whether something is wrong. */
async function measureFix(bin: string, folder: string, codes: readonly string[]): Promise<boolean> {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  await cockpitFix(folder, codes);
  const fixed = await changed(folder, texts);
  const left = [...(await ruff(bin, folder, codes, false)).places].filter(readable);
  await cockpitFix(folder, codes);
  const unstable = await changed(
    folder,
    fixed.map(({ path, after }) => [path, after]),
  );
  for (const { path, before } of fixed) await writeFile(join(folder, path), before);
  const verdicts = await samePrograms(fixed);
  const different = fixed.filter((_, i) => verdicts[i] === "different").map((it) => it.path);
  const peer = await autopep8(bin, fixed, codes);
  const lines = fixed.reduce((sum, { before, after }) => sum + changedLines(before, after), 0);
  console.log(codes.join(), {
    files: fixed.length,
    sameProgram: verdicts.filter((it) => it === "same").length,
    differentProgram: different,
    noProgramBefore: fixed.filter((_, i) => verdicts[i] === "unparsable").map((it) => it.path),
    leftForRuff: left,
    changedBySecondRun: unstable.map((it) => it.path),
    linesChanged: { cockpit: lines, autopep8: peer.lines },
    leftByAutopep8: peer.left,
  });
  return different.length + left.length + unstable.length > 0 || lines > peer.lines;
}

await run("npm", ["run", "--silent", "build"], { cwd: repository });
const bin = await pythonTools();
const folder = await mkdtemp(join(tmpdir(), "e701-"));
const sources = await collect(folder);
const engine = await loadEngine();
const fromRuff = await ruff(bin, folder, all, true);
const readable = (it: string) => !fromRuff.broken.has(it.replace(/:\d+:\d+ E\d+$/, ""));
console.log(`${sources.length} files, ${fromRuff.broken.size} that ruff cannot parse left out of the comparison`);
await engine.load("python");
const failed = [
  await measureByteTests(engine, sources),
  compare("ruff", await ours(engine, sources, "ruff"), fromRuff.places, readable),
  compare("pycodestyle", await ours(engine, sources, "pycodestyle"), await pycodestyle(bin, folder), readable),
  await measureFix(bin, folder, ["E701"]),
  await measureFix(bin, folder, all),
];
await rm(folder, { recursive: true });
process.exitCode = failed.includes(true) ? 1 : 0;
