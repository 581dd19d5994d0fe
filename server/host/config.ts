/** Finds and reads `cockpit.json`. What is wrong with it comes back as problems with their place; nothing here decides what they mean. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ConfigInput } from "../protocol/config.ts";
import { messageOf } from "../protocol/message-of.ts";
import { type FileProblem, problemAt, readJson } from "./json-places.ts";

export const configFileName = "cockpit.json";

export interface LoadedConfig {
  /** Absolute path; absent when there is no file. */
  file?: string;
  /** What is right of it; empty when it cannot be read at all. */
  input: ConfigInput;
  problems: FileProblem[];
}

/**
 * The nearest `cockpit.json` at or above `target` (a file or folder), up to the root of the repository it is in. Comments and trailing
 * commas are allowed, as in VS Code's own settings.
 */
export async function loadConfig(target: string): Promise<LoadedConfig> {
  const file = await findConfig(resolve(target));
  if (file === undefined) return { input: {}, problems: [] };
  try {
    return { file, ...(await readConfig(await readFile(file, "utf8"))) };
  } catch (error) {
    return { file, input: {}, problems: [problemAt("", `cannot be read: ${messageOf(error)}`)] };
  }
}

/** Checks the text of a `cockpit.json`, of an unsaved editor too. */
export async function readConfig(source: string): Promise<Pick<LoadedConfig, "input" | "problems">> {
  const [json, { checkConfig }, { rules }] = await Promise.all([
    readJson(source, "jsonc"),
    import("../protocol/config-schema.ts"),
    import("../engine/rules/index.ts"),
  ]);
  if ("broken" in json) return { input: {}, problems: [json.broken] };
  const { input, problems } = checkConfig(
    json.value,
    rules.map(({ meta }) => meta.id),
  );
  return {
    input,
    problems: problems.map(({ path, atKey, message }) => json.problem(message, path, atKey)).sort((a, b) => a.start - b.start),
  };
}

/** The nearest folder at or above `folder` that holds `.git`. */
export async function repositoryRoot(folder: string): Promise<string | undefined> {
  for (const it of ancestors(folder)) if (await exists(join(it, ".git"))) return it;
  return undefined;
}

async function findConfig(target: string): Promise<string | undefined> {
  for (const folder of ancestors(target)) {
    const file = join(folder, configFileName);
    if (await exists(file)) return file;
    if (await exists(join(folder, ".git"))) return undefined;
  }
  return undefined;
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
