/** Where in an agent generated code belongs: beside the code that calls a model, so that the code can import it. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Agent } from "../engine/discovery/agent.ts";
import { agentFinder } from "../engine/discovery/discovery.ts";
import type { Signals } from "../engine/discovery/signals.ts";
import { importedModules } from "../engine/imported-modules.ts";
import { type LanguageId, languageOf } from "../engine/source.ts";
import { runtimePlaces } from "../host/runtime-places.ts";
import type { ScaffoldLanguage } from "../protocol/scaffold.ts";
import { ScaffoldError } from "./scaffold-error.ts";

/** What is known of a workspace: its agents, and what its source files told, by path. */
export interface Survey {
  root: string;
  agents: readonly Agent[];
  signals: ReadonlyMap<string, Signals | undefined>;
}

export interface Place {
  /** Absolute path of the runtime, there or not; whatever else is generated lies beside it. */
  runtime: string;
  /** What the agent's code imports the runtime as. */
  specifier: string;
}

export const languageIn = ({ language }: Agent): ScaffoldLanguage => (language === "tsx" ? "typescript" : language);

/** Throws a ScaffoldError when there is no place from which an import would resolve. */
export async function placeIn({ root, agents, signals }: Survey, agent: Agent, language: ScaffoldLanguage): Promise<Place> {
  const agentAt = agentFinder(agents);
  const own = [...signals.keys()].filter((it) => agentAt(it)?.id === agent.id && isIn(it, language));
  const there = own.find((it) => basename(it) === names[language]);
  const rank = (path: string) =>
    [signals.get(path)?.agent, signals.get(path)?.entryPoint].filter(Boolean).length * -100 + path.split("/").length;
  const anchor = there ?? own.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
  const found = (await runtimePlaces(root))(anchor ?? join(agent.root, `agent${extensions[language]}`), modulesOf(root, anchor));
  if (!found) throw new ScaffoldError(`${agent.id} has no go.mod that names a module: run go mod init first`);
  return { runtime: join(root, there ?? found.path), specifier: found.specifier };
}

const names: Record<ScaffoldLanguage, string> = {
  python: "cockpit_runtime.py",
  typescript: "cockpit-runtime.ts",
  javascript: "cockpit-runtime.mjs",
  go: "cockpit_runtime.go",
};
const extensions: Record<ScaffoldLanguage, string> = { python: ".py", typescript: ".ts", javascript: ".mjs", go: ".go" };

const isIn = (path: string, language: ScaffoldLanguage) => {
  const id: LanguageId | undefined = languageOf(path);
  return (id === "tsx" ? "typescript" : id) === language;
};

function modulesOf(root: string, anchor: string | undefined): readonly string[] {
  const language = anchor && languageOf(anchor);
  return language ? importedModules(readFileSync(join(root, anchor), "utf8"), language) : [];
}
