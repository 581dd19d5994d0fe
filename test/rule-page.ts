/**
 * Runs the examples of a rule's page. A fenced block marks each expected finding with `// error: message` (or `#`, or
 * `{/* error: message *\/}`) on its line. A following block marked `fixed` is the text after fix-all; one marked `suggested` is the text after every fix,
 * suggestions too. `config={…}` after the language sets engine configuration for that block.
 */
import assert from "node:assert/strict";
import { defaultConfig, type EngineConfig } from "../server/engine/config.ts";
import type { Engine } from "../server/engine/engine.ts";
import { applyEdits, compatible, editsOf } from "../server/engine/finding.ts";
import { languageOf, type SourceFile } from "../server/engine/source.ts";
import { aloneInTheWorld, type RuntimePlace } from "../server/engine/workspace.ts";

/** Checks every example of `page` against the rule `id` and returns how many there were. Throws an AssertionError that names the line. */
export async function checkExamples(engine: Engine, id: string, page: string): Promise<number> {
  const blocks = readBlocks(page);
  let checked = 0;
  for (const [i, block] of blocks.entries()) {
    if (block.expects) continue;
    await checkExample(engine, id, block, blocks[i + 1]);
    checked++;
  }
  return checked;
}

const script = { path: "src/cockpit-runtime.ts", specifier: "./cockpit-runtime.js" };
/** Where an example's runtime is, by its extension. */
const runtimes: Record<string, RuntimePlace> = {
  py: { path: "cockpit_runtime.py", specifier: "cockpit_runtime" },
  go: { path: "internal/cockpit/cockpit_runtime.go", specifier: "example.com/agent/internal/cockpit" },
};

interface Block {
  line: number;
  extension: string;
  expects?: string;
  config: EngineConfig;
  body: string;
}

async function checkExample(engine: Engine, id: string, block: Block, next: Block | undefined) {
  const { text, expected } = readMarks(block.body);
  const path = `example.${block.extension}`;
  const language = languageOf(path);
  assert(language, `line ${block.line}: no language has the extension ${block.extension}`);
  const file: SourceFile = { path, language, text };
  const options = {
    config: block.config,
    only: new Set([id]),
    workspace: { ...aloneInTheWorld, runtime: runtimes[block.extension] ?? script },
  };
  const findings = await engine.analyze(file, options);
  assert.deepEqual(
    findings.map((it) => `${lineOf(text, it.start)}: ${it.message}`),
    expected,
    `findings of the block at line ${block.line}`,
  );
  assert.deepEqual(await engine.verify(file, findings), findings, `a fix of the block at line ${block.line} does not parse`);
  if (!next?.expects) return;
  const fixed = next.expects === "fixed" ? (await engine.fixAll(file, options)).text : applyEdits(text, editsOf(compatible(findings)));
  assert.equal(fixed, next.body, `the fix of the block at line ${block.line}`);
}

function readBlocks(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)(?: (fixed|suggested))?(?: config=(\{.*\}))?\n([\s\S]*?)^```$/gm)].map(
    ({ index, 1: extension = "", 2: expects, 3: config, 4: body = "" }) => ({
      line: lineOf(page, index),
      extension,
      ...(expects ? { expects } : {}),
      config: config ? { ...defaultConfig, ...JSON.parse(config) } : defaultConfig,
      body,
    }),
  );
}

function readMarks(body: string) {
  const expected: string[] = [];
  const lines = body.split("\n").map((line, i) =>
    line.replace(/[ \t]*(?:\/\/|#|\{\/\*) error: (.+?)(?: \*\/\})?$/, (_, message) => {
      expected.push(`${i + 1}: ${message}`);
      return "";
    }),
  );
  return { text: lines.join("\n"), expected };
}

const lineOf = (text: string, offset: number) => text.slice(0, offset).split("\n").length;
