/** What a command line of uv, pip or npm would ask an index for. Where that cannot be told it says why: nothing is guessed. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Tool } from "../../protocol/auth.ts";
import type { Requested } from "./decide.ts";
import { upFrom } from "./folders.ts";
import { addRequirementsFile, emptyGathering, type Gathering, textOf } from "./gathering.ts";
import type { LockedPin } from "./known-public.ts";
import { isLock, readLock } from "./locks.ts";
import type { Environment } from "./names.ts";
import { readNpm } from "./npm-commands.ts";
import { pinsOfRequirements } from "./pins.ts";
import { readPip, readUv } from "./python-commands.ts";
import { addPythonProject, addUvProject } from "./python-project.ts";

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
