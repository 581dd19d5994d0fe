/**
 * Wrapping on real code: `cockpit fix --rule untracked-client --apply` on a copy of the corpus and of the folders that `--more` names, then the suggestions of `uncapped-client` on top of it. Judged by
 * the languages' own tools: CPython's `ast` and `compile`, `tsc --strict`, `gofmt -e`, esbuild for JavaScript, and by taking every wrapper off again.
 * `npm run bench -- wrap --more FOLDER`; exits with 1 when a file is broken, differs elsewhere, or is changed by a second run.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { diffLines } from "diff";
import { transform } from "esbuild";
import { applyEdits, compatible, editsOf, runtimesOf } from "../../server/engine/finding.ts";
import { languageOf } from "../../server/engine/source.ts";
import { auditWorkspace } from "../../server/host/audit.ts";
import { asFinding } from "../../server/host/fix.ts";
import { defaultCockpitConfig } from "../../server/protocol/config.ts";
import { applyChanges } from "../../server/scaffold/file-change.ts";
import { planRuntimes } from "../../server/scaffold/runtimes.ts";
import { sameButWrapped } from "../tools/cpython.ts";
import { corpus } from "./corpus.ts";
import { layOut } from "./lay-out.ts";
import { checkTypes, type Fixed, planted, replaceFile } from "./type-check.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../..");
const manifests = /(^|\/)(package\.json|tsconfig\.json|pyproject\.toml|requirements\.txt|go\.mod)$/;
const runtimePackages = [
  "@opentelemetry/api",
  "@opentelemetry/exporter-trace-otlp-proto",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace",
];

async function findings(folder: string, rule: string) {
  const { report } = await auditWorkspace({ target: folder, config: defaultCockpitConfig, only: new Set([rule]), cache: false });
  return Map.groupBy(
    [...report.agents, report.outside].flatMap((it) => it.findings),
    (it) => it.file,
  );
}

async function track(folder: string): Promise<string> {
  const command = [join(repository, "dist/cockpit.mjs"), "fix", "-t", folder, "--rule", "untracked-client", "--apply", "--no-cache"];
  const { stderr } = await run(process.execPath, command, { maxBuffer: 1 << 30 }).catch(
    (error: { code?: number; stdout: string; stderr: string }) => {
      if (error.code !== 1) throw error;
      return error;
    },
  );
  return stderr;
}

/** Suggestions are never made in a batch by the command itself. */
async function cap(folder: string) {
  for (const [file, found] of await findings(folder, "uncapped-client")) {
    const text = await readFile(join(folder, file), "utf8");
    const made = compatible(found.map(asFinding));
    const runtimes = runtimesOf(made).map((it) => join(folder, it));
    await applyChanges(folder, (await planRuntimes(folder, runtimes, [])).changes);
    // Those of a file that import differently come one after the other, as they would by hand.
    await replaceFile(join(folder, file), applyEdits(text, editsOf(made)));
  }
}

