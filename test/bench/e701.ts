/**
 * The E70x rules on real Python: the standard library of `python3` and the corpus. Verdicts are compared with ruff's and pycodestyle's line by line, the fix
 * with autopep8's, and the fixed program with the original by Python's own `ast`.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { structuredPatch } from "diff";
import { z } from "zod";
import { defaultConfig, type EngineConfig } from "../../server/engine/config.ts";
import type { Engine } from "../../server/engine/engine.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { pythonTools } from "../tools/python.ts";
import { corpus } from "./corpus.ts";

const run = promisify(execFile);
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

async function ruff(bin: string, folder: string, codes: readonly string[]) {
  const text = await output(join(bin, "ruff"), [
    "check",
    "--isolated",
    "--no-cache",
    "--ignore-noqa",
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
  const text = await output(join(bin, "pycodestyle"), ["--select", all.join(), "--max-line-length", "1000", folder]);
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

function compare(name: string, mine: ReadonlySet<string>, theirs: ReadonlySet<string>, left: (place: string) => boolean) {
  const onlyMine = [...mine].filter((it) => !theirs.has(it) && left(it));
  const onlyTheirs = [...theirs].filter((it) => !mine.has(it) && left(it));
  const both = [...mine].filter((it) => theirs.has(it)).length;
  console.log(`${name}: ${both} agree, ${onlyMine.length} only ours, ${onlyTheirs.length} only theirs`);
  for (const it of [...onlyMine.slice(0, 8).map((at) => `  + ${at}`), ...onlyTheirs.slice(0, 8).map((at) => `  - ${at}`)]) console.log(it);
}

/** Lines that a unified diff marks. */
const changedLines = (before: string, after: string) =>
  structuredPatch("", "", before, after, "", "", { context: 0 }).hunks.reduce(
    (sum, hunk) => sum + hunk.lines.filter((it) => /^[+-]/.test(it)).length,
    0,
  );

/** For each file: do both texts parse to the same program? */
async function samePrograms(
  pairs: readonly { before: string; after: string }[],
  folder: string,
): Promise<("same" | "different" | "unparsable")[]> {
  const script = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
def dump(text):
    try: return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError): return None
for before, after in json.load(open(sys.argv[1])):
    a = dump(before)
    print("unparsable" if a is None else "same" if a == dump(after) else "different")
`;
  const file = join(folder, "pairs.json");
  await writeFile(file, JSON.stringify(pairs.map(({ before, after }) => [before, after])));
  const { stdout } = await run("python3", ["-c", script, file], { maxBuffer: 1e8 });
  return stdout
    .trim()
    .split("\n")
    .map((it) => (it === "same" || it === "different" ? it : "unparsable"));
}

async function measureFix(engine: Engine, bin: string, sources: readonly Source[], codes: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), "e701-fix-"));
  const options = { config: defaultConfig, only: new Set(codes) };
  const fixed: { path: string; before: string; after: string }[] = [];
  let unstable = 0;
  for (const { path, text } of sources) {
    const source = { path, language: "python" as const, text };
    const { text: after } = await engine.fixAll(source, options);
    if (after === text) continue;
    if ((await engine.fixAll({ ...source, text: after }, options)).text !== after) unstable++;
    fixed.push({ path, before: text, after });
  }
  const write = async (side: string, pick: (it: (typeof fixed)[number]) => string) => {
    for (const it of fixed) {
      const file = join(home, side, it.path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, pick(it));
    }
  };
  await write("ours", (it) => it.after);
  await write("autopep8", (it) => it.before);
  const left = await ruff(bin, join(home, "ours"), codes);
  const verdicts = await samePrograms(fixed, home);
  await run(join(bin, "autopep8"), ["--in-place", "--recursive", "--jobs", "2", "--select", codes.join(), join(home, "autopep8")], {
    maxBuffer: 1e8,
  });
  const lines = { ours: 0, autopep8: 0 };
  for (const it of fixed) {
    lines.ours += changedLines(it.before, it.after);
    lines.autopep8 += changedLines(it.before, await readFile(join(home, "autopep8", it.path), "utf8"));
  }
  const autopep8Left = await ruff(bin, join(home, "autopep8"), codes);
  console.log(codes.join(), {
    files: fixed.length,
    sameProgram: verdicts.filter((it) => it === "same").length,
    differentProgram: fixed.filter((_, i) => verdicts[i] === "different").map((it) => it.path),
    pythonCannotParseTheOriginal: verdicts.filter((it) => it === "unparsable").length,
    leftForRuff: left.places.size,
    leftByAutopep8: autopep8Left.places.size,
    linesChanged: lines,
    changedBySecondRun: unstable,
  });
  for (const it of [...left.places].slice(0, 10)) console.log("  left", it);
  await rm(home, { recursive: true });
  return verdicts.includes("different") || unstable > 0;
}

const bin = await pythonTools();
const folder = await mkdtemp(join(tmpdir(), "e701-"));
const sources = await collect(folder);
const engine = await loadEngine();
const fromRuff = await ruff(bin, folder, all);
const readable = (it: string) => !fromRuff.broken.has(it.replace(/:\d+:\d+ E\d+$/, ""));
console.log(`${sources.length} files, ${fromRuff.broken.size} that ruff cannot parse left out of the comparison`);
compare("ruff", await ours(engine, sources, "ruff"), fromRuff.places, readable);
compare("pycodestyle", await ours(engine, sources, "pycodestyle"), await pycodestyle(bin, folder), readable);
const failed = [await measureFix(engine, bin, sources, ["E701"]), await measureFix(engine, bin, sources, all)];
await rm(folder, { recursive: true });
process.exitCode = failed.includes(true) ? 1 : 0;
