/** An agent's home to try the runtime in: a folder with the generated file, its `.cockpit` and the packages of this folder. */
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Runtime } from "./runtime.ts";

const here = import.meta.dirname;
const templates = join(here, "../../../templates/runtime/typescript");
const cache = join(here, "../../.cache/runtime-typescript");

export const agentId = "billing";

/** The template as an agent of that id gets it. */
export const generated = (file: "cockpit-runtime.ts" | "cockpit-runtime.mjs", id = agentId) =>
  readFileSync(join(templates, `${file}.hbs`), "utf8").replace("{{agentId}}", id);

export interface Home {
  path: string;
  /** Writes a file of the home; JSON unless it is text. */
  write(path: string, content: unknown): void;
  read(path: string): string;
}

/** A new home; whoever makes it removes it. */
export function newHome(): Home {
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, "home-"));
  const write = (name: string, content: unknown) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  };
  write("cockpit-runtime.ts", generated("cockpit-runtime.ts"));
  write("cockpit-runtime.mjs", generated("cockpit-runtime.mjs"));
  write("package.json", { type: "module" });
  write(".cockpit/model_prices.json", prices);
  symlinkSync(join(here, "node_modules"), join(path, "node_modules"));
  return { path, write, read: (name) => readFileSync(join(path, name), "utf8") };
}

/** Round figures: a thousand tokens of `gpt-4o-mini` in and out cost 0.001 and 0.002 US dollars. */
const prices = {
  version: 1,
  date: "2026-11-01",
  source: "https://example.com/prices",
  models: {
    "gpt-4o-mini": { input: 1, cachedInput: 0.5, output: 2 },
    "gpt-5": { input: 100, output: 200 },
    "text-embedding-3-small": { input: 1, output: 0 },
    "claude-sonnet-4": { input: 3, cachedInput: 0.3, output: 15 },
    "gemini-2.0-flash": { input: 1, output: 4 },
  },
};

let copies = 0;

/** The runtime as a process of its own would load it: nothing remembered. `variables` hold for this copy. */
export async function loadRuntime(home: Home, variables: Record<string, string> = {}): Promise<Runtime> {
  for (const name of Object.keys(process.env)) if (/^(COCKPIT|OTEL)_/.test(name)) delete process.env[name];
  Object.assign(process.env, { COCKPIT_DIR: join(home.path, ".cockpit"), ...variables });
  copies++;
  return import(`${pathToFileURL(join(home.path, "cockpit-runtime.ts"))}?copy=${copies}`);
}
