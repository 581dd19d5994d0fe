/** Reads from one source file, by its text alone, what it has to do with agents. Runs on every file of a workspace. */
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
  ecosystem: "python" | "npm" | "go";
  /** Words that an import cannot do without. Found first: searching for a word is an order of magnitude faster than matching an expression. */
  keywords: readonly string[];
  /** Matched where a keyword stands (Python: at the start of its line); the imported modules are its groups. */
  imports: RegExp;
  separator: string;
  names: ReadonlyMap<string, string>;
  startsProgram(text: string): boolean;
}

const modulesOf = (ecosystem: "python" | "npm" | "go") =>
  new Map(catalog.flatMap((entry: CatalogEntry) => (entry[ecosystem] ?? []).map((module): [string, string] => [module, entry.name])));

const python: Reader = {
  ecosystem: "python",
  keywords: ["import"],
  imports: /[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*\(?[ \t]*(\w+)|import[ \t]+([\w.]+))/y,
  separator: ".",
  names: modulesOf("python"),
  startsProgram: (text) => text.includes("__name__") && /^if\s+__name__\s*==/m.test(text),
};

const npm: Reader = {
  ecosystem: "npm",
  keywords: ["from", "import", "require"],
  imports: /(?:from|import|require)\s*\(?\s*["']([^"'\n]+)["']/y,
  separator: "/",
  names: modulesOf("npm"),
  startsProgram: (text) => text.startsWith("#!") || text.includes(".listen(") || text.includes("createRoot(") || /\bserve\(/.test(text),
};

const go: Reader = {
  ecosystem: "go",
  keywords: ['"'],
  imports: /"([^"\n]+)"/y,
  separator: "/",
  names: modulesOf("go"),
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

/** Every module that the text imports for more than its types; what stands in a string or comment may be among them. */
function importedModules(text: string, language: LanguageId): string[] {
  const { keywords, imports } = readers[language];
  const searched = language === "go" ? goImports(text) : text;
  const found: string[] = [];
  for (const keyword of keywords)
    for (let at = searched.indexOf(keyword); at >= 0; at = searched.indexOf(keyword, at + keyword.length)) {
      imports.lastIndex = language === "python" ? searched.lastIndexOf("\n", at) + 1 : at;
      const [, module, name, plain] = imports.exec(searched) ?? [];
      if (plain) found.push(plain);
      // `from google import genai` names its module in two places.
      else if (module && !isTypeImport(searched, at, keyword)) found.push(name ? `${module}.${name}` : module);
    }
  return found;
}

/** Go's imports stand before its first declaration. */
function goImports(text: string): string {
  const start = text.indexOf("\nimport");
  const end = text.indexOf("\nfunc ", start);
  return start < 0 ? "" : text.slice(start, end < 0 ? undefined : end);
}

/** Whether the `from` at `at` ends an `import type … from`. */
function isTypeImport(text: string, at: number, keyword: string): boolean {
  if (keyword !== "from") return false;
  const start = text.lastIndexOf("import", at);
  return start >= 0 && /^import\s+type\s/.test(text.slice(start, start + 16));
}

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