const wrappers =
  /\b(?:(?:cockpit_)?(?:telemetry|cost_control)|telemetry|cockpitTelemetry|costControl|cockpitCostControl|cockpit\w*\.(?:Telemetry|CostControl)For)\(/;
const options =
  /(?:append\(\[\]\w*option\.RequestOption\{)?\w*option\.WithMiddleware\((?:(?:, )?cockpit\w*\.(?:CostControl|Telemetry))+\)(?:\}, (\w+)\.\.\.\)|(?:, |,\n\s*)?)/g;
const added =
  /^\s*(?:(?:from|import|const)\b.*cockpit[-_]runtime.*|@(?:cockpit_)?(?:telemetry|cost_control)|(?:import )?(?:\w+ )?"[^"]*\/(?:internal\/cockpit|option)")?\s*$/;

/** The text with every wrapper taken off again, by brackets alone. */
function unwrapped(text: string): string {
  const match = wrappers.exec(text);
  if (!match) return text.replace(options, (_, spread?: string) => spread ?? "");
  const start = match.index + match[0].length;
  let end = start;
  for (let depth = 1; depth > 0 && end < text.length; end++) depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
  return unwrapped(text.slice(0, match.index) + text.slice(start, end - 1) + text.slice(end));
}

/** What differs besides the wrapped expressions and the lines of imports and decorators. */
function differences({ before, after }: Fixed): string[] {
  return diffLines(before, unwrapped(after)).flatMap(({ added: isAdded, removed, value }) => {
    if (removed) return [`- ${value}`];
    return isAdded ? value.split("\n").flatMap((it) => (added.test(it) ? [] : [`+ ${it}`])) : [];
  });
}

/** What is linked may be read-only where it comes from, as the module cache of Go is. */
async function makeWritable(folder: string) {
  for (const path of await readdir(folder, { recursive: true }))
    if (/\.go$|(^|\/)go\.mod$/.test(path)) await replaceFile(join(folder, path), await readFile(join(folder, path), "utf8"));
}

async function malformedGo(home: string, fixed: readonly Fixed[]): Promise<string[]> {
  const verdicts = await Promise.all(
    fixed.map(({ path }) =>
      run("gofmt", ["-e", join(home, "after", path)], { maxBuffer: 1 << 26 }).then(
        () => [],
        (error: { stderr: string }) => [`${path}: ${error.stderr}`],
      ),
    ),
  );
  return verdicts.flat();
}

async function malformedScripts(fixed: readonly Fixed[]): Promise<string[]> {
  const verdicts = await Promise.all(
    fixed.map(({ path, after }) =>
      transform(after, { loader: "jsx", logLevel: "silent" }).then(
        () => [],
        (error: Error) => [`${path}: ${error.message}`],
      ),
    ),
  );
  return verdicts.flat();
}

const { values } = parseArgs({ options: { more: { type: "string", multiple: true, default: [] } } });
await run("npm", ["run", "--silent", "build"], { cwd: repository });
const home = await mkdtemp(join(import.meta.dirname, "../.cache/wrap-"));
try {
  for (const source of [await corpus(), ...values.more.map((it) => resolve(it))])
    for (const side of ["before", "after"])
      await layOut(source, join(home, side, basename(source)), (it) => languageOf(it) !== undefined || manifests.test(it));
  await makeWritable(join(home, "after"));
  const constructing = new Set(
    (await Promise.all(["untracked-client", "uncapped-client"].map((it) => findings(join(home, "before"), it)))).flatMap((it) => [
      ...it.keys(),
    ]),
  );
  const said = await track(join(home, "after"));
  for (let round = 0; round < 3; round++) await cap(join(home, "after"));
  const fixed: Fixed[] = [];
  for (const path of constructing) {
    const [before, after] = await Promise.all(["before", "after"].map((it) => readFile(join(home, it, path), "utf8")));
    if (before !== undefined && after !== undefined && before !== after) fixed.push({ path, before, after });
  }
  const of = (...languages: string[]) => fixed.filter(({ path }) => languages.includes(languageOf(path) ?? ""));
  const again = await Promise.all(["untracked-client", "uncapped-client"].map((it) => findings(join(home, "after"), it)));
  const unstable = again
    .flatMap((it) => [...it.values()].flat().filter(({ fix }) => fix !== null))
    .map((it) => `${it.file}:${it.start.line} ${it.rule}`);
  const python = of("python");
  const programs = await sameButWrapped(python);
  const types = await checkTypes(home, of("typescript", "tsx"), {
    packages: runtimePackages,
    plant: (text) => text.replace(/\b((?:cockpit)?(?:[tT]elemetry|[cC]ostControl)\()(?=new)/, `$1${planted} ?? `),
  });
  const [go, scripts] = [of("go"), of("javascript")];
  const result = {
    constructing: constructing.size,
    fixed: fixed.length,
    unstable,
    python: {
      files: python.length,
      same: programs.filter((it) => it === "same").length,
      different: python.filter((_, i) => programs[i] === "different").map((it) => it.path),
    },
    types,
    javascript: { files: scripts.length, malformed: await malformedScripts(scripts) },
    go: { files: go.length, malformed: await malformedGo(home, go) },
    different: fixed.flatMap((it) => differences(it).map((text) => `${it.path} ${text}`)),
  };
  console.dir(result, { depth: 4, maxArrayLength: null });
  console.log(said);
  const wrong = [
    unstable,
    result.python.different,
    types.added,
    types.blind,
    result.javascript.malformed,
    result.go.malformed,
    result.different,
  ].flat();
  process.exitCode = wrong.length > 0 || fixed.length < 300 ? 1 : 0;
} finally {
  await rm(home, { recursive: true, force: true });
}
