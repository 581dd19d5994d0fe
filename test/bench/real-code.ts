/**
 * Truth on real code: every rule on every TypeScript, TSX, JavaScript, Python and Go file of the corpus. Each safe fix is applied and the result judged by
 * the language's own tools: Python's `ast`, `tsc`, `gofmt`. Prints a table, and with `--sample N` that many findings a rule to be read by hand.
 */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs, promisify } from "node:util";
import { defaultConfig } from "../../server/engine/config.ts";
import type { Engine } from "../../server/engine/engine.ts";
import type { Finding } from "../../server/engine/finding.ts";
import { type LanguageId, languageOf, type SourceFile } from "../../server/engine/source.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { corpus } from "./corpus.ts";

const run = promisify(execFile);
const options = { config: defaultConfig };
/** Longer files are left to the audit's own limit. */
const maximumLength = 4 * 1024 * 1024;

interface Fixed {
  file: SourceFile;
  after: string;
}

interface Tally {
  files: Map<LanguageId, number>;
  findings: (Finding & { file: SourceFile })[];
  fixed: Fixed[];
  /** What must stay empty: crashes, fixes withheld, texts that a second run changes. */
  defects: string[];
}

async function analyzeAll(folder: string): Promise<Tally> {
  const tally: Tally = { files: new Map(), findings: [], fixed: [], defects: [] };
  const engine = await loadEngine({ onWithheld: (finding, path) => tally.defects.push(`${path}: fix of ${finding.rule} withheld`) });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    const language = languageOf(path);
    if (!entry.isFile() || !language) continue;
    const text = decode(await readFile(join(folder, path)));
    if (text === undefined || text.length > maximumLength) continue;
    tally.files.set(language, (tally.files.get(language) ?? 0) + 1);
    try {
      await analyzeOne(engine, { path, language, text }, tally);
    } catch (error) {
      tally.defects.push(`${path}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  return tally;
}

async function analyzeOne(engine: Engine, file: SourceFile, tally: Tally) {
  const findings = await engine.analyze(file, options);
  if (findings.length === 0) return;
  tally.findings.push(...findings.map((it) => ({ ...it, file })));
  const { text: after } = await engine.fixAll(file, options);
  if (after === file.text) return;
  tally.fixed.push({ file, after });
  const again = await engine.fixAll({ ...file, text: after }, options);
  if (again.text !== after) tally.defects.push(`${file.path}: a second run changes it again`);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Python's own parser on every fixed file: the same program as before. Files that Python itself rejects are counted apart. */
async function judgePython(fixed: readonly Fixed[]): Promise<{ equal: number; rejected: number; different: string[] }> {
  const script = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
def dump(text):
    try: return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError): return None
for line in sys.stdin:
    before, after = json.loads(line)
    a = dump(before)
    print("rejected" if a is None else "equal" if a == dump(after) else "different", flush=True)
`;
  const python = spawn("python3", ["-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  python.stdin.end(fixed.map(({ file, after }) => `${JSON.stringify([file.text, after])}\n`).join(""));
  const verdicts = (await python.stdout.setEncoding("utf8").toArray()).join("").trim().split("\n");
  const count = (verdict: string) => verdicts.filter((it) => it === verdict).length;
  return {
    equal: count("equal"),
    rejected: count("rejected"),
    different: fixed.filter((_, i) => verdicts[i] === "different").map((it) => it.file.path),
  };
}

/** The compiler's complaints about the fixed TSX files that it did not have about the originals. */
async function judgeTypes(folder: string, fixed: readonly Fixed[]): Promise<{ checked: number; before: number; added: string[] }> {
  if (fixed.length === 0) return { checked: 0, before: 0, added: [] };
  const home = await mkdtemp(join(tmpdir(), "real-code-"));
  try {
    const [before, after] = [join(home, "before"), join(home, "after")];
    for (const side of [before, after]) await copyPackages(folder, side, fixed);
    for (const it of fixed) await writeFile(join(after, it.file.path), it.after);
    const paths = fixed.map(({ file }) => file.path);
    const known = await complaints(before, paths);
    const now = await complaints(after, paths);
    const added = [...now].flatMap(([complaint, count]) => (count > (known.get(complaint) ?? 0) ? [complaint] : []));
    return { checked: fixed.length, before: [...known.values()].reduce((sum, it) => sum + it, 0), added };
  } finally {
    await rm(home, { recursive: true });
  }
}

/** The packages the files are in, with the types of React and of the packages themselves beside them. */
async function copyPackages(folder: string, to: string, fixed: readonly Fixed[]) {
  const packages = new Set(fixed.map(({ file }) => file.path.split("/").slice(0, 2).join("/")));
  for (const it of packages) await cp(join(folder, it), join(to, it), { recursive: true });
  await symlink(await typeDependencies(folder, [...packages]), join(to, "node_modules"));
}

/** A node_modules folder with what the packages of the corpus import, kept between runs. */
async function typeDependencies(folder: string, packages: readonly string[]): Promise<string> {
  const wanted = packages.map((it) => (it.split("/")[1] ?? "").replace("+", "/").replace(/-(?=\d+\.)/, "@"));
  const key = createHash("sha256").update(wanted.join()).digest("hex").slice(0, 12);
  const home = join(folder, "..", `types-${key}`);
  const modules = join(home, "node_modules");
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "package.json"), "{}");
  await run(
    "npm",
    [
      "install",
      "--silent",
      "--ignore-scripts",
      "--legacy-peer-deps",
      ...wanted,
      "react@19",
      "@types/react@19",
      "react-dom@19",
      "@types/react-dom@19",
      "@types/node@24",
    ],
    {
      cwd: home,
      maxBuffer: 1e8,
    },
  );
  return modules;
}

/** How often `tsc --strict` says each thing of the files, by file and message, wherever it stands. */
async function complaints(folder: string, paths: readonly string[]): Promise<Map<string, number>> {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      jsx: "react-jsx",
      target: "es2022",
      module: "esnext",
      moduleResolution: "bundler",
      skipLibCheck: true,
      types: ["node"],
      pretty: false,
    },
    files: paths,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(import.meta.dirname, "../../node_modules/.bin/tsc");
  const output = await run(tsc, ["--project", folder], { cwd: folder, maxBuffer: 1e9 }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? "",
  );
  const wanted = new Set(paths);
  const found = new Map<string, number>();
  for (const [, path = "", message = ""] of output.matchAll(/^(.+?)\(\d+,\d+\): (error .*)$/gm))
    if (wanted.has(path)) found.set(`${path}: ${message}`, (found.get(`${path}: ${message}`) ?? 0) + 1);
  return found;
}

/** gofmt reads every fixed Go file. */
async function judgeGo(fixed: readonly Fixed[]): Promise<string[]> {
  const home = await mkdtemp(join(tmpdir(), "real-code-go-"));
  const rejected: string[] = [];
  for (const { file, after } of fixed) {
    const path = join(home, "file.go");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, after);
    await run("gofmt", ["-e", "-l", path]).catch(() => rejected.push(file.path));
  }
  await rm(home, { recursive: true });
  return rejected;
}

