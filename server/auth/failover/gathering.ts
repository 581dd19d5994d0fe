/** Collects the names that a command would ask an index for, and why there may be more. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isLock, readLock } from "./locks.ts";
import { type Environment, isPublicOrigin } from "./names.ts";
import { readRequirement } from "./requirement.ts";
import { readRequirementsFile } from "./requirements-file.ts";

export interface Gathering {
  env: Environment;
  names: Set<string>;
  /** Parts of the workspace, which no index is asked for. */
  local: Set<string>;
  /** Absolute paths of the lock and requirements files that counted. */
  files: Set<string>;
  unclear: Set<string>;
  /** Folders whose project counts, as `python-project.ts` is to read them. */
  projects: Set<string>;
}

export const emptyGathering = (env: Environment): Gathering => ({
  env,
  names: new Set(),
  local: new Set(),
  files: new Set(),
  unclear: new Set(),
  projects: new Set(),
});

export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there, or no file: whoever needs it says so.
    return undefined;
  }
}

/** `folder` is what a path is relative to. */
export function addRequirement(text: string, folder: string, found: Gathering) {
  const requirement = readRequirement(text);
  if (requirement === undefined) found.unclear.add(`${JSON.stringify(text)} is not a requirement`);
  else if ("name" in requirement) found.names.add(requirement.name);
  else if ("url" in requirement) found.unclear.add(`what ${requirement.url} needs`);
  else addPath(requirement.path, folder, found);
}

function addPath(path: string, folder: string, found: Gathering) {
  const absolute = resolve(folder, path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) found.projects.add(absolute);
  else found.unclear.add(`what ${path} needs`);
}

/** A requirements or lock file, with those that it includes. */
export function addRequirementsFile(path: string, folder: string, found: Gathering) {
  const absolute = resolve(folder, path);
  if (/^\w+:\/\//.test(path) || path === "-")
    found.unclear.add(`what ${path === "-" ? "comes from the pipe" : "a file of another machine says"}`);
  else if (!found.files.has(absolute)) readInto(absolute, path, found);
}

function readInto(absolute: string, shown: string, found: Gathering) {
  found.files.add(absolute);
  const text = textOf(absolute);
  if (text === undefined) found.unclear.add(`${shown} cannot be read`);
  else if (isLock(absolute)) addLock(absolute, text, found);
  else addLines(absolute, text, found);
}

function addLines(path: string, text: string, found: Gathering) {
  const { lines, requirements, constraints, indexUrl, moreIndexes } = readRequirementsFile(text);
  const folder = dirname(path);
  for (const line of lines) addRequirement(line.text, folder, found);
  for (const it of requirements) addRequirementsFile(it, folder, found);
  for (const it of constraints) addConstraints(it, folder, found);
  const indexes = [...(indexUrl === undefined ? [] : [indexUrl]), ...moreIndexes];
  if (!indexes.every((it) => isPublicOrigin(it, "pypi", found.env))) found.unclear.add(`${path} names an index itself`);
}

/** Constraints add no names of their own, unless they are addresses. */
export function addConstraints(path: string, folder: string, found: Gathering) {
  const text = textOf(resolve(folder, path));
  if (text === undefined) {
    found.unclear.add(`${path} cannot be read`);
    return;
  }
  const { lines, requirements, constraints } = readRequirementsFile(text);
  const named = lines.every((it) => "name" in (readRequirement(it.text) ?? {}));
  if (!named || requirements.length > 0 || constraints.length > 0) found.unclear.add(`what the constraints of ${path} add`);
}

export function addLock(path: string, text: string, found: Gathering) {
  found.files.add(path);
  try {
    for (const { name, local, elsewhere, origin } of readLock(path, text)) {
      // npm fetches from the address that it locked, whatever the registry.
      if (origin !== undefined && path.endsWith(".json") && !isPublicOrigin(origin, "npm", found.env))
        found.unclear.add(`${path} fetches ${name} from ${URL.parse(origin)?.host ?? "elsewhere"}`);
      if (elsewhere !== undefined) found.unclear.add(`what ${name} needs, which is not from an index`);
      else if (local) found.local.add(name);
      else found.names.add(name);
    }
  } catch {
    found.unclear.add(`${path} is broken`);
  }
}
