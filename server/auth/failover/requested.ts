/** What a command line of uv, pip or npm would ask an index for. Where that cannot be told it says why: nothing is guessed. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import type { Tool } from "../../protocol/auth.ts";
import type { Requested } from "./decide.ts";
import { upFrom } from "./folders.ts";
import { addConstraints, addRequirement, addRequirementsFile, emptyGathering, type Gathering, textOf } from "./gathering.ts";
import type { LockedPin } from "./known-public.ts";
import { isLock, readLock } from "./locks.ts";
import type { Environment } from "./names.ts";
import { type Line, type Options, readLine } from "./options.ts";
import { pinsOfRequirements } from "./pins.ts";
import { addPythonProject, addUvProject, addUvSettings } from "./python-project.ts";
import { indexOptions, npmOptions, pipOptions, uvGlobal, uvPip, uvProject, uvRun, uvTool } from "./tool-options.ts";

export interface RequestedBy extends Requested {
  /** Whose configuration counts; absent for a command that is none of them. */
  tool?: Tool;
  /** What the lock and requirements files that count have pinned. */
  pins: LockedPin[];
}

export async function requestedBy(command: readonly string[], folder: string, env: Environment): Promise<RequestedBy> {
  const call = toolCall(command);
  if (!call)
    return {
      format: "pypi",
      names: [],
      pins: [],
      unclear: `${basename(command[0] ?? "")} is none of uv, pip and npm: run the one that installs by itself`,
    };
  const found = emptyGathering(env);
  for (const it of implied[call.tool]) if (env[it]) found.unclear.add(`${it} is set`);
  try {
    await readers[call.tool](call.args, folder, env, found);
  } catch (error) {
    found.unclear.add(error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? "its options") : "its options");
  }
  return { tool: call.tool, ...summary(call.tool, found, folder) };
}

/** What an agent's folder asks for, whatever command will install it. */
export async function requestedIn(folder: string, tool: "uv" | "npm", env: Environment): Promise<RequestedBy> {
  const found = emptyGathering(env);
  if (tool === "npm") (await import("./npm-project.ts")).addNpmProject(folder, found);
  else addPythonFolder(folder, found);
  return { tool, ...summary(tool, found, folder) };
}

function addPythonFolder(folder: string, found: Gathering) {
  addUvProject(folder, true, found);
  for (const it of ["requirements.txt", "pylock.toml", "poetry.lock"])
    if (textOf(join(folder, it)) !== undefined) addRequirementsFile(it, folder, found);
  for (const it of found.projects) addPythonProject(it, { built: true, sources: true }, found);
}

function summary(tool: Tool, found: Gathering, folder: string): Omit<RequestedBy, "tool"> {
  const names = [...found.names].filter((it) => !found.local.has(it)).sort();
  const pins = [...new Set([...found.files, ...locksAround(folder, tool)])].flatMap(pinsOf);
  return {
    format: tool === "npm" ? "npm" : tool === "go" ? "go" : "pypi",
    names,
    pins,
    ...(found.unclear.size > 0 ? { unclear: [...found.unclear].join("; ") } : {}),
  };
}

/** The nearest of each kind, whether or not the command reads it: a name that it pins is as public as it says. */
function locksAround(folder: string, tool: Tool): string[] {
  const names = tool === "npm" ? ["package-lock.json", "npm-shrinkwrap.json"] : ["uv.lock", "pylock.toml", "poetry.lock"];
  return names.flatMap(
    (name) =>
      upFrom(folder)
        .map((it) => join(it, name))
        .find((it) => existsSync(it)) ?? [],
  );
}

function pinsOf(path: string): LockedPin[] {
  const text = textOf(path) ?? "";
  const file = basename(path);
  try {
    return (isLock(path) ? readLock(path, text) : pinsOfRequirements(text)).map((it) => ({ ...it, file }));
  } catch {
    // A broken file pins nothing; that it is broken is said where it was read.
    return [];
  }
}

function toolCall([program = "", ...args]: readonly string[]): { tool: Tool; args: string[] } | undefined {
  const name = basename(program).replace(/\.(?:exe|cmd)$/i, "");
  if (/^(?:python|py)(?:\d+(?:\.\d+)*)?$/.test(name) && args[0] === "-m") return toolCall(args.slice(1));
  if (/^pip(?:\d+(?:\.\d+)*)?$/.test(name)) return { tool: "pip", args };
  if (name === "uvx") return { tool: "uv", args: ["tool", "run", ...args] };
  if (name === "npx") return { tool: "npm", args: ["exec", ...args] };
  return name === "uv" || name === "npm" || name === "go" ? { tool: name, args } : undefined;
}

