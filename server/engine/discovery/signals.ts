/** Reads from one source file, by its text alone, what it has to do with agents. Runs on every file of a workspace. */
import type { LanguageId } from "../source.ts";
import { type CatalogEntry, catalog } from "./catalog.ts";

export interface Signals {
  /** Names of catalogued SDKs, frameworks and protocols that it imports, sorted. */
  modules: string[];
  /** It calls a model or serves an agent, and is not a test. */
  agent: boolean;
  /** A program starts here. */
  entryPoint: boolean;
}

type Ecosystem = "python" | "npm" | "go";

interface Reader {
  /** The module of each catalogued import, in its first group. */
  imports: RegExp;
  entryPoint: RegExp;
  separator: string;
  names: ReadonlyMap<string, string>;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Longer modules first, so that `@langchain/langgraph` is not taken for `@langchain`. */
function modulesOf(ecosystem: Ecosystem): Map<string, string> {
  const of = (entry: CatalogEntry) => (entry[ecosystem] ?? []).map((module): [string, string] => [module, entry.name]);
  return new Map(catalog.flatMap(of).sort(([a], [b]) => b.length - a.length));
}

function reader(ecosystem: Ecosystem, separator: string, imports: (modules: string) => string, entryPoint: RegExp): Reader {
  const names = modulesOf(ecosystem);
  return { imports: new RegExp(imports([...names.keys()].map(escaped).join("|")), "gm"), entryPoint, separator, names };
}

const python = reader(
  "python",
  ".",
  // `from google import genai` names its module in two places.
  (modules) =>
    `^[ \\t]*(?:from[ \\t]+(?:((?:${modules})(?![\\w])[\\w.]*)[ \\t]+import\\b|google[ \\t]+import[ \\t]+\\(?[ \\t]*(genai|adk)\\b)|import[ \\t]+(?:[\\w.]+[ \\t]*,[ \\t]*)*((?:${modules})(?![\\w])[\\w.]*))`,
  /^if\s+__name__\s*==/m,
);

const npm = reader(
  "npm",
  "/",
  (modules) =>
    `^[ \\t]*(?:(?:import|export)(?![ \\t]+type\\b)[^"'\`;]*|[^\\n"'\`]*\\b(?:require|import)\\()[ \\t]*["']((?:${modules})(?:/[^"'\\n]*)?)["']`,
  /^#!|\.listen\(|\bserve\(\s*[{(\w]|\bcreateRoot\(/m,
);

const go = reader("go", "/", (modules) => `^(?:import)?[ \\t]+(?:[\\w.]+[ \\t]+)?"((?:${modules})(?:/[^"\\n]*)?)"`, /^func main\(\)/m);

const readers: Record<LanguageId, Reader> = { python, go, typescript: npm, tsx: npm, javascript: npm };

/** `text` may be the file's bytes decoded as Latin-1. `undefined` when there is nothing to say, as for most files. */
export function readSignals(text: string, path: string, language: LanguageId): Signals | undefined {
  const { imports, entryPoint, separator, names } = readers[language];
  const found = new Set<string>();
  for (const [, a, b, c] of text.matchAll(imports)) {
    const name = nameOf(a ?? c ?? `google.${b}`, separator, names);
    if (name) found.add(name);
  }
  const starts = entryPoint.test(text);
  if (found.size === 0 && !starts) return undefined;
  return { modules: [...found].sort(), agent: found.size > 0 && !isTest(path), entryPoint: starts && !isTest(path) };
}

function nameOf(module: string, separator: string, names: ReadonlyMap<string, string>): string | undefined {
  for (let end = module.length; end > 0; end = module.lastIndexOf(separator, end - 1)) {
    const name = names.get(module.slice(0, end));
    if (name) return name;
  }
  return undefined;
}

/** Where a file's name or folder says that it tests others, as the languages' test runners have it. */
export function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|__mocks__|testdata|e2e)\/|(?:^|\/)(?:test_[^/]*|conftest)\.py$|_test\.(?:py|go)$|\.(?:test|spec|stories)\.[mc]?[jt]sx?$/.test(
    path,
  );
}
