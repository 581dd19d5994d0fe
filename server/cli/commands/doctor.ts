/** `cockpit doctor`: every line is something that was tried just now. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { languageIds } from "../../engine/source.ts";
import { plural } from "../../fleet/model/plural.ts";
import { type LoadedConfig, loadConfig } from "../../host/config.ts";
import { discover } from "../../host/discover.ts";
import { loadEngine } from "../../host/engine.ts";
import type { FileProblem } from "../../host/json-places.ts";
import { cacheFolder } from "../../host/places.ts";
import { resolveConfig } from "../../protocol/config.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { cockpitFolder, lakeFileIn } from "../../telemetry/workspace.ts";
import type { Flags } from "../flags.ts";
import { type GoogleSetup, googleSetup, setupText } from "../google-setup.ts";
import { nodeProblem } from "../node-version.ts";
import { existingTarget, shownPath } from "../session.ts";
import { printable, type Terminal } from "../terminal.ts";

/** Of an agent's folder. */
const policyFile = ".cockpit/policy.json";

interface Check {
  name: string;
  /** `missing` is fine: something optional is not there. */
  state: "ok" | "missing" | "broken";
  detail: string;
}

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const target = resolve(flags.text("target") ?? ".");
  const folder = (await existingTarget(target)) ? dirname(target) : target;
  const node = checkNode();
  // Nothing else can be tried there.
  if (node.state === "broken") return await tell([node], undefined, flags, terminal);
  const loaded = await loadConfig(target);
  const google = await googleSetup(flags, loaded.input.fleet);
  const [config, policies] = await checkFiles(target, loaded);
  const checks = [
    node,
    await checkParser(),
    await checkCache(),
    config,
    ...policies,
    await checkGit(),
    await checkPauses(folder),
    await checkEvidence(folder),
  ];
  return await tell(checks, google, flags, terminal);
}

async function tell(checks: readonly Check[], google: GoogleSetup | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  const broken = checks.some((it) => it.state === "broken") || google?.steps.some((it) => it.state === "left") === true;
  await terminal.out(flags.text("format") === "json" ? documentOf(checks, google, !broken) : shown(checks, google, terminal));
  return broken ? 2 : 0;
}

const documentOf = (checks: readonly Check[], google: GoogleSetup | undefined, ok: boolean) =>
  `${JSON.stringify({ version: 1, ok, checks, ...(google ? { google } : {}) }, null, 2)}\n`;

const shown = (checks: readonly Check[], google: GoogleSetup | undefined, terminal: Terminal) =>
  checks.map((it) => line(it, terminal)).join("") + (google ? setupText(google, terminal) : "");

function line({ name, state, detail }: Check, { colors }: Terminal): string {
  const mark = state === "ok" ? colors.green("ok     ") : state === "missing" ? colors.yellow("missing") : colors.red("broken ");
  return `${mark}  ${name.padEnd("configuration".length)}  ${detail}\n`;
}

function checkNode(): Check {
  const problem = nodeProblem();
  return { name: "node", state: problem ? "broken" : "ok", detail: problem ?? process.version };
}

/** Loads every grammar and parses with it. */
async function checkParser(): Promise<Check> {
  try {
    const engine = await loadEngine();
    for (const language of languageIds) {
      await engine.load(language);
      const document = engine.open({ path: "doctor", language, text: "x = 1\n" });
      void document.facts.imports;
      document.close();
    }
    return { name: "parser", state: "ok", detail: `${languageIds.join(", ")}; ${engine.rules.length} rules` };
  } catch (error) {
    return { name: "parser", state: "broken", detail: messageOf(error) };
  }
}

