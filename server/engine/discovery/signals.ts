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
  startsProgram(text: string): boolean;
}

const namesOf = (ecosystem: Ecosystem) =>
  new Map(catalog.flatMap((entry: CatalogEntry) => (entry[ecosystem] ?? []).map((module): [string, string] => [module, entry.name])));

const python: Reader = {
  ecosystem: "python",
  separator: ".",
  names: namesOf("python"),
  startsProgram: (text) => text.includes("__name__") && /^if\s+__name__\s*==/m.test(text),
};

const npm: Reader = {
  ecosystem: "npm",
  separator: "/",
  names: namesOf("npm"),
  startsProgram: (text) => text.startsWith("#!") || text.includes(".listen(") || text.includes("createRoot(") || /\bserve\(/.test(text),
};

const go: Reader = {
  ecosystem: "go",
  separator: "/",
  names: namesOf("go"),
  startsProgram: (text) => text.includes("\nfunc main()"),
};

const readers: Record<LanguageId, Reader> = { python, go, typescript: npm, tsx: npm, javascript: npm };

/** `text` may be the file's bytes decoded as Latin-1. `undefined` when there is nothing to say, as for most files. */
export function readSignals(text: string, path: string, language: LanguageId): Signals | undefined {
  const reader = readers[language];
  const imported = importedModules(text, language);
  const found = new Set(imported.flatMap((it) => nameOf(it, reader) ?? []));
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

function nameOf(module: string, { separator, names }: Reader): string | undefined {
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
