/** The engine: text in, findings and edits out. No I/O, no clock; grammars are handed in as bytes. */
import { Language, Parser, type Tree } from "web-tree-sitter";
import type { EngineConfig } from "./config.ts";
import { joinEdits } from "./edits.ts";
import type { Facts } from "./facts.ts";
import { applyEdits, compatible, type Edit, editsOf, type Finding, type Fix } from "./finding.ts";
import { grammars } from "./languages/grammars.ts";
import { createQueries, type Queries } from "./languages/queries.ts";
import type { Rule, RuleContext } from "./rule.ts";
import type { LanguageId, SourceFile } from "./source.ts";
import { isSuppressed } from "./suppressions.ts";
import { countErrors, growingTree, type Pace, staysWhole } from "./syntax-tree.ts";
import { treeFacts } from "./tree-facts.ts";
import { aloneInTheWorld, type FileSummary, summarize, summaryNeedsSyntax, type WorkspaceFacts } from "./workspace.ts";

export interface EngineOptions {
  /** `web-tree-sitter.wasm`. */
  runtime: Uint8Array;
  /** The bytes of a grammar by its name, `tree-sitter-python`. */
  grammar(name: string): Promise<Uint8Array>;
  rules: readonly Rule[];
  /** Told of every fix that is withheld because the edited text would no longer parse: a defect of the rule. */
  onWithheld?(finding: Finding, path: string): void;
}

export interface AnalyzeOptions {
  config: EngineConfig;
  workspace?: WorkspaceFacts;
  /** Only these rules; all when absent. */
  only?: ReadonlySet<string>;
}

export interface FixOptions extends AnalyzeOptions {
  /** Which safe fixes to apply; all when absent. */
  accepts?(fix: Fix): boolean;
}

/** A replaced range of an open document, in UTF-16 offsets of the text before the change. */
export type TextChange = Pick<Edit, "start" | "end" | "text">;

export interface Engine {
  readonly rules: readonly Rule[];
  /** The rules whose byte test says yes. `text` may be Latin-1 decoded bytes. */
  candidates(text: string, language: LanguageId, options: AnalyzeOptions): Rule[];
  /** Loads a language's grammar; every other method needs it loaded. Idempotent. */
  load(language: LanguageId): Promise<void>;
  /** Opens a text for analysis and incremental edits. Close it: trees live outside the garbage collector's reach. */
  open(file: SourceFile): Document;
  /** What a file tells the rest of its workspace. */
  summarize(file: SourceFile): Promise<FileSummary>;
  /** Findings of one text, ordered by position, without those silenced by comments. Fixes are not verified. */
  analyze(file: SourceFile, options: AnalyzeOptions): Promise<Finding[]>;
  /** The same, without the fixes that `verify` would drop. */
  check(file: SourceFile, options: AnalyzeOptions): Promise<Finding[]>;
  /** `findings` with every fix dropped that would give the text a syntax error it has not now. */
  verify(file: SourceFile, findings: readonly Finding[]): Promise<Finding[]>;
  /** Applies every safe fix that is accepted, again on the result until nothing changes. */
  fixAll(file: SourceFile, options: FixOptions): Promise<FixResult>;
}

export interface FixResult {
  text: string;
  /** What turns the given text into `text`, ascending and not overlapping. */
  edits: Edit[];
  /** The findings that were fixed, in the order they were applied, with offsets of the text they were found in. */
  fixed: Finding[];
}

/** One text with its tree, kept while it is edited. */
export interface Document {
  readonly file: SourceFile;
  change(changes: readonly TextChange[]): void;
  /** Facts of the text as it is now; read them before the next change. */
  readonly facts: Facts;
  /** `whole` unless told otherwise. */
  analyze(options: AnalyzeOptions, pace?: Pace): Finding[];
  /** As the engine's. */
  verify(findings: readonly Finding[]): Finding[];
  /** Whether what was read last, at pace `prompt`, left something out. */
  readonly isPartial: boolean;
  close(): void;
}

