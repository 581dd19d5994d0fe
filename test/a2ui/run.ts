/**
 * Compares missing-surface-id with `tsc --strict` on the published A2UI packages: for each case, tsc reports a missing surfaceId exactly where
 * the rule finds one, and after the rule's fixes tsc reports nothing. Ends with `N passed, N failed`.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { defaultConfig } from "../../server/engine/config.ts";
import type { Engine } from "../../server/engine/engine.ts";
import { applyEdits, compatible, editsOf, type Finding } from "../../server/engine/finding.ts";
import { languageOf, type SourceFile } from "../../server/engine/source.ts";
import { link, maySummarize } from "../../server/engine/workspace.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { complaintsOf, strictOptions } from "../tools/tsc.ts";
import { type Case, cases } from "./cases.ts";

const here = import.meta.dirname;
const run = promisify(execFile);

/** One case as the rule sees it. */
interface Judged {
  name: string;
  folder: string;
  files: SourceFile[];
  /** Lines with a finding, `app.tsx:3`. */
  found: string[];
  /** The files after every fix. */
  fixed: SourceFile[];
}

async function main() {
  if (!existsSync(join(here, "node_modules/@a2ui/react"))) await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here });
  const engine = await loadEngine();
  const judged = await Promise.all(cases.map((it, i) => judge(engine, it, `case-${String(i).padStart(3, "0")}`)));
  const before = await askTsc("before", judged);
  const after = await askTsc(
    "after",
    judged.map((it) => ({ ...it, files: it.fixed })),
  );
  report(judged, before, after);
}

async function judge(engine: Engine, { name, files }: Case, folder: string): Promise<Judged> {
  const sources = Object.entries(files).map(([path, text]): SourceFile => ({ path, text, language: languageOf(path) ?? "tsx" }));
  const findings = await analyzeTogether(engine, sources);
  return {
    name,
    folder,
    files: sources,
    found: sources.flatMap(({ path, text }) => findings.get(path)?.map((it) => `${path}:${lineOf(text, it.start)}`) ?? []).sort(),
    fixed: sources.map((it) => ({ ...it, text: fixedText(it.text, findings.get(it.path) ?? []) })),
  };
}

/** Findings by path, with what the files say about one another. */
async function analyzeTogether(engine: Engine, files: readonly SourceFile[]): Promise<Map<string, Finding[]>> {
  const telling = files.filter((it) => maySummarize(it.text, it.language));
  const linked = link(new Map(await Promise.all(telling.map(async (it) => [it.path, await engine.summarize(it)] as const))));
  const analyzed = files.map(async (it) => {
    const workspace = linked.get(it.path);
    const options = { config: defaultConfig, only: new Set(["missing-surface-id"]), ...(workspace ? { workspace } : {}) };
    return [it.path, await engine.verify(it, await engine.analyze(it, options))] as const;
  });
  return new Map(await Promise.all(analyzed));
}

const fixedText = (text: string, findings: readonly Finding[]) => applyEdits(text, editsOf(compatible(findings)));

const lineOf = (text: string, offset: number) => text.slice(0, offset).split("\n").length;

interface Verdict {
  /** Lines where tsc misses a surfaceId. */
  missing: string[];
  /** Every error, as tsc words it. */
  errors: string[];
}

/** Runs tsc once over all folders. */
async function askTsc(stage: string, folders: readonly Pick<Judged, "folder" | "files">[]): Promise<Map<string, Verdict>> {
  // Inside node_modules the packages resolve, and neither git nor other tools look.
  const root = join(here, "node_modules/.matrix", stage);
  rmSync(root, { recursive: true, force: true });
  for (const { folder, files } of folders) for (const { path, text } of files) write(join(root, folder, path), text);
  const roots = folders.flatMap(({ folder, files }) => files.map(({ path }) => `${folder}/${path}`));
  write(join(root, "tsconfig.json"), JSON.stringify({ compilerOptions: strictOptions, files: roots }));
  const verdicts = new Map(folders.map(({ folder }): [string, Verdict] => [folder, { missing: [], errors: [] }]));
  for (const complaint of await complaintsOf(root)) {
    const [, folder = "", path = ""] = /^(.*?)\/(.*)$/.exec(complaint.path) ?? [];
    const verdict = verdicts.get(folder);
    const text = folders.find((it) => it.folder === folder)?.files.find((it) => it.path === path)?.text ?? "";
    verdict?.errors.push(`${complaint.path}:${complaint.line}: ${complaint.message}`);
    if (isMissing(complaint.message, text.split("\n")[complaint.line - 1]?.slice(complaint.column - 1) ?? ""))
      verdict?.missing.push(`${path}:${complaint.line}`);
  }
  return verdicts;
}

/** A required surfaceId that is not there, or that is there and is nothing; not one that is there and should not be. */
const isMissing = (error: string, at: string) =>
  (/surfaceId/.test(error) && !/surfaceId' does not exist/.test(error)) ||
  (/^surfaceId\b/.test(at) && /is not assignable to type 'string'/.test(error));

function write(path: string, text: string) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function report(judged: readonly Judged[], before: Map<string, Verdict>, after: Map<string, Verdict>) {
  let failed = 0;
  for (const it of judged) {
    const problems = problemsOf(it, before.get(it.folder), after.get(it.folder));
    if (problems.length === 0) continue;
    failed++;
    console.log(`✖ ${it.name} (${it.folder})\n  ${problems.join("\n  ")}\n${it.fixed.map(({ text }) => text).join("---\n")}`);
  }
  const missing = [...before.values()].filter((it) => it.missing.length > 0).length;
  console.log(`${judged.length} cases; tsc misses a surfaceId in ${missing} of them`);
  console.log(`${judged.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function problemsOf({ found }: Judged, before: Verdict | undefined, after: Verdict | undefined): string[] {
  const expected = [...new Set(before?.missing)].sort().join();
  const actual = [...new Set(found)].join();
  const problems = expected === actual ? [] : [`tsc misses it at [${expected}], the rule at [${actual}]: ${before?.errors}`];
  return after?.errors.length === 0 ? problems : [...problems, `after the fixes: ${after?.errors.join("; ")}`];
}

await main();