/** Makes the folder that the cache will need anyway, and writes into it. */
async function checkCache(): Promise<Check> {
  const folder = cacheFolder();
  const probe = join(folder, `doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, "");
    await rm(probe);
    return { name: "cache", state: "ok", detail: folder };
  } catch (error) {
    return { name: "cache", state: "missing", detail: `${folder} cannot be written, so every audit starts anew: ${messageOf(error)}` };
  }
}

/** The configuration, and the policies of the agents that are found with it. */
async function checkFiles(target: string, config: LoadedConfig): Promise<[config: Check, policies: Check[]]> {
  return [checkConfig(target, config), await Promise.all((await policiesOf(target, config)).map(checkPolicy))];
}

function checkConfig(target: string, { file, problems }: LoadedConfig): Check {
  const name = "configuration";
  if (file === undefined) return { name, state: "missing", detail: `no cockpit.json at or above ${shownPath(target)}: defaults count` };
  return checkedFile(name, file, problems);
}

/** Absolute paths. */
async function policiesOf(target: string, { file, input }: LoadedConfig): Promise<string[]> {
  if ((await stat(target)).isFile()) return [];
  const config = { ...resolveConfig(input), ...(file === undefined ? {} : { excludeRoot: dirname(file) }) };
  const agents = await discover({ target, config });
  return agents.map((it) => join(target, it.root, policyFile)).filter(existsSync);
}

async function checkPolicy(file: string): Promise<Check> {
  try {
    const [text, { policyProblems }] = await Promise.all([readFile(file, "utf8"), import("../../scaffold/policy-problems.ts")]);
    return checkedFile("policy", file, await policyProblems(text));
  } catch (error) {
    return { name: "policy", state: "broken", detail: `${shownPath(file)} cannot be read: ${messageOf(error)}` };
  }
}

function checkedFile(name: string, file: string, [first, ...others]: readonly FileProblem[]): Check {
  if (!first) return { name, state: "ok", detail: shownPath(file) };
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return { name, state: "broken", detail: `${shownPath(file)}:${first.line}:${first.column}: ${printable(first.message)}${more}` };
}

async function checkGit(): Promise<Check> {
  try {
    const { stdout } = await promisify(execFile)("git", ["--version"]);
    return { name: "git", state: "ok", detail: stdout.trim() };
  } catch {
    return { name: "git", state: "missing", detail: "not on the PATH; .gitignore files are honoured without it" };
  }
}

/** Runtimes that cannot read it say so to nobody but their own log. Imported here, as the evidence: Node.js of before 22.13 has no SQLite, and is to be told what it lacks. */
async function checkPauses(folder: string): Promise<Check> {
  const name = "pauses";
  try {
    const { readMothballs } = await import("../../telemetry/mothball/signals.ts");
    const paused = await readMothballs(cockpitFolder(folder));
    const all = paused.delete("*") ? "all agents are paused" : "";
    const some = paused.size > 0 ? `paused by name: ${plural(paused.size, "agent")}` : "";
    return { name, state: "ok", detail: [all, some].filter(Boolean).join("; ") || "nobody is paused" };
  } catch (error) {
    return { name, state: "broken", detail: printable(messageOf(error)) };
  }
}

/** Whether somebody changed what the lake holds of alerts and signals. The head is what shows, to who noted it, that an end was cut off. */
async function checkEvidence(folder: string): Promise<Check> {
  const name = "evidence";
  const file = lakeFileIn(cockpitFolder(folder));
  try {
    const { evidenceIn } = await import("../../telemetry/lake/evidence.ts");
    const chain = evidenceIn(file);
    if (!chain) return { name, state: "missing", detail: "no lake here; cockpit fleet watch begins one" };
    const where = shownPath(file);
    if (!chain.intact) return { name, state: "broken", detail: `${where}: record ${chain.brokenAt} was changed, or one before it removed` };
    return { name, state: "ok", detail: `${where}: ${chain.records} records, intact${chain.head ? `; head ${chain.head}` : ""}` };
  } catch (error) {
    return { name, state: "broken", detail: `${shownPath(file)} cannot be read: ${messageOf(error)}` };
  }
}
