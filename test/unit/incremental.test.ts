/**
 * Real files, edited at random: after every edit an open document has the findings that a fresh parse of its text has, fixes included. Quick, with
 * fixed seeds. The long run takes files from a folder, and prints the seed of what it finds:
 * `INCREMENTAL_CORPUS=test/.cache/corpus INCREMENTAL_FILES=100 INCREMENTAL_SEED=1 npm run test:unit -- --test-name-pattern "fresh parse"`.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { AnalyzeOptions, Document, TextChange } from "../../server/engine/engine.ts";
import { type LanguageId, languageIds, languageOf, type SourceFile } from "../../server/engine/source.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { defaultCockpitConfig } from "../../server/protocol/config.ts";
import { typedFiles } from "../bench/keystroke-files.ts";

const { INCREMENTAL_CORPUS: corpus, INCREMENTAL_FILES: files = "100", INCREMENTAL_SEED: seed = "1" } = process.env;
const root = join(import.meta.dirname, "../..");
const options: AnalyzeOptions = { config: defaultCockpitConfig };
const engine = await loadEngine();

/** Where in the text (0 to 1), how much of it goes, and what comes. */
type Step = [at: number, length: number, added: string];

const anywhere = [
  "",
  " ",
  "\n",
  "\r\n",
  "\t",
  "\n\n    ",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "'",
  '"',
  "`",
  '"""',
  "\\",
  ",",
  ";",
  ":",
  "=",
  ".",
  "\0",
];
const words = [
  "😀",
  "é",
  "#",
  "//",
  "/*",
  "*/",
  "${",
  "<",
  "/>",
  "=>",
  "if ",
  "else:",
  "return ",
  "async ",
  "function f() {",
  "const a = ",
  "import ",
];
const clients = [
  "OpenAI()",
  "new OpenAI({",
  "client = AsyncOpenAI()\n",
  "openai.NewClient(",
  "from openai import OpenAI\n",
  'import OpenAI from "openai";\n',
];
const python = [
  "if a: b()\n",
  "; c()",
  "class C: pass\n",
  "match x:\n  case 1: y()\n",
  "with a as b: c\n",
  "lambda: 0",
  'f"{a!r:>{w}}"',
  "    ",
];
const jsx = [
  "<button>",
  "</button>",
  "<A2UIRenderer />",
  "<p>",
  "</p>",
  "{...props}",
  'onClick={() => send("a")}',
  "surfaceId={id}",
  "<>",
  "</>",
  "as=",
];
const go = ["func f() {\n", "client := anthropic.NewClient()\n", "defer ", "go ", ":=", "struct{", "type T[", "// x\n"];

const byLanguage: Record<LanguageId, readonly string[]> = {
  python,
  go,
  typescript: ["type A<B> = ", "as const", "<T>", "x!", "?.", "@a "],
  tsx: jsx,
  javascript: jsx,
};

/** Half of the edits stand near the one before, as a person's do. */
function steps({ language }: SourceFile, most: number): fc.Arbitrary<Step[]> {
  const added = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...anywhere, ...words, ...clients, ...byLanguage[language]) },
    { weight: 1, arbitrary: fc.string({ maxLength: 3, unit: "grapheme" }) },
  );
  const length = fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60));
  const step = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), length, added);
  return fc.array(step, { minLength: 1, maxLength: most });
}

function changeOf(text: string, [at, length, added]: Step): TextChange {
  const start = Math.min(text.length, Math.floor(at * (text.length + 1)));
  return { start, end: Math.min(text.length, start + length), text: added };
}

/** What is found, and the facts that every file has: a difference in these is tomorrow's difference in findings. */
function seen(document: Document) {
  const { elements, functions, imports, isComment } = document.facts;
  const comments = [...document.file.text.matchAll(/#|\/[/*]/g)].map(({ index }) => index).filter(isComment);
  return { findings: document.analyze(options), comments, elements, functions, imports };
}

function agrees(file: SourceFile, script: readonly Step[]) {
  const edited = engine.open(file);
  try {
    seen(edited);
    for (const [i, step] of script.entries()) {
      edited.change([changeOf(edited.file.text, step)]);
      // Every other edit is only answered promptly: what follows has to make up for it.
      edited.analyze(options, "prompt");
      if (i % 2 === 1) continue;
      const fresh = engine.open(edited.file);
      try {
        assert.deepEqual(seen(edited), seen(fresh));
      } finally {
        fresh.close();
      }
    }
  } finally {
    edited.close();
  }
}

interface Place {
  folder: string;
  path: string;
  language: LanguageId;
}

/** Whoever runs the samples installs what they need beside them. */
const installed = /[\\/](?:node_modules|\.venv)(?:[\\/]|$)/;

function placesIn(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((it) => {
    const language = languageOf(it.name);
    return it.isFile() && language && !installed.test(it.parentPath)
      ? [{ folder, path: relative(folder, join(it.parentPath, it.name)), language }]
      : [];
  });
}

const read = ({ folder, path, language }: Place): SourceFile => ({ path, language, text: readFileSync(join(folder, path), "utf8") });

const generated = typedFiles.map(({ name, text }): SourceFile => {
  const language = languageOf(name);
  assert(language);
  return { path: name, language, text: text.slice(0, text.indexOf("\n\n", 4000)) };
});

const ours = () => [...[join(root, "samples"), join(root, "server/lsp")].flatMap(placesIn).map(read), ...generated];

/** Of each language as many files that the rules look at, from all over the folder. */
function takenFrom(folder: string, count: number): SourceFile[] {
  const isLookedAt = (it: SourceFile) => it.text.length < 60_000 && engine.candidates(it.text, it.language, options).length > 0;
  return languageIds.flatMap((language) => {
    const places = placesIn(folder).filter((it) => it.language === language);
    const shuffled = places.map((place, i) => ({ place, key: (i * 7919) % places.length })).sort((a, b) => a.key - b.key);
    const found: SourceFile[] = [];
    for (const { place } of shuffled) {
      const file = read(place);
      if (isLookedAt(file)) found.push(file);
      if (found.length === count) break;
    }
    return found;
  });
}

const chosen = corpus === undefined ? ours() : takenFrom(join(root, corpus), Number(files));
const [runs, most] = corpus === undefined ? [6, 6] : [4, 12];

test("after every edit the findings are those of a fresh parse", async (t) => {
  for (const language of new Set(chosen.map((it) => it.language))) await engine.load(language);
  let edits = 0;
  for (const file of chosen) {
    const check = fc.property(steps(file, most), (script) => {
      agrees(file, script);
      edits += script.length;
    });
    const details = fc.check(check, { seed: Number(seed), numRuns: runs });
    assert(!details.failed, `${file.path}, seed ${details.seed}: ${JSON.stringify(details.counterexample)}\n${details.errorInstance}`);
  }
  t.diagnostic(`${edits} edits in ${chosen.length} files`);
});
