/** Which modules a file imports, read from its text alone and fast enough for every file of a workspace. */
import type { LanguageId } from "./source.ts";

/** Where a language's packages come from. */
export type Ecosystem = "python" | "npm" | "go";

export const ecosystemOf: Readonly<Record<LanguageId, Ecosystem>> = {
  python: "python",
  go: "go",
  typescript: "npm",
  tsx: "npm",
  javascript: "npm",
};

/**
 * Every module that the text imports for more than its types; what stands in a string or comment may be among them. Python's `from a import b` is `a.b`. `text` may be
 * bytes decoded as Latin-1. Several questions are asked of the same text in turn: the last answer is kept.
 */
export function importedModules(text: string, language: LanguageId): readonly string[] {
  if (last?.text === text && last.language === language) return last.modules;
  const modules = readers[ecosystemOf[language]](text);
  last = { text, language, modules };
  return modules;
}

let last: { text: string; language: LanguageId; modules: readonly string[] } | undefined;

const readers: Record<Ecosystem, (text: string) => string[]> = { python: pythonModules, npm: npmModules, go: goModules };

/** Offsets of a word. Searching for a word is an order of magnitude faster than matching an expression. */
function* occurrences(text: string, word: string): Generator<number> {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) yield at;
}

/** Statements of a line, in the order of the expression's groups: `from` module, its names on that line; modules of `import`. */
const pythonImport =
  /(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t\\]*\s+import\b[ \t\\]*\(?\s*([\w \t,]*)|import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*))/g;

function pythonModules(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf("import"), end = 0; at >= 0; at = text.indexOf("import", end)) {
    const lineBreak = text.lastIndexOf("\n", at);
    // A `from` may stand on the line before, continued by a backslash.
    const start = text.startsWith("\\", lineBreak - 1) ? text.lastIndexOf("\n", lineBreak - 1) : lineBreak;
    const next = text.indexOf("\n", at);
    end = next < 0 ? text.length : next;
    readPythonImports(text.slice(start + 1, end), found);
  }
  return found;
}

function readPythonImports(line: string, found: string[]) {
  // Not `matchAll`, which makes an expression of its own for each line.
  pythonImport.lastIndex = 0;
  for (let match = pythonImport.exec(line); match; match = pythonImport.exec(line)) {
    const [, module, names, plain] = match;
    if (module) found.push(...(names?.trim() ? names.split(",").map((it) => `${module}.${firstWord(it)}`) : [module]));
    else if (plain?.includes(",")) found.push(...plain.split(",").map(firstWord));
    else if (plain) found.push(firstWord(plain));
  }
}

const firstWord = (text: string) => /[\w.]+/.exec(text)?.[0] ?? "";

/** The specifier after a keyword; a comment before it may tell a bundler about the module. */
const npmImport = /(?:from|import|require)\s*\(?\s*(?:\/\*[^*]*\*\/\s*)?["'`]([^"'`\n]+)["'`]/y;

function npmModules(text: string): string[] {
  const found: string[] = [];
  for (const keyword of ["from", "import", "require"])
    for (const at of occurrences(text, keyword)) {
      npmImport.lastIndex = at;
      const [, module] = npmImport.exec(text) ?? [];
      if (module && !(keyword === "from" && isTypeImport(text, at))) found.push(module);
    }
  return found;
}

/** Whether the `from` at `at` ends an `import type … from`; a statement longer than this is taken for another kind. */
function isTypeImport(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2000), at);
  const statement = before.slice(before.lastIndexOf("import"));
  return /^import\s+type\s/.test(statement) && !/\bfrom\b/.test(statement);
}

/** Go's imports stand before its first declaration. */
function goModules(text: string): string[] {
  const start = text.indexOf("\nimport");
  if (start < 0) return [];
  const end = text.indexOf("\nfunc ", start);
  return [...text.slice(start, end < 0 ? undefined : end).matchAll(/"([^"\n]+)"|`([^`\n]+)`/g)].map(
    ([, quoted, raw]) => quoted ?? raw ?? "",
  );
}
