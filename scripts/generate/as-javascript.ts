/** TypeScript templates for agents without TypeScript: the same text without its types, its comments and lay-out kept. */
import { execFileSync } from "node:child_process";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

const biome = join(import.meta.dirname, "../../node_modules/.bin/biome");

/** `source` is a template whose placeholders, if any, stand in strings. */
export function asJavaScript(source: string): string {
  // Types leave blanks where they stood, which the formatter closes.
  const bare = stripTypeScriptTypes(source, { mode: "strip" });
  return execFileSync(biome, ["format", "--stdin-file-path=scripts/template.mjs"], { input: bare, encoding: "utf8" });
}
