/**
 * Truth on real code, by the command itself: `cockpit audit` on every code file of the corpus, of the packages with one-liners and of the folders that `--more` names, `cockpit fix --apply`
 * on a copy, and the result judged by the languages' own tools, Python's `ast` and `tsc --strict`. Of each rule fifty findings, drawn by chance, have been read;
 * `real-code-verdicts.json` says which are true. `--sample` prints those that have not been read yet.
 * `npm run bench -- real-code --more FOLDER`; exits with 1 when a fix breaks something, a check fails on a file, or fewer than 95 % of a rule's findings are true.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import * as z from "zod";
import { rules } from "../../server/engine/rules/index.ts";
import { languageOf } from "../../server/engine/source.ts";
import { samePrograms } from "../tools/cpython.ts";
import { corpus, oneLiners } from "./corpus.ts";
import { type Counted, layOut } from "./lay-out.ts";
import { checkTypes, type Fixed, planted } from "./type-check.ts";

const repository = join(import.meta.dirname, "../..");
const cockpit = join(repository, "dist/cockpit.mjs");
const sampled = 50;
const manifests = /(^|\/)(package\.json|pyproject\.toml|requirements\.txt|go\.mod)$/;

const finding = z.object({
  rule: z.string(),
  file: z.string(),
  message: z.string(),
  start: z.object({ line: z.number(), column: z.number() }),
});
const group = z.object({ findings: z.array(finding), notRun: z.array(z.object({ file: z.string(), reason: z.string() })) });
const auditSchema = z.object({ summary: z.object({ files: z.number() }), agents: z.array(group), outside: group });
const fixSchema = z.object({ files: z.array(z.object({ file: z.string() })), refused: z.array(z.unknown()) });
type Finding = z.infer<typeof finding>;

/** By rule: `file:line:column` of a finding that was read, and whether it is true, or why it is not. */
const verdictsSchema = z.record(z.string(), z.record(z.string(), z.union([z.literal(true), z.string()])));

/** Standard output as JSON, and standard error, which says what the command withheld. */
async function command(...args: string[]): Promise<{ json: unknown; said: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [cockpit, ...args, "--format", "json", "--no-cache"], {
    maxBuffer: 1 << 30,
  }).catch((error: { code?: number; stdout: string; stderr: string }) => {
    if (error.code !== 1) throw error;
    return error;
  });
  return { json: JSON.parse(stdout), said: stderr };
}

/** Hard links to everything under `to`, a folder for each source. */
async function layOutAll(to: string, more: readonly string[]): Promise<Counted> {
  const sources = [await corpus(), await oneLiners(), ...more.map((it) => resolve(it))];
  const counted: Counted = {};
  for (const source of sources) {
    const part = await layOut(source, join(to, basename(source)), (it) => languageOf(it) !== undefined || manifests.test(it));
    for (const [language, { files, bytes }] of Object.entries(part) as [keyof Counted, { files: number; bytes: number }][]) {
      const sum = counted[language] ?? { files: 0, bytes: 0 };
      counted[language] = { files: sum.files + files, bytes: sum.bytes + bytes };
    }
  }
  return counted;
}

/** Wrapping changes what a program is, by design: `npm run bench -- wrap` judges it. */
const others = rules.flatMap(({ meta }) => (meta.id === "untracked-client" ? [] : ["--rule", meta.id]));

/** Applies every other safe fix in the folder, twice. */
async function fixAll(home: string): Promise<{ fixed: Fixed[]; unstable: string[]; said: string }> {
  const folder = join(home, "after");
  const { json, said } = await command("fix", "--target", folder, "--apply", ...others);
  const { files } = fixSchema.parse(json);
  const fixed = await Promise.all(
    files.map(
      async ({ file }): Promise<Fixed> => ({
        path: file,
        before: await readFile(join(home, "before", file), "utf8"),
        after: await readFile(join(folder, file), "utf8"),
      }),
    ),
  );
  const again = fixSchema.parse((await command("fix", "--target", folder, "--apply", ...others)).json);
  return { fixed, unstable: again.files.map(({ file }) => file), said };
}

