/** Finds the files of a workspace that git would not ignore. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

export interface WalkOptions {
  /** More patterns in `.gitignore` syntax, and the absolute folder that they are relative to (the root when absent). */
  exclude?: readonly string[];
  excludeRoot?: string;
  /** Which files are wanted, by relative path; all when absent. */
  wanted?(path: string): boolean;
  /** How a folder is read; afresh when absent. */
  list?(folder: string): FolderNames;
}

/** Names of a folder's regular files and of its folders; symbolic links and all else left out. */
export interface FolderNames {
  files: readonly string[];
  folders: readonly string[];
}

/** Patterns and the absolute folder, with a separator at its end, that they are relative to. */
interface Ignored {
  base: string;
  patterns: Ignore;
}

/** Nobody's own code, whether git ignores them or not. */
const skipped = new Set([".git", "node_modules", "__pycache__", ".venv", ".hg", ".svn"]);

/**
 * Regular files below `root` (absolute), relative to it and `/`-separated, each folder's files before its folders. Symbolic links are not followed.
 * Folders that cannot be read are told to `unreadable`.
 */
export function* walk(
  root: string,
  options: WalkOptions = {},
  unreadable: (path: string, error: unknown) => void = () => {},
): Generator<string, void> {
  const { wanted = () => true, list = listFolder } = options;
  const excluded = excludedBy(root, options);
  const pending = [{ folder: root, prefix: "", inherited: patternsAt(root) }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { folder, prefix, inherited } = next;
    const { files, folders } = named(folder, prefix);
    if (files.includes("pyvenv.cfg")) continue;
    const rules = files.includes(".gitignore") ? [...inherited, ...readPatterns(folder, ".gitignore")] : inherited;
    const base = folder.endsWith(sep) ? folder : folder + sep;
    for (const name of files) if (wanted(prefix + name) && !isIgnored(base + name, rules, excluded)) yield prefix + name;
    for (const name of folders.toReversed())
      if (!skipped.has(name) && !isIgnored(`${base}${name}/`, rules, excluded))
        pending.push({ folder: base + name, prefix: `${prefix}${name}/`, inherited: rules });
  }

  function named(folder: string, prefix: string): FolderNames {
    try {
      return list(folder);
    } catch (error) {
      unreadable(prefix.replace(/\/$/, ""), error);
      return { files: [], folders: [] };
    }
  }
}

/** Throws what the file system throws. */
export function listFolder(folder: string): FolderNames {
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) folders.push(entry.name);
    else if (entry.isFile()) files.push(entry.name);
  }
  return { files, folders };
}

/** Whether `walk` would pass over a file, by its path relative to `root`, `/`-separated. */
export function isPassedOver(root: string, path: string, options: WalkOptions = {}): boolean {
  const excluded = excludedBy(root, options);
  const names = path.split("/");
  let rules = patternsAt(root);
  let folder = root;
  for (const [i, name] of names.entries()) {
    if (existsSync(join(folder, "pyvenv.cfg"))) return true;
    rules = [...rules, ...readPatterns(folder, ".gitignore")];
    folder = join(folder, name);
    const isFolder = i < names.length - 1;
    if ((isFolder && skipped.has(name)) || isIgnored(isFolder ? `${folder}/` : folder, rules, excluded)) return true;
  }
  return false;
}

/** Names differ by case where git takes them to: by default, on Linux. */
const noPatterns = () => ignore({ ignorecase: process.platform !== "linux" });

const excludedBy = (root: string, { exclude, excludeRoot }: WalkOptions): Ignored[] =>
  exclude?.length ? [{ base: (excludeRoot ?? root) + sep, patterns: noPatterns().add([...exclude]) }] : [];

/** The nearest patterns that say anything about a path decide, as in git; `excluded` can only add to what is ignored. */
function isIgnored(path: string, rules: readonly Ignored[], excluded: readonly Ignored[]): boolean {
  if (excluded.some((it) => verdict(path, it).ignored)) return true;
  for (let i = rules.length - 1; i >= 0; i--) {
    const rule = rules[i];
    const { ignored, unignored } = rule ? verdict(path, rule) : { ignored: false, unignored: false };
    if (ignored || unignored) return ignored;
  }
  return false;
}

function verdict(path: string, { base, patterns }: Ignored) {
  if (path === base || !path.startsWith(base)) return { ignored: false, unignored: false };
  const relativePath = path.slice(base.length);
  return patterns.test(sep === "/" ? relativePath : relativePath.replaceAll(sep, "/"));
}

/**
 * What is in force at `root`. A root that is itself ignored was asked for by name, so what ignores it does not count.
 */
function patternsAt(root: string): Ignored[] {
  const above = patternsAbove(root);
  return isIgnored(root + sep, above, []) ? [] : above;
}

/** `.git/info/exclude` and every `.gitignore` from the repository's root down to the folder above `root`. */
function patternsAbove(root: string): Ignored[] {
  const repository = repositoryOf(root);
  if (repository === undefined) return [];
  const between = relative(repository, root).split(sep).filter(Boolean);
  const folders = between.map((_, i) => join(repository, ...between.slice(0, i)));
  return [...readPatterns(repository, join(".git", "info", "exclude")), ...folders.flatMap((it) => readPatterns(it, ".gitignore"))];
}

/** The nearest folder at or above `folder` that holds `.git`. */
export function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

function readPatterns(folder: string, file: string): Ignored[] {
  try {
    return [{ base: folder.endsWith(sep) ? folder : folder + sep, patterns: noPatterns().add(readFileSync(join(folder, file), "utf8")) }];
  } catch {
    // Not there, or not readable: git then takes it as empty, and so do we.
    return [];
  }
}
