/** The functions of a cockpit runtime that a client can be handed to, and how a file calls them. docs/runtime.md says what they do. */
import type { Facts, Import } from "../facts.ts";
import { type Ecosystem, ecosystemOf } from "../imported-modules.ts";
import type { LanguageId } from "../source.ts";

export type Wrapper = "telemetry" | "costControl";

const names: Record<Ecosystem, Record<Wrapper, string>> = {
  python: { telemetry: "telemetry", costControl: "cost_control" },
  npm: { telemetry: "telemetry", costControl: "costControl" },
  go: { telemetry: "Telemetry", costControl: "CostControl" },
};

/** What a wrapper is called by the runtime of a language. */
export const wrapperName = (wrapper: Wrapper, language: LanguageId): string => names[ecosystemOf[language]][wrapper];

/** A runtime, wherever it is: `app.cockpit_runtime`, `../cockpit-runtime.js`, `example.com/agent/internal/cockpit`. */
export const isRuntime = (module: string): boolean => /(?:^|[./])cockpit[-_]runtime(?:\.[mc]?[jt]s)?$|\/internal\/cockpit$/.test(module);

/** What a file can call an imported name: its own, or one with `cockpit` before it where that is taken; `undefined` when both are. */
export function freeName(name: string, alternative: string, facts: Facts, taken: readonly string[] = []): string | undefined {
  const isOwn = (it: Import) => it.name === name && isRuntime(it.module);
  const isTaken = (it: string) =>
    taken.includes(it) || facts.bindings(it).length > 0 || facts.imports.some((other) => other.local === it && !isOwn(other));
  return [name, alternative].find((it) => !isTaken(it));
}
