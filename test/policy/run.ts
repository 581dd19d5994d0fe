/**
 * The policy engines as an agent has them: each is rendered, checked by its language's type checkers and run by its own test runner on the conformance vectors; then all three are asked about random
 * policies and inputs. Needs python3 and Go. Ends with `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";
import { runtimePython } from "../tools/python.ts";
import { layOutEngines, testOf } from "./engines.ts";
import { codes, fuzz } from "./fuzz.ts";

const repository = join(import.meta.dirname, "../..");
const seed = 20261123;
let passed = 0;
let failed = 0;

function tell(name: string, isGood: boolean, output = "") {
  if (isGood) passed++;
  else failed++;
  console.log(`${isGood ? "✔" : "✖"} ${name}${isGood ? "" : `\n${output}`}`);
}

function run(command: string, args: readonly string[], cwd: string): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

const check = async (name: string, command: string, args: readonly string[], cwd: string) => {
  const { code, output } = await run(command, args, cwd);
  tell(name, code === 0, output);
};

/** A runner counts its own tests: how many passed, by an expression over its output. */
async function suite(name: string, command: string, args: readonly string[], cwd: string, count: RegExp) {
  const { code, output } = await run(command, args, cwd);
  const ran = [...output.matchAll(count)].reduce((sum, [, it]) => sum + (it === undefined ? 1 : Number(it)), 0);
  if (code !== 0 || ran === 0) tell(name, false, output);
  else passed += ran;
  console.log(`${name}: ${ran} passed`);
}

const home = await mkdtemp(join(tmpdir(), "cockpit-policy-"));
try {
  await layOutEngines(home);
  const bin = await runtimePython();
  const [python, typescript, go] = ["python", "typescript", "go"].map((it) => join(home, it)) as [string, string, string];
  await check("pyright", join(bin, "pyright"), ["--pythonpath", join(bin, "python"), "."], python);
  await check("mypy --strict", join(bin, "mypy"), ["--strict", "policy_engine.py"], python);
  const strict =
    "--noEmit --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --target es2022 --erasableSyntaxOnly --skipLibCheck --types node";
  for (const module of ["nodenext --verbatimModuleSyntax", "esnext --moduleResolution bundler", "commonjs --moduleResolution bundler"])
    await check(
      `tsc --strict --module ${module}`,
      join(repository, "node_modules/.bin/tsc"),
      [...strict.split(" "), "--module", ...module.split(" "), "policy_engine.ts", "policy_engine.test.ts"],
      typescript,
    );
  await check("go vet", "go", ["vet", "./..."], go);
  const { output: unformatted } = await run("gofmt", ["-l", "."], go);
  tell("gofmt", unformatted === "", unformatted);
  await suite("pytest", join(bin, "python"), ["-m", "pytest", "-q", "-p", "no:cacheprovider", testOf("python")], python, /(\d+) passed/g);
  await suite("node --test", process.execPath, ["--test", testOf("typescript")], typescript, /^ℹ pass (\d+)$/gm);
  await suite("go test", "go", ["test", "-count=1", "-v", "."], go, /^ {4}--- PASS|^--- PASS: Test(?:Long|Err)/gm);
  const agent = join(home, "agent");
  await mkdir(join(agent, "src/billing"), { recursive: true });
  await writeFile(join(agent, "requirements.txt"), "openai\n");
  await writeFile(join(agent, "src/billing/__init__.py"), "");
  await writeFile(join(agent, "src/billing/agent.py"), "from openai import OpenAI\n\nclient = OpenAI()\n");
  const cockpit = ["--import", join(repository, "scripts/text-modules.ts"), join(repository, "server/cli/main.ts")];
  await check("cockpit scaffold", process.execPath, [...cockpit, "scaffold", "--with", "policy", "--apply"], agent);
  await suite("pytest in a package", join(bin, "python"), ["-m", "pytest", "-q", "-p", "no:cacheprovider"], agent, /(\d+) passed/g);
  const { policySchema } = await import(pathToFileURL(join(typescript, "policy_engine.ts")).href);
  const published = JSON.parse(await readFile(join(repository, "schemas/policy.schema.json"), "utf8"));
  const { title, description, ...own } = published;
  const generated = JSON.stringify(z.toJSONSchema(policySchema, { io: "input", unrepresentable: "any" }));
  tell(
    "the published schema is the engine's",
    title !== undefined && description !== undefined && JSON.stringify(own) === generated,
    generated,
  );
  const { disagreements, histogram } = await fuzz(home, 4_000, seed);
  const unseen = codes.filter((it) => histogram[it] === 0);
  tell(
    `4,000 random pairs of seed ${seed}: the three agree`,
    disagreements.length === 0,
    JSON.stringify(disagreements.slice(0, 5), null, 2),
  );
  tell("every reason occurs among them", unseen.length === 0, unseen.join(", "));
} finally {
  await rm(home, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