/** Evenly spread over the findings of each rule, so that no single package fills the sample. */
function printSample(findings: Tally["findings"], size: number) {
  for (const [rule, all] of Map.groupBy(findings, (it) => it.rule)) {
    const step = Math.max(1, all.length / size);
    for (let i = 0; i < all.length; i += step) {
      const finding = all[Math.floor(i)];
      if (!finding) continue;
      const { text, path } = finding.file;
      const line = text.slice(0, finding.start).split("\n").length;
      console.log(
        `\n${rule} ${path}:${line} ${finding.message}\n${text
          .split("\n")
          .slice(Math.max(0, line - 3), line + 2)
          .join("\n")}`,
      );
    }
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { sample: { type: "string" } } });
  const folder = await corpus();
  const tally = await analyzeAll(folder);
  const of = (...languages: LanguageId[]) => tally.fixed.filter(({ file }) => languages.includes(file.language));
  const python = await judgePython(of("python"));
  const types = await judgeTypes(folder, of("tsx", "typescript"));
  const go = await judgeGo(of("go"));
  if (values.sample) printSample(tally.findings, Number(values.sample));
  console.log("files", Object.fromEntries(tally.files));
  console.log("findings", Object.fromEntries([...Map.groupBy(tally.findings, (it) => it.rule)].map(([rule, all]) => [rule, all.length])));
  console.log(
    "fixed files",
    Object.fromEntries([...Map.groupBy(tally.fixed, (it) => it.file.language)].map(([language, all]) => [language, all.length])),
  );
  console.log("python", python, "\ntypes", types, "\ngo rejected", go);
  console.log(`${tally.defects.length} defects`);
  for (const it of tally.defects.slice(0, 50)) console.log(it);
  process.exitCode = tally.defects.length + python.different.length + types.added.length + go.length > 0 ? 1 : 0;
}
