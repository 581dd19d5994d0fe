/** Finds and reads `cockpit.json`. What is wrong with it comes back as problems with their place; nothing here decides what they mean. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ConfigInput } from "../protocol/config.ts";

export const configFileName = "cockpit.json";

export interface FileProblem {
  message: string;
  /** 1-based, in UTF-16 units; 1:1 when the whole file is meant. */
  line: number;
  column: number;
  /** UTF-16 offsets of what is wrong. */
  start: number;
  end: number;
}

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
    return { file, input: {}, problems: [{ message: `cannot be read: ${reason(error)}`, ...placeOf("", 0, 0) }] };
  }
}

/** Checks the text of a `cockpit.json`, of an unsaved editor too. */
export async function readConfig(source: string): Promise<Pick<LoadedConfig, "input" | "problems">> {
  const [{ evaluate, parse }, { checkConfig }, { rules }] = await Promise.all([
    import("@humanwhocodes/momoa"),
    import("../protocol/config-schema.ts"),
    import("../engine/rules/index.ts"),
  ]);
  const text = source.replace(/^\uFEFF/, " ");
  let document: ReturnType<typeof parse>;
  try {
    document = parse(text, { mode: "jsonc", ranges: true, allowTrailingCommas: true });
  } catch (error) {
    return { input: {}, problems: [syntaxProblem(text, error)] };
  }
  const { input, problems } = checkConfig(
    evaluate(document),
    rules.map(({ meta }) => meta.id),
  );
  return {
    input,
    problems: problems
      .map(({ path, atKey, message }) => ({ message, ...placeOf(text, ...rangeAt(document.body, path, atKey)) }))
      .sort((a, b) => a.start - b.start),
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

/** The part of a Momoa node that is needed to find a value's place. */
interface JsonNode {
  type: string;
  range?: number[] | undefined;
  name?: unknown;
  value?: unknown;
  members?: readonly { name: JsonNode; value: JsonNode }[];
  elements?: readonly { value: JsonNode }[];
}

function rangeAt(root: JsonNode, path: readonly (string | number)[], atKey: boolean): [start: number, end: number] {
  let found = root;
  for (const [i, key] of path.entries()) {
    const member = found.members?.findLast(({ name }) => nameOf(name) === key);
    const next = typeof key === "number" ? found.elements?.[key]?.value : atKey && i === path.length - 1 ? member?.name : member?.value;
    if (!next) break;
    found = next;
  }
  return [found.range?.[0] ?? 0, found.range?.[1] ?? 0];
}

/** Member names are strings in JSON, identifiers in its relaxed forms. */
const nameOf = (node: JsonNode) => node.value ?? node.name;

function syntaxProblem(text: string, error: unknown): FileProblem {
  const known = error instanceof Error && "offset" in error && typeof error.offset === "number";
  const blamed = known ? Math.min(Number(error.offset), text.length) : 0;
  // An object that is never closed is blamed on its beginning; what is wrong is that the file ends.
  const offset = /^[{[]/.test(text.slice(blamed)) && text.slice(0, blamed).trim() === "" ? text.length : blamed;
  const [token = ""] = /^(?:\w+|[\s\S]?)/.exec(text.slice(offset)) ?? [];
  return { message: syntaxMessage(text, token), ...placeOf(text, offset, offset + token.length) };
}

function syntaxMessage(text: string, token: string): string {
  if (text.trim() === "") return "the file is empty; the least it can hold is {}";
  return token === "" ? "not valid JSON: the file ends too early" : `not valid JSON: unexpected ${JSON.stringify(token)}`;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

function placeOf(text: string, start: number, end: number) {
  const before = text.slice(0, start);
  return { start, end, line: before.split("\n").length, column: start - before.lastIndexOf("\n") };
}
