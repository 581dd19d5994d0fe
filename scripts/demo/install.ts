/** Installs what the agents and the stand-in import, once for each state of their manifests. A language that cannot be had leaves its agents out, and says so. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import * as z from "zod";
import { run } from "../code-server.ts";
import type { Language } from "./agents.ts";
import { ledgerWatch, places, root, venvPython } from "./places.ts";
import type { Tools } from "./tools.ts";

const { fleet, packages, venv, stamps } = places;

/** Holds the packages at versions that the tests of the samples have seen. */
const constraints = join(root, "test/samples/constraints.txt");

/** Why a language is left out; nothing where it is installed. */
export type Missing = Partial<Record<Language, string>>;

export async function installAll(tools: Tools, say: (line: string) => void): Promise<Missing> {
  const begun = performance.now();
  const reasons = await Promise.all([npm("stand-in", say), npm("invoice-extractor", say), python(tools, say), go(tools, say)]);
  const [standIn, typescript, missingPython, missingGo] = reasons;
  if (standIn !== undefined) throw new Error(`the stand-in for the model APIs cannot be installed: ${standIn}`);
  await link("invoice-extractor");
  const seconds = Math.round((performance.now() - begun) / 1000);
  if (seconds >= 3) say(`what the agents need is installed (${seconds} s; the next start has it already)`);
  return {
    ...(typescript && { TypeScript: typescript }),
    ...(missingPython && { Python: missingPython }),
    ...(missingGo && { Go: missingGo }),
  };
}

async function npm(folder: string, say: (line: string) => void): Promise<string | undefined> {
  const home = join(packages, folder);
  const manifest = await readFile(join(fleet, folder, "package.json"), "utf8");
  return once(folder, manifest, async () => {
    say(`installing npm packages of ${folder}…`);
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "package.json"), manifest);
    const command = process.platform === "win32" ? "npm.cmd" : "npm";
    await run(command, ["install", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: home });
  });
}

const link = (folder: string) => symlink(join(packages, folder, "node_modules"), join(fleet, folder, "node_modules"), "junction");

async function python({ python, uv }: Tools, say: (line: string) => void): Promise<string | undefined> {
  if (python === undefined) return "there is no Python 3.11 or newer";
  const names = [...(await dependenciesOf("travel-concierge/pyproject.toml")), ...(await requirementsOf("research-desk/agents/writer"))];
  return once("python", names.join("\n"), async () => {
    say("installing Python packages (about half a minute)…");
    await rm(venv, { recursive: true, force: true });
    if (uv) await run("uv", ["venv", "--quiet", "--python", python, venv]);
    else await run(python, ["-m", "venv", venv]);
    const [command, ...args] = uv ? ["uv", "pip", "install", "--python", venvPython] : [venvPython, "-m", "pip", "install"];
    await run(command ?? "", [...args, "--quiet", "--constraint", constraints, ...names]);
  });
}

const project = z.object({ project: z.object({ dependencies: z.array(z.string()) }) });

const dependenciesOf = async (file: string) => project.parse(parse(await readFile(join(fleet, file), "utf8"))).project.dependencies;

const requirementsOf = async (folder: string) =>
  (await readFile(join(fleet, folder, "requirements.txt"), "utf8")).split("\n").filter(Boolean);

/** Go keeps what it fetched and built in caches of its own. */
async function go(tools: Tools, say: (line: string) => void): Promise<string | undefined> {
  if (!tools.go) return "there is no Go 1.24 or newer";
  if (!existsSync(ledgerWatch)) say("building the agent in Go (about half a minute)…");
  const cwd = join(fleet, "ledger-watch");
  return attempt(async () => {
    await run("go", ["mod", "tidy"], { cwd });
    await run("go", ["build", "-o", ledgerWatch, "./cmd/ledger-watch"], { cwd });
  });
}

/** Unless it was done for the same text before. */
async function once(name: string, text: string, install: () => Promise<void>): Promise<string | undefined> {
  const stamp = join(stamps, name);
  const digest = createHash("sha256").update(text).digest("hex");
  if ((await readFile(stamp, "utf8").catch(() => "")) === digest) return undefined;
  return attempt(async () => {
    await rm(stamp, { force: true });
    await install();
    await mkdir(stamps, { recursive: true });
    await writeFile(stamp, digest);
  });
}

/** What went wrong, in a line. */
async function attempt(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
  } catch (error) {
    const lines = String(error instanceof Error ? error.message : error)
      .trim()
      .split("\n");
    return lines.at(-1)?.slice(0, 200) ?? "it failed";
  }
}