/** Variables by which a tool takes more requirements than its command line has. */
const implied: Record<Tool, readonly string[]> = {
  uv: ["UV_OVERRIDE", "UV_BUILD_CONSTRAINT", "UV_CONSTRAINT", "UV_PROJECT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY"],
  pip: ["PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"],
  npm: [],
  go: [],
};

type Reader = (args: readonly string[], folder: string, env: Environment, found: Gathering) => void | Promise<void>;

const readers: Record<Tool, Reader> = { uv: readUv, pip: readPip, npm: readNpm, go: () => {} };

function readUv(args: readonly string[], at: string, env: Environment, found: Gathering) {
  const { words, before } = subcommand(args, uvGlobal, /^(?:pip|tool)$/);
  const rest = [...before, ...args.slice(before.length + words.length)];
  const name = words.join(" ");
  const read = uvCommands[name];
  if (!read) return void found.unclear.add(`what uv ${name} asks for`);
  const line = readLine(rest, read.options, { first: read.first === true });
  refuseIndexes(line, found);
  const folder = resolve(at, line.values("directory").at(-1) ?? ".");
  const project = resolve(folder, line.values("project").at(-1) ?? ".");
  addUvSettings(project, env, found);
  read.add(line, { folder, project, sources: !line.has("no-sources") && !env.UV_NO_SOURCES, env }, found);
}

/** The words that name a subcommand, and the options before them. */
function subcommand(args: readonly string[], options: Options, isParent: RegExp) {
  const first = readLine(args, options, { first: true }).words[0] ?? "";
  const at = args.indexOf(first);
  const second = isParent.test(first) ? [args[at + 1] ?? ""] : [];
  return { words: [first, ...second], before: args.slice(0, at) };
}

interface UvContext {
  folder: string;
  project: string;
  sources: boolean;
  env: Environment;
}

interface UvCommand {
  options: Options;
  /** What follows the first word is another program's. */
  first?: true;
  add(line: Line, context: UvContext, found: Gathering): void;
}

const installing: UvCommand = { options: uvPip, add: addInstall };
const compiling: UvCommand = {
  options: uvPip,
  add(line, context, found) {
    for (const it of line.words) addFile(it, context, found);
    addListed(line, context, found);
  },
};
const projecting: UvCommand = {
  options: uvProject,
  add(line, context, found) {
    if (line.values("script").length > 0) addScript(line.values("script")[0] ?? "", context, found);
    else addUvProject(context.project, context.sources, found);
    for (const it of line.words) addRequirement(it, context.folder, found);
    addListed(line, context, found);
  },
};

const uvCommands: Record<string, UvCommand> = {
  "pip install": installing,
  "pip sync": compiling,
  "pip compile": compiling,
  add: projecting,
  sync: { ...projecting },
  lock: { ...projecting },
  export: { ...projecting },
  tree: { ...projecting },
  remove: { ...projecting, add: (line, context, found) => projecting.add({ ...line, words: [] }, context, found) },
  run: { options: uvRun, first: true, add: addRun },
  "tool install": { options: uvTool, add: addTool },
  "tool run": { options: uvTool, first: true, add: addTool },
};

function addInstall(line: Line, context: UvContext, found: Gathering) {
  for (const it of [...line.words, ...line.values("editable")]) addRequirement(it, context.folder, found);
  addListed(line, context, found);
}

/** What options list: files, groups, constraints. */
function addListed(line: Line, context: UvContext, found: Gathering) {
  for (const it of [...line.values("requirements"), ...line.values("requirement"), ...line.values("with-requirements")])
    addFile(it, context, found);
  for (const it of [...line.values("overrides"), ...line.values("override")]) addRequirementsFile(it, context.folder, found);
  for (const name of ["constraints", "constraint", "build-constraints", "build-constraint"])
    for (const it of line.values(name)) addConstraints(it, context.folder, found);
  if (line.values("group").some((it) => it.includes(":"))) found.unclear.add("a group of another project");
  else if (line.values("group").length > 0) found.projects.add(context.project);
  for (const it of found.projects) addPythonProject(it, { built: true, sources: context.sources }, found);
}

/** A file of requirements, whatever its kind. */
function addFile(path: string, context: UvContext, found: Gathering) {
  const name = basename(path);
  if (name === "pyproject.toml")
    addPythonProject(resolve(context.folder, dirname(path)), { built: false, sources: context.sources }, found);
  else if (name.endsWith(".py")) addScript(path, context, found);
  else if (name === "setup.cfg") found.unclear.add(`what ${path} says`);
  else addRequirementsFile(path, context.folder, found);
}