/** Python's own parser on every fixed file. */
async function checkPrograms(fixed: readonly Fixed[]) {
  const verdicts = await samePrograms(fixed);
  const those = (verdict: string) => fixed.filter((_, i) => verdicts[i] === verdict).map(({ path }) => path);
  return { same: those("same").length, different: those("different"), noProgramBefore: those("unparsable") };
}

/** At most `size`, by chance, but the same each time: a finding that comes or goes exchanges one of them at most. */
function sampleOf(findings: readonly Finding[], size: number): Finding[] {
  const drawn = findings.map((it) => [createHash("sha256").update(placeOf(it)).digest("hex"), it] as const);
  return drawn
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, size)
    .map(([, it]) => it);
}

const placeOf = ({ file, start }: Finding) => `${file}:${start.line}:${start.column}`;

async function print(folder: string, { rule, file, message, start }: Finding) {
  const lines = (await readFile(join(folder, file), "utf8")).split("\n").slice(Math.max(0, start.line - 4), start.line + 3);
  console.log(`\n${rule} ${file}:${start.line}:${start.column} ${message}\n${lines.join("\n")}`);
}

const { values } = parseArgs({ options: { more: { type: "string", multiple: true, default: [] }, sample: { type: "boolean" } } });
const verdicts = verdictsSchema.parse(JSON.parse(await readFile(join(import.meta.dirname, "real-code-verdicts.json"), "utf8")));
await promisify(execFile)("npm", ["run", "--silent", "build"], { cwd: repository });
// Beside the corpus, for hard links.
const home = await mkdtemp(join(import.meta.dirname, "../.cache/real-code-"));
try {
  const counted = await layOutAll(join(home, "before"), values.more);
  await layOutAll(join(home, "after"), values.more);
  console.table(counted);
  const { json, said } = await command("audit", "--target", join(home, "before"));
  const { summary, agents, outside } = auditSchema.parse(json);
  const groups = [...agents, outside];
  const crashes = groups.flatMap(({ notRun }) => notRun).filter(({ reason }) => reason.startsWith("a check failed"));
  const { fixed, unstable, said: saidByFix } = await fixAll(home);
  const types = await checkTypes(
    home,
    fixed.filter(({ path }) => languageOf(path) !== "python"),
    { plant: (text) => text.replace(/((?:data-telemetry-id|surfaceId)=)(?:"[^"]*"|\{\w+\})/, `$1{${planted}}`) },
  );
  const programs = await checkPrograms(fixed.filter(({ path }) => languageOf(path) === "python"));
  const precision: Record<string, { findings: number; read: number; true: number }> = {};
  for (const [rule, findings] of Map.groupBy(
    groups.flatMap((it) => it.findings),
    (it) => it.rule,
  )) {
    const read = sampleOf(findings, sampled).map((it) => [it, verdicts[rule]?.[placeOf(it)]] as const);
    precision[rule] = {
      findings: findings.length,
      read: read.filter(([, it]) => it !== undefined).length,
      true: read.filter(([, it]) => it === true).length,
    };
    if (values.sample) for (const [it, verdict] of read) if (verdict === undefined) await print(join(home, "before"), it);
  }
  console.table(precision);
  console.log({
    audited: summary.files,
    notRun: groups.flatMap((it) => it.notRun).map((it) => `${it.file}: ${it.reason}`),
    fixed: fixed.length,
    unstable,
    programs,
    types,
  });
  console.log(`${said}${saidByFix}`);
  const imprecise = Object.values(precision).filter((it) => it.true < 0.95 * it.read);
  const wrong = [crashes, unstable, programs.different, types.added, types.blind, imprecise].flat();
  process.exitCode = wrong.length > 0 || saidByFix.includes("withheld") ? 1 : 0;
} finally {
  await rm(home, { recursive: true, force: true });
}