export async function createEngine(options: EngineOptions): Promise<Engine> {
  await Parser.init({ wasmBinary: options.runtime });
  const { rules } = options;
  const loading = new Map<LanguageId, Promise<void>>();
  const loaded = new Map<LanguageId, { parser: Parser; queries: Queries }>();

  async function loadGrammar(language: LanguageId) {
    const { wasm, queries } = grammars[language];
    const grammar = await Language.load(await options.grammar(wasm));
    loaded.set(language, { parser: new Parser().setLanguage(grammar), queries: createQueries(grammar, queries) });
  }

  function load(language: LanguageId): Promise<void> {
    const started = loading.get(language) ?? loadGrammar(language);
    loading.set(language, started);
    return started;
  }

  function grammarOf(language: LanguageId) {
    const grammar = loaded.get(language);
    if (!grammar) throw new Error(`the ${language} grammar is not loaded`);
    return grammar;
  }

  function parse(language: LanguageId, text: string, previous?: Tree): Tree {
    const tree = grammarOf(language).parser.parse(text, previous);
    if (!tree) throw new Error(`the ${language} parser gave no tree`);
    return tree;
  }

  function open(initial: SourceFile): Document {
    let file = initial;
    const { language } = file;
    const syntax = growingTree(() => grammarOf(language).parser, grammars[language].rereads);
    const readers = grammars[language].createReaders?.();
    const facts = (pace: Pace) => {
      const parse = () => ({ tree: syntax.tree(file.text, pace), isWhole: !syntax.isPartial });
      return treeFacts(file.text, { grammar: grammars[language], queries: grammarOf(language).queries, readers, parse });
    };
    return {
      get file() {
        return file;
      },
      get facts() {
        return facts("whole");
      },
      get isPartial() {
        return syntax.isPartial;
      },
      change(changes) {
        for (const change of changes) {
          syntax.change(file.text, change);
          file = { ...file, text: applyEdits(file.text, [change]) };
        }
      },
      analyze(analyzeOptions, pace = "whole") {
        const found = candidates(file.text, language, analyzeOptions);
        if (found.length === 0) return [];
        const { config, workspace = aloneInTheWorld } = analyzeOptions;
        return runRules(found, { file, facts: facts(pace), config, workspace });
      },
      verify: (findings) => verifyIn(file, findings, () => syntax.tree(file.text, "whole")),
      close: syntax.close,
    };
  }

  function candidates(text: string, language: LanguageId, { config, only, workspace = aloneInTheWorld }: AnalyzeOptions): Rule[] {
    // Rules may share a byte test, which then runs once.
    const verdicts = new Map<Rule["mayMatch"], boolean>();
    return rules.filter(({ meta, mayMatch }) => {
      if (!meta.languages.includes(language) || config.rules[meta.id] === "off" || !(only?.has(meta.id) ?? true)) return false;
      const verdict = verdicts.get(mayMatch) ?? mayMatch(text, language, config, workspace);
      verdicts.set(mayMatch, verdict);
      return verdict;
    });
  }

  function looking<T>(file: SourceFile, look: (document: Document) => T): T {
    const document = open(file);
    try {
      return look(document);
    } finally {
      document.close();
    }
  }

  async function summarizeFile(file: SourceFile): Promise<FileSummary> {
    if (summaryNeedsSyntax(file)) await load(file.language);
    return looking(file, (it) => summarize(file, () => it.facts));
  }

  /** What `read` says of the file; nothing where no rule's byte test says yes. */
  async function reading(file: SourceFile, analyzeOptions: AnalyzeOptions, read: (document: Document) => Finding[]): Promise<Finding[]> {
    if (candidates(file.text, file.language, analyzeOptions).length === 0) return [];
    await load(file.language);
    return looking(file, read);
  }

  const analyze = (file: SourceFile, analyzeOptions: AnalyzeOptions) => reading(file, analyzeOptions, (it) => it.analyze(analyzeOptions));

  const check = (file: SourceFile, analyzeOptions: AnalyzeOptions) =>
    reading(file, analyzeOptions, (it) => it.verify(it.analyze(analyzeOptions)));

  async function verify(file: SourceFile, findings: readonly Finding[]): Promise<Finding[]> {
    if (findings.every(({ fix }) => fix === undefined)) return [...findings];
    await load(file.language);
    return looking(file, (it) => it.verify(findings));
  }

  /** Syntax errors (and missing tokens) in a text. */
  function errorCount(language: LanguageId, text: string): number {
    const tree = parse(language, text);
    try {
      return countErrors(tree);
    } finally {
      tree.delete();
    }
  }

  function verifyIn(file: SourceFile, findings: readonly Finding[], tree: () => Tree): Finding[] {
    if (findings.every(({ fix }) => fix === undefined)) return [...findings];
    let before: number | undefined;
    const parses = (edits: readonly Edit[]) => {
      const edited = applyEdits(file.text, edits);
      if (staysWhole(tree(), { text: file.text, edits }, (grown) => parse(file.language, edited, grown))) return true;
      const errors = errorCount(file.language, edited);
      if (errors === 0) return true;
      before ??= errorCount(file.language, file.text);
      return errors <= before;
    };
    const sound = soundOf(findings, parses);
    return findings.map((finding) => {
      if (!finding.fix || sound.has(finding)) return finding;
      options.onWithheld?.(finding, file.path);
      const { fix: _, ...reported } = finding;
      return reported;
    });
  }

  async function fixAll(file: SourceFile, fixOptions: FixOptions): Promise<FixResult> {
    const accepts = ({ fix }: Finding) => fix?.safety === "safe" && (fixOptions.accepts?.(fix) ?? true);
    const fixed: Finding[] = [];
    let edits: Edit[] = [];
    let { text } = file;
    // Each pass fixes at least one finding for good; the bound only guards against rules that undo each other.
    for (let pass = 0; pass < maximumPasses; pass++) {
      const now = { ...file, text };
      const findings = await reading(now, fixOptions, (it) => it.verify(it.analyze(fixOptions).filter(accepts)));
      const batch = compatible(findings);
      if (batch.length === 0) break;
      const made = editsOf(batch);
      text = applyEdits(text, made);
      edits = joinEdits(file.text.length, edits, made);
      fixed.push(...batch);
    }
    return { text, edits, fixed };
  }

  return { rules, candidates, load, open, summarize: summarizeFile, analyze, check, verify, fixAll };
}

const maximumPasses = 10;

/** Those whose edits the text parses with. One parse for all that can be made together; only where they break something is each tried by itself. */
function soundOf(findings: readonly Finding[], parses: (edits: readonly Edit[]) => boolean): ReadonlySet<Finding> {
  const sound = new Set<Finding>();
  for (let rest = findings; ; ) {
    const batch = compatible(rest);
    if (batch.length === 0) return sound;
    const tried = new Set<Finding>(batch);
    const isSound = parses(editsOf(batch));
    for (const it of batch) if (isSound || (batch.length > 1 && parses(it.fix.edits))) sound.add(it);
    rest = rest.filter((it) => !tried.has(it));
  }
}

function runRules(rules: readonly Rule[], context: RuleContext): Finding[] {
  const { file, config } = context;
  return rules
    .flatMap(({ meta, detect }) => {
      const configured = config.rules[meta.id] ?? meta.severity;
      return configured === "off" ? [] : detect(context).map((it) => ({ ...it, rule: meta.id, severity: configured }));
    })
    .filter((it) => !isSuppressed(file.text, file.language, it.rule, it.start))
    .sort((a, b) => a.start - b.start || a.end - b.end);
}
