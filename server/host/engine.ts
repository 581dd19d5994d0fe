/** The engine with its grammars read from disk. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createEngine, type Engine, type EngineOptions } from "../engine/engine.ts";
import { rules } from "../engine/rules/index.ts";

/** The folder that `esbuild.mjs` copies the grammars to; from source, the packages they come in. */
declare const COCKPIT_WASM_FOLDER: string | undefined;

/** All rules, unless `options` names others. */
export async function loadEngine(options: Partial<Pick<EngineOptions, "rules" | "onWithheld">> = {}): Promise<Engine> {
  return createEngine({
    runtime: await readFile(wasmFile("web-tree-sitter")),
    grammar: (name) => readFile(wasmFile(name)),
    rules,
    ...options,
  });
}

function wasmFile(name: string): string {
  if (typeof COCKPIT_WASM_FOLDER !== "undefined") return join(import.meta.dirname, COCKPIT_WASM_FOLDER, `${name}.wasm`);
  const require = createRequire(import.meta.url);
  if (name === "web-tree-sitter") return require.resolve("web-tree-sitter/web-tree-sitter.wasm");
  return join(dirname(require.resolve("@vscode/tree-sitter-wasm/package.json")), "wasm", `${name}.wasm`);
}

/** What a log says of a fix that was not offered. */
export const withheldMessage = (rule: string, path: string): string =>
  `a fix of ${rule} in ${path} was withheld: the file would not have parsed. This is a defect of the rule`;
