/** What a command line under `auth exec` runs: a package tool itself, or something that may run tools of its own, for hours. */
import { basename, resolve } from "node:path";
import type { Tool } from "../protocol/auth.ts";

export interface ToolCommand {
  tool: Tool;
  subcommand: string;
  /** The folder whose project it concerns. */
  folder: string;
  /** Uv: a command for the whole machine, which takes no notice of projects. */
  ignoresProject: boolean;
  /** Whether it says itself which indexes or which configuration to use. */
  choosesIndexes: boolean;
}

/** Undefined for whatever isn't a package tool that ends when it has fetched: a shell, `make`, `uv run`, `npx`. */
export function toolCommand(command: readonly string[], folder: string): ToolCommand | undefined {
  const [program = "", ...args] = unwrapped(command);
  const tool = toolOf(program);
  if (!tool) return undefined;
  const words = wordsOf(args);
  const subcommand = words[0] ?? "";
  if (!fetching[tool].has(subcommand) || words.slice(0, 2).join(" ") === "tool run") return undefined;
  const before = untilPassedOn(args);
  return {
    tool,
    subcommand,
    folder: folderOf(tool, before, folder),
    ignoresProject: tool === "uv" && subcommand === "tool",
    choosesIndexes: before.some((it) => choosing.test(it)),
  };
}

/** Whether it is npm asked to write the person's `.npmrc`: then it gets no other one to write to. */
export function writesNpmSettings(command: readonly string[]): boolean {
  const [program = "", ...args] = command;
  return toolOf(program) === "npm" && /^(?:config|c|set|login|adduser|add-user|logout)$/.test(wordsOf(args)[0] ?? "");
}

/** The commands of each tool that fetch packages and run nothing that fetches for itself. */
const fetching: Record<Tool, ReadonlySet<string>> = {
  uv: new Set(["pip", "sync", "lock", "add", "remove", "tree", "export", "build", "tool", "venv", "upgrade", "audit"]),
  pip: new Set(["install", "download", "wheel", "index", "lock"]),
  npm: new Set([
    "install",
    "i",
    "add",
    "in",
    "ci",
    "clean-install",
    "update",
    "up",
    "upgrade",
    "view",
    "v",
    "info",
    "show",
    "outdated",
    "pack",
  ]),
  go: new Set(["get", "mod", "install", "build", "list", "vet"]),
};

const choosing =
  /^(?:-i|--index|--index-url|--extra-index-url|--default-index|--no-index|--registry|--userconfig|--config-file|--no-config|--isolated)(?:=|$)/;

/** `python -m pip` is pip. */
function unwrapped([program = "", ...args]: readonly string[]): readonly string[] {
  const module = /^(?:python[\d.]*|py)$/.test(bareName(program)) && args[0] === "-m" ? args[1] : undefined;
  return module === "pip" || module === "uv" ? [module, ...args.slice(2)] : [program, ...args];
}

const bareName = (program: string) =>
  basename(program)
    .replace(/\.(?:exe|cmd|bat)$/i, "")
    .toLowerCase();

function toolOf(program: string): Tool | undefined {
  const name = bareName(program);
  if (/^pip[\d.]*$/.test(name)) return "pip";
  return name === "uv" || name === "npm" || name === "go" ? name : undefined;
}

/** The words that are no flags, nor the value of one that stands before a subcommand. */
function wordsOf(args: readonly string[]): string[] {
  const withValue = /^(?:--directory|--project|--config-file|--cache-dir|--color|--prefix|-C|--python|--proxy|--cert|--log)$/;
  return args.filter((it, i) => !it.startsWith("-") && !withValue.test(args[i - 1] ?? ""));
}

function untilPassedOn(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end < 0 ? args : args.slice(0, end);
}

function folderOf(tool: Tool, args: readonly string[], folder: string): string {
  const names = { uv: ["--directory", "--project"], npm: ["--prefix", "-C"], go: ["-C"], pip: [] }[tool];
  return names.reduce((at, name) => {
    const separate = args.indexOf(name);
    const joined = args.find((it) => it.startsWith(`${name}=`));
    const value = joined?.slice(name.length + 1) ?? (separate < 0 ? undefined : args[separate + 1]);
    return value === undefined ? at : resolve(at, value);
  }, folder);
}
