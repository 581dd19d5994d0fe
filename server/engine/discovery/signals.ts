/** Reads from one source file, by its text alone, what it has to do with agents. Runs on every file of a workspace. */
import { type Ecosystem, importedModules } from "../imported-modules.ts";
import { turnsTracingOn } from "../instrumentation.ts";
import type { LanguageId } from "../source.ts";
import { type CatalogEntry, catalog } from "./catalog.ts";

export interface Signals {
  /** Names of catalogued SDKs, frameworks and protocols that it imports, sorted. */
  modules: string[];
  /** It calls a model or serves an agent, and is not a test. */
  agent: boolean;
  /** A program starts here. */
  entryPoint: boolean;
  /** It turns tracing of model clients on for the whole process. */
  instruments?: true;
}

interface Reader {
  ecosystem: Ecosystem;
  separator: string;
  /** Catalogue names by module. */
  names: ReadonlyMap<string, string>;
  /** First segments of the catalogue's modules: most imports are of none of them. */
  roots: ReadonlySet<string>;
  startsProgram(text: string): boolean;
}

function catalogOf(ecosystem: Ecosystem, separator: string): Pick<Reader, "ecosystem" | "separator" | "names" | "roots"> {
  const names = new Map(catalog.flatMap((entry: CatalogEntry) => (entry[ecosystem] ?? []).map((module) => [module, entry.name] as const)));
  return { ecosystem, separator, names, roots: new Set([...names.keys()].map((it) => rootOf(it, separator))) };
}

const python: Reader = {
  ...catalogOf("python", "."),
  startsProgram: comparesName,
};

const npm: Reader = {
  ...catalogOf("npm", "/"),
  startsProgram: (text) => text.startsWith("#!") || text.includes(".listen(") || text.includes("createRoot(") || /\bserve\(/.test(text),
};

const go: Reader = {
  ...catalogOf("go", "/"),
  startsProgram: (text) => text.includes("\nfunc main()"),
};

/** `if __name__ == …` that begins a line; found by its rarest word, as this runs on every file. */
function comparesName(text: string): boolean {
  for (let at = text.indexOf("__name__"); at >= 0; at = text.indexOf("__name__", at + 1)) {
    const start = text.lastIndexOf("\n", at) + 1;
    if (/^if\s+__name__\s*==/.test(text.slice(start, at + 20))) return true;
  }
  return false;
}

const readers: Record<LanguageId, Reader> = { python, go, typescript: npm, tsx: npm, javascript: npm };

/** `text` may be the file's bytes decoded as Latin-1. `undefined` when there is nothing to say, as for most files. */
export function readSignals(text: string, path: string, language: LanguageId): Signals | undefined {
  const reader = readers[language];
  const imported = importedModules(text, language);
  const found = new Set<string>();
  for (const it of imported) {
    const name = nameOf(it, reader);
    if (name) found.add(name);
  }
  const starts = reader.startsProgram(text);
  const instruments = turnsTracingOn(imported, reader.ecosystem, text);
  if (found.size === 0 && !starts && !instruments) return undefined;
  const own = !isTest(path);
  return {
    modules: [...found].sort(),
    agent: own && found.size > 0,
    entryPoint: own && starts,
    ...(own && instruments ? { instruments } : {}),
  };
}

/** Whether the text turns tracing of model clients on for the whole process. */
export const readsTracing = (text: string, language: LanguageId): boolean =>
  turnsTracingOn(importedModules(text, language), readers[language].ecosystem, text);

function rootOf(module: string, separator: string): string {
  const end = module.indexOf(separator);
  return end < 0 ? module : module.slice(0, end);
}

function nameOf(module: string, { separator, names, roots }: Reader): string | undefined {
  if (!roots.has(rootOf(module, separator))) return undefined;
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
