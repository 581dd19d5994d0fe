/** The three policy engines as an agent has them, each asked by its own language: texts of policies and inputs in, verdicts out. */
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runtimePython } from "../tools/python.ts";

const repository = join(import.meta.dirname, "../..");
const templates = join(repository, "templates/policy");

export type Pair = readonly [policy: string, input: string];
export type Language = "python" | "typescript" | "go";

/** Renders every engine, its test and the vectors into a folder for each language under `home`. */
export async function layOutEngines(home: string): Promise<void> {
  for (const [language, extension] of [
    ["python", "py"],
    ["typescript", "ts"],
    ["go", "go"],
  ] as const) {
    const folder = join(home, language);
    await mkdir(folder, { recursive: true });
    for (const name of [`policy_engine.${extension}`, testOf(language)])
      await writeFile(
        join(folder, name),
        (await readFile(join(templates, language, `${name}.hbs`), "utf8")).replaceAll("{{goPackage}}", "policy"),
      );
    await cp(join(templates, "conformance.json"), join(folder, "policy_conformance.json"));
  }
  await writeFile(join(home, "go/go.mod"), "module example.com/agent\n\ngo 1.24\n");
  await mkdir(join(home, "go/ask"));
  await cp(join(import.meta.dirname, "ask.go.txt"), join(home, "go/ask/main.go"));
  await writeFile(join(home, "typescript/package.json"), '{ "type": "module" }\n');
  await symlink(join(repository, "node_modules"), join(home, "typescript/node_modules"));
}

export const testOf = (language: Language) =>
  ({ python: "test_policy_engine.py", typescript: "policy_engine.test.ts", go: "policy_engine_test.go" })[language];

/** The verdicts of one engine, in order. */
export async function verdictsOf(language: Language, home: string, pairs: readonly Pair[]): Promise<string[]> {
  const here = import.meta.dirname;
  const folder = join(home, language);
  const [command, args] = {
    python: [join(await runtimePython(), "python"), [join(here, "ask.py")]] as const,
    typescript: [process.execPath, [join(here, "ask.ts"), join(folder, "policy_engine.ts")]] as const,
    go: ["go", ["run", "./ask"]] as const,
  }[language];
  const child = spawn(command, args, { cwd: folder, stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, PYTHONPATH: folder } });
  child.stdin.end(pairs.map((it) => `${JSON.stringify(it)}\n`).join(""));
  let output = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) output += chunk;
  const lines = output.trimEnd().split("\n");
  if (lines.length !== pairs.length) throw new Error(`${language} gave ${lines.length} verdicts for ${pairs.length} pairs`);
  return lines;
}
