/** What the commands that look at a workspace share: its target, its configuration and the part of it that was asked for. */
import { stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { Severity } from "../engine/finding.ts";
import { rules } from "../engine/rules/index.ts";
import { type LoadedConfig, loadConfig, repositoryRoot } from "../host/config.ts";
import { type CockpitConfig, resolveConfig } from "../protocol/config.ts";
import { messageOf } from "../protocol/message-of.ts";
import { unknownRule } from "../protocol/nearest.ts";
import { type Flags, UsageError } from "./flags.ts";
import { printable } from "./terminal.ts";

export interface Session {
  /** Absolute. */
  target: string;
  isFile: boolean;
  config: CockpitConfig;
  /** Absolute path of the `cockpit.json` that counts here. */
  configFile?: string;
  /** Rules named with `--rule`. */
  only?: ReadonlySet<string>;
}

/** Reads the flags that all of them know. Throws a UsageError: an audit under another configuration than the person wrote would mislead. */
export async function openSession(flags: Flags): Promise<Session> {
  const named = resolve(flags.text("target") ?? ".");
  const isNamedFile = await existingTarget(named);
  const around = flags.on("workspace") ? ((await repositoryRoot(named)) ?? (isNamedFile ? dirname(named) : named)) : undefined;
  const [target, isFile] = [around ?? named, isNamedFile && around === undefined];
  const only = namedRules(flags.list("rule"));
  const loaded = await loadConfig(target);
  refuseBroken(loaded);
  const config = resolveConfig(loaded.input, { rules: reawakened(loaded, only) });
  const session = { target, isFile, ...(only.size > 0 ? { only } : {}) };
  if (loaded.file === undefined) return { ...session, config };
  return { ...session, config: { ...config, excludeRoot: dirname(loaded.file) }, configFile: loaded.file };
}

/** A path as a person would type it here: relative, unless that is the longer way. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path) || ".";
  return printable(short.length < path.length ? short : path);
}

/** Whether it is a file rather than a folder. Throws a UsageError when it is not there or cannot be read. */
export async function existingTarget(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isFile();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new UsageError(`${shownPath(target)} does not exist; name a file or folder with --target`);
    throw new UsageError(`${shownPath(target)} cannot be read: ${messageOf(error)}`);
  }
}

function namedRules(ids: readonly string[]): Set<string> {
  const known = rules.map(({ meta }) => meta.id);
  const wrong = ids.find((id) => !known.includes(id));
  if (wrong === undefined) return new Set(ids);
  throw new UsageError(unknownRule(wrong, known));
}

function refuseBroken({ file, problems }: LoadedConfig) {
  if (file === undefined || problems.length === 0) return;
  const lines = problems.map(({ line, column, message }) => `${shownPath(file)}:${line}:${column}: ${message}`);
  throw new UsageError(`the configuration is wrong, so nothing was done\n${lines.join("\n")}`);
}

/** A rule that is named on the command line runs even if `cockpit.json` turns it off. */
function reawakened({ input }: LoadedConfig, only: ReadonlySet<string>): Record<string, Severity> {
  const off = rules.filter(({ meta }) => only.has(meta.id) && input.rules?.[meta.id] === "off");
  return Object.fromEntries(off.map(({ meta }) => [meta.id, meta.severity]));
}
