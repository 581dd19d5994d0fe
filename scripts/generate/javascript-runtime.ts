/** The TypeScript runtime for agents without TypeScript: the same text without its types, its comments and lay-out kept. */
import { execFileSync } from "node:child_process";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

const biome = join(import.meta.dirname, "../../node_modules/.bin/biome");

/** `source` is the template `cockpit-runtime.ts.hbs`, whose one placeholder stands in a string. */
export function javascriptRuntime(source: string): string {
  // Types leave blanks where they stood, which the formatter closes.
  const bare = stripTypeScriptTypes(source, { mode: "strip" });
  return execFileSync(biome, ["format", "--stdin-file-path=scripts/cockpit-runtime.mjs"], { input: bare, encoding: "utf8" });
}
