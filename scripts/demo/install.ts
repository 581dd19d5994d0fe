/** Installs what the agents and the stand-in import, once for each state of their manifests. A language that cannot be had leaves its agents out, and says so. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import * as z from "zod";
import type { Language } from "./agents.ts";
import { ledgerWatch, places, root, venvPython } from "./places.ts";
import type { Processes } from "./processes.ts";
import type { Tools } from "./tools.ts";

const { fleet, packages, venv, stamps } = places;

/** Holds the packages at versions that the tests of the samples have seen. */
const constraints = join(root, "test/samples/constraints.txt");

/** Resolves when a language's agents can run: with why they cannot, or with nothing. */
export type Ready = Readonly<Record<Language, Promise<string | undefined>>>;

interface Installing {
  tools: Tools;
  /** So that nothing goes on installing when the demo ends. */
  processes: Processes;
  say(line: string): void;
}

export function installLanguages(it: Installing): Ready {
  return { TypeScript: typescript(it), Python: python(it), Go: go(it) };
}

export async function installStandIn(it: Installing): Promise<void> {
  const why = await npm("stand-in", it);
  if (why !== undefined) throw new Error(`the stand-in for the model APIs cannot be installed: ${why}`);
}

async function typescript(it: Installing): Promise<string | undefined> {
  const folder = "invoice-extractor";
  const why = await npm(folder, it);
  await symlink(join(packages, folder, "node_modules"), join(fleet, folder, "node_modules"), "junction");
  return why;
}

async function npm(folder: string, { processes, say }: Installing): Promise<string | undefined> {
  const home = join(packages, folder);
  const manifest = await readFile(join(fleet, folder, "package.json"), "utf8");
  return once(folder, manifest, async () => {
    say(`installing npm packages of ${folder}…`);
    await rm(home, { recursive: true, force: true });
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "package.json"), manifest);
    await run(processes, "npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], home);
  });
}

async function python({ tools, processes, say }: Installing): Promise<string | undefined> {
  const { python, uv } = tools;
  if (python === undefined) return "there is no Python 3.11 or newer";
  const names = [...(await dependenciesOf("travel-concierge/pyproject.toml")), ...(await requirementsOf("research-desk/agents/writer"))];
  return once("python", names.join("\n"), async () => {
    say("installing Python packages (about half a minute); the agents in Python join when they are there…");
    await rm(venv, { recursive: true, force: true });
    const [make = "", ...how] = uv ? ["uv", "venv", "--quiet", "--python", python] : [python, "-m", "venv"];
    await run(processes, make, [...how, venv], fleet);
    const [pip = "", ...args] = uv ? ["uv", "pip", "install", "--python", venvPython] : [venvPython, "-m", "pip", "install"];
    await run(processes, pip, [...args, "--quiet", "--constraint", constraints, ...names], fleet);
  });
}

const project = z.object({ project: z.object({ dependencies: z.array(z.string()) }) });

const dependenciesOf = async (file: string) => project.parse(parse(await readFile(join(fleet, file), "utf8"))).project.dependencies;

const requirementsOf = async (folder: string) =>
  (await readFile(join(fleet, folder, "requirements.txt"), "utf8")).split("\n").filter(Boolean);

/** Go keeps what it fetched and built in caches of its own. Only what the build needs is fetched; tidying would fetch what tests need, too. */
async function go({ tools, processes, say }: Installing): Promise<string | undefined> {
  if (!tools.go) return "there is no Go 1.24 or newer";
  if (!existsSync(ledgerWatch)) say("fetching Go modules and building (a minute or more); the agent in Go joins when it is built…");
  const build = ["build", "-mod=mod", "-o", ledgerWatch, "./cmd/ledger-watch"];
  return attempt(() => run(processes, "go", build, join(fleet, "ledger-watch")));
}

/** Rejects with what it said last, when it fails. */
async function run(processes: Processes, command: string, args: readonly string[], cwd: string): Promise<void> {
  const { child, ended } = processes.start(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said = (said + String(chunk)).slice(-4000)));
  if ((await ended) !== 0) throw new Error(said || `${command} could not be run`);
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
