/**
 * Who owns a folder, by the CODEOWNERS of its repository: GitHub's syntax (https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners)
 * and the sections of GitLab's (https://docs.gitlab.com/user/project/codeowners/reference/).
 */
import { readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ignore from "ignore";
import { repositoryOf } from "./walk.ts";

/** Gives the owners of a folder, named by its path relative to `root` (absolute), `/`-separated: nobody where nothing says who. */
export function ownersBelow(root: string): (folder: string) => string[] {
  const repository = repositoryOf(root) ?? root;
  const text = places.map((it) => read(join(repository, it))).find((it) => it !== undefined);
  if (text === undefined) return () => [];
  const ownersOf = readOwners(text);
  const prefix = relative(repository, root).split(sep).join("/");
  return (folder) => ownersOf([prefix, folder === "." ? "" : folder].filter(Boolean).join("/"));
}

/** The first that is there counts, as GitHub and GitLab look for it. */
const places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/** GitHub reads no larger one. */
const mostBytes = 3 * 1024 * 1024;

function read(file: string): string | undefined {
  try {
    return statSync(file).size <= mostBytes ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}

interface Entry {
  /** Whether it is about a file. */
  matches(path: string): boolean;
  owners: readonly string[];
}

/** The text of a CODEOWNERS as a function of a folder's path. The last line that matches counts, in GitLab's files the last of each section. */
export function readOwners(text: string): (folder: string) => string[] {
  const sections = sectionsOf(text);
  return (folder) => {
    // A folder is owned by whoever owns a file in it that no pattern is about by its name.
    const file = [folder, unnamed].filter(Boolean).join("/");
    return [...new Set(sections.flatMap((entries) => entries.find((it) => it.matches(file))?.owners ?? []))];
  };
}

const unnamed = "\u0001";

/** The entries of each section, the last first. */
function sectionsOf(text: string): Entry[][] {
  const sections = new Map<string, Entry[]>();
  let [name, defaults]: [string, readonly string[]] = ["", []];
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\^?\[([^\]]+)\](?:\[\d+\])?(.*)$/.exec(line.trim());
    if (heading) {
      [name, defaults] = [(heading[1] ?? "").trim().toLowerCase(), ownersIn(heading[2] ?? "")];
      continue;
    }
    const entry = entryOf(line, defaults);
    const entries = sections.get(name) ?? [];
    sections.set(name, entries);
    if (entry) entries.push(entry);
  }
  return [...sections.values()].map((it) => it.reverse());
}

function entryOf(line: string, defaults: readonly string[]): Entry | undefined {
  const [pattern = "", ...words] = wordsOf(line);
  if (pattern === "") return undefined;
  // GitLab's way to take a path out of its section.
  if (pattern.startsWith("!")) return { matches: matcherOf(pattern.slice(1)), owners: [] };
  const owners = words.filter(isOwner);
  return { matches: matcherOf(pattern), owners: owners.length > 0 ? owners : defaults };
}

const ownersIn = (text: string) => wordsOf(text).filter(isOwner);

/** Words up to a comment; a space in a path has a backslash before it. */
const wordsOf = (line: string) => line.replace(/(^|\s)#.*$/, "").match(/(?:\\.|[^\s\\])+/g) ?? [];

/** `@user`, `@org/team`, GitLab's `@@role`, an address. */
const isOwner = (word: string) => /^(?:@@?|[^@]+@)[^@]+$/.test(word);

function matcherOf(pattern: string): Entry["matches"] {
  // Unlike git's, `folder/*` is about the files of the folder and not about those below.
  const lines = pattern.endsWith("/*") ? [pattern, `!${pattern}/`] : [pattern];
  const patterns = ignore({ ignorecase: false }).add(lines);
  const start = literalStart(pattern);
  return (path) => path.startsWith(start) && patterns.ignores(path);
}

/** What every path starts with that a pattern matches; most lines of a long file are ruled out by it. */
function literalStart(pattern: string): string {
  const path = pattern.replace(/^\//, "");
  const isAnchored = pattern.startsWith("/") || /\/./.test(path);
  return isAnchored ? (/^[^*?[\\]*/.exec(path.replace(/\/$/, ""))?.[0] ?? "") : "";
}
