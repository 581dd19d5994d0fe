/** Command lines of package tools, by tables of their options. An option that no table has makes a command line unclear. */
import { parseArgs } from "node:util";

export interface Options {
  /** Names of those that take a value, and of those that do not; a single letter is a short form of the name after it: `r:requirement`. */
  values: string;
  flags: string;
}

export interface Line {
  words: string[];
  /** All values of an option. */
  values(name: string): string[];
  has(name: string): boolean;
}

/** Throws where an option is unknown or lacks its value. `first`: what follows the first word is another program's. */
export function readLine(args: readonly string[], { values, flags }: Options, { first = false } = {}): Line {
  const options = { ...table(values, "string"), ...table(flags, "boolean") };
  const own = first ? upToFirstWord(args, options) : [...args];
  const { values: given, positionals } = parseArgs({ args: own, options, allowPositionals: true, strict: true });
  const read = new Map(Object.entries(given));
  return {
    words: positionals,
    values: (name) => [read.get(name) ?? []].flat().map(String),
    has: (name) => read.has(name),
  };
}

type Table = Record<string, { type: "string" | "boolean"; short?: string; multiple: true }>;

function table(words: string, type: "string" | "boolean"): Table {
  return Object.fromEntries(
    words
      .split(/\s+/)
      .filter((it) => it !== "")
      .map((it) => {
        const [name = "", short] = it.split(":").reverse();
        return [name, { type, multiple: true, ...(short ? { short } : {}) }];
      }),
  );
}

function upToFirstWord(args: readonly string[], options: Table): string[] {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  const first = tokens.find((it) => it.kind === "positional" || it.kind === "option-terminator");
  return first ? args.slice(0, first.index + (first.kind === "positional" ? 1 : 2)) : [...args];
}

/** The words that name a subcommand, and the options before them. */
export function subcommand(args: readonly string[], options: Options, isParent: RegExp) {
  const first = readLine(args, options, { first: true }).words[0] ?? "";
  const at = args.indexOf(first);
  const second = isParent.test(first) ? [args[at + 1] ?? ""] : [];
  return { words: [first, ...second], before: args.slice(0, at) };
}