function addRun(line: Line, context: UvContext, found: Gathering) {
  const [program = ""] = line.words;
  const isNamed = line.has("script") || line.has("gui-script") || /\.pyw?$/.test(program);
  const script = !line.has("module") && isNamed ? program : undefined;
  if (program === "-" || /^https?:/.test(program)) found.unclear.add("what the script says, which is not a file here");
  const isScript = script !== undefined && addScript(script, context, found);
  if (!isScript && !line.has("no-project")) addUvProject(context.project, context.sources, found);
  addWith(line, context, found);
}

function addTool(line: Line, context: UvContext, found: Gathering) {
  const [program = ""] = line.words;
  const wanted = line.values("from")[0] ?? program.replace(/@(?:latest|[\w.]+)$/, "");
  if (wanted !== "") addRequirement(wanted, context.folder, found);
  for (const it of line.values("with-executables-from").flatMap((names) => names.split(","))) addRequirement(it, context.folder, found);
  addWith(line, context, found);
}

function addWith(line: Line, context: UvContext, found: Gathering) {
  const packages = line.values("with").flatMap((it) => it.split(/,(?=\s*[A-Za-z.])/));
  for (const it of [...packages, ...line.values("with-editable")]) addRequirement(it, context.folder, found);
  addListed(line, context, found);
}

const scriptMetadata = z.object({
  dependencies: z.array(z.string()).default([]),
  tool: z.object({ uv: z.unknown() }).optional(),
});

/** PEP 723. Whether it is such a script. */
function addScript(path: string, { folder }: Pick<UvContext, "folder">, found: Gathering): boolean {
  const text = textOf(resolve(folder, path));
  if (text === undefined) found.unclear.add(`${path} cannot be read`);
  const block = /^# \/\/\/ script\r?$([\s\S]*?)^# \/\/\/\r?$/m.exec(text ?? "")?.[1];
  if (block === undefined) return false;
  try {
    const { dependencies, tool } = scriptMetadata.parse(parseToml(block.replace(/^# ?/gm, "")));
    for (const it of dependencies) addRequirement(it, folder, found);
    if (tool?.uv !== undefined) found.unclear.add(`${path} has settings of its own`);
  } catch {
    found.unclear.add(`the metadata of ${path} is broken`);
  }
  return true;
}

function readPip(args: readonly string[], folder: string, env: Environment, found: Gathering) {
  const { words, before } = subcommand(args, pipOptions, /^$/);
  const [name = ""] = words;
  if (!/^(?:install|download|wheel)$/.test(name)) return void found.unclear.add(`what pip ${name} asks for`);
  const line = readLine([...before, ...args.slice(before.length + 1)], pipOptions);
  refuseIndexes(line, found);
  const context = { folder, project: folder, sources: false, env };
  for (const it of line.values("requirements-from-script")) addScript(it, context, found);
  addInstall(line, context, found);
}

async function readNpm(args: readonly string[], at: string, _env: Environment, found: Gathering) {
  const { words, before } = subcommand(args, npmOptions, /^$/);
  const [name = ""] = words;
  const rest = [...before, ...args.slice(before.length + 1)];
  const line = readLine(rest, npmOptions, { first: /^(?:exec|x)$/.test(name) });
  refuseIndexes(line, found);
  const folder = resolve(at, [...line.values("prefix"), ...line.values("dir")].at(-1) ?? ".");
  const { addNpmProject, addNpmSpec } = await import("./npm-project.ts");
  if (/^(?:exec|x)$/.test(name)) for (const it of packagesOf(line)) addNpmSpec(it, at, found);
  else if (/^(?:i|in|ins|inst|install|add|ci|clean-install|ic|install-clean|update|up|upgrade)$/.test(name)) {
    for (const it of /^up/.test(name) ? [] : line.words) addNpmSpec(it, at, found);
    if (!line.has("global") || line.words.length === 0) addNpmProject(folder, found);
  } else found.unclear.add(`what npm ${name} asks for`);
}

const packagesOf = (line: Line) => (line.values("package").length > 0 ? line.values("package") : line.words.slice(0, 1));

function refuseIndexes(line: Line, found: Gathering) {
  const named = indexOptions.find((it) => line.has(it));
  if (named !== undefined) found.unclear.add(`the command line names an index itself (--${named})`);
}
