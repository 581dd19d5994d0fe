/** What command lines of uv and pip ask an index for. */
import { basename, dirname, resolve } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import { addConstraints, addRequirement, addRequirementsFile, type Gathering, textOf } from "./gathering.ts";
import type { Environment } from "./names.ts";
import { type Line, type Options, readLine, subcommand } from "./options.ts";
import { addPythonProject, addUvProject, addUvSettings } from "./python-project.ts";
import { refuseIndexes } from "./refuse-indexes.ts";
import { pipOptions, uvGlobal, uvPip, uvProject, uvRun, uvTool } from "./tool-options.ts";

export function readUv(args: readonly string[], at: string, env: Environment, found: Gathering) {
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
  else if (line.values("group").length > 0)
    addPythonProject(context.project, { built: false, sources: context.sources, groups: true }, found);
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

export function readPip(args: readonly string[], folder: string, env: Environment, found: Gathering) {
  const { words, before } = subcommand(args, pipOptions, /^$/);
  const [name = ""] = words;
  if (!/^(?:install|download|wheel)$/.test(name)) return void found.unclear.add(`what pip ${name} asks for`);
  const line = readLine([...before, ...args.slice(before.length + 1)], pipOptions);
  refuseIndexes(line, found);
  const context = { folder, project: folder, sources: false, env };
  for (const it of line.values("requirements-from-script")) addScript(it, context, found);
  addInstall(line, context, found);
}
