/**
 * Speed and memory on the corpus, beside ruff and ast-grep, in one interleaved run. Prints a table and writes test/.cache/bench.json.
 * `npm run bench`; `-- --rounds N` (default 3).
 */
import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { languageOf } from "../../server/engine/source.ts";
import { astGrep } from "../tools/ast-grep.ts";
import { pythonTools } from "../tools/python.ts";
import { corpus } from "./corpus.ts";
import { layOut } from "./lay-out.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "../..");
const cockpit = join(repository, "dist/cockpit.mjs");

interface Measurement {
  seconds: number;
  /** Peak resident set of the whole process, MiB. */
  peak: number;
}

/** Runs a command to its end; an exit code that only says "found something" is fine. */
async function measure(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Measurement> {
  const started = performance.now();
  const child = spawn(command, [...args], { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, ...environment } });
  let peak = 0;
  const poll = setInterval(() => void peakOf(child.pid).then((it) => (peak = Math.max(peak, it))), 20);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(poll);
  if (code !== 0 && code !== 1) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, peak };
}

/** VmHWM of a process, MiB; 0 once it is gone. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** ast-grep is given no JavaScript, so nobody is. */
const isCode = (path: string) => ![undefined, "javascript"].includes(languageOf(path));

const clients = ["OpenAI", "AzureOpenAI", "Anthropic", "GoogleGenAI"].map((it) => `{ pattern: new ${it}($$$) }`).join(", ");
const messages = "beginRendering|surfaceUpdate|dataModelUpdate|deleteSurface|createSurface|updateComponents|updateDataModel";

/** What our rules look for, as ast-grep says it: constructions of model clients, A2UI messages, and elements of TSX. */
const astGrepRules = `
id: typescript
language: TypeScript
rule: { any: [${clients}, { kind: property_identifier, regex: ^(${messages})$ }] }
---
id: tsx
language: Tsx
rule: { any: [${clients}, { kind: property_identifier, regex: ^(${messages})$ }, { kind: jsx_opening_element }, { kind: jsx_self_closing_element }] }
---
id: go
language: Go
rule: { any: [{ pattern: openai.NewClient($$$) }, { pattern: anthropic.NewClient($$$) }, { pattern: genai.NewClient($$$) }] }
`;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
await run("npm", ["run", "--silent", "build"], { cwd: repository });
const home = await mkdtemp(join(tmpdir(), "bench-"));
try {
  const [bin, sg, source] = [await pythonTools(), await astGrep(), await corpus()];
  const all = join(home, "all");
  // Code alone, so that every tool walks the same.
  const counted = await layOut(source, all, isCode);
  const python = join(home, "python");
  await cp(join(all, "py"), python, { recursive: true });
  const rules = join(home, "rules.yml");
  await writeFile(rules, astGrepRules);
  const cacheFolder = join(home, "cache");
  const audit = (target: string, ...more: string[]) =>
    measure(process.execPath, [cockpit, "audit", "--target", target, "--quiet", ...more], { COCKPIT_CACHE_DIR: cacheFolder });
  const steps: Record<string, () => Promise<Measurement>> = {
    "ruff E701, all": () => measure(join(bin, "ruff"), ["check", "--isolated", "--no-cache", "--quiet", "--select", "E701", all]),
    "ast-grep, all": () => measure(sg, ["scan", "--rule", rules, all]),
    "audit, all, cold": async () => {
      await rm(cacheFolder, { recursive: true, force: true });
      return audit(all);
    },
    "audit, all, warm": () => audit(all),
    "ruff E701, python": () => measure(join(bin, "ruff"), ["check", "--isolated", "--no-cache", "--quiet", "--select", "E701", python]),
    "audit E70x, python, cold": () => audit(python, "--no-cache", ...["E701", "E702", "E703"].flatMap((it) => ["--rule", it])),
    "audit, python, cold": () => audit(python, "--no-cache"),
  };
  const results: Record<string, Measurement[]> = {};
  // Once to fill the file system's cache, so that no tool pays for another's first read.
  for (const step of Object.values(steps)) await step();
  // The cache trusts no file that changed within two seconds of its own writing.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [name, step] of Object.entries(steps)) results[name] = [...(results[name] ?? []), await step()];
  const seconds = (name: string) => median((results[name] ?? []).map((it) => it.seconds));
  const peak = (name: string) => Math.max(...(results[name] ?? []).map((it) => it.peak));
  const ratios = [
    ["cold audit / (ruff + ast-grep)", seconds("audit, all, cold") / (seconds("ruff E701, all") + seconds("ast-grep, all")), 0.35],
    ["Python, E70x alone / ruff", seconds("audit E70x, python, cold") / seconds("ruff E701, python"), 1],
    ["Python, all rules / ruff", seconds("audit, python, cold") / seconds("ruff E701, python"), 2.5],
    ["warm / cold", seconds("audit, all, warm") / seconds("audit, all, cold"), 0.15],
  ] as const;
  console.log(`${cpus()[0]?.model}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`);
  console.table(
    Object.fromEntries(Object.entries(counted).map(([it, { files, bytes }]) => [it, { files, MB: +(bytes / 1e6).toFixed(1) }])),
  );
  console.table(
    Object.fromEntries(Object.keys(steps).map((it) => [it, { "median s": +seconds(it).toFixed(2), "peak MiB": Math.round(peak(it)) }])),
  );
  console.table(
    Object.fromEntries(ratios.map(([name, ratio, wanted]) => [name, { ratio: +ratio.toFixed(2), wanted, met: ratio <= wanted }])),
  );
  await writeFile(join(import.meta.dirname, "../.cache/bench.json"), JSON.stringify({ counted, results, ratios }, null, 2));
} finally {
  await rm(home, { recursive: true, force: true });
}
