/** The policy engine: beside the agent's code, with its test and the vectors that the test runs; the policy itself is a person's from the start. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ecosystem } from "../engine/imported-modules.ts";
import type { ScaffoldLanguage } from "../protocol/scaffold.ts";
import type { GeneratedFile } from "./generated.ts";
import type { Dependency } from "./manifests/manifest.ts";
import type { Agency } from "./parts.ts";
import { policyEngines, policyJson, policyVectors, render } from "./templates.ts";

/** What the engines import. */
export const policyDependencies: Readonly<Record<Ecosystem, readonly Dependency[]>> = {
  python: [{ name: "pydantic", version: ">=2.10" }],
  npm: [{ name: "zod", version: "^4.0.0" }],
  go: [],
};

export function policyFiles(agent: Agency): GeneratedFile[] {
  const folder = policyFolder(agent);
  const code = Object.entries(policyEngines[agent.language]);
  return [
    ...code.map(([name, template]) => ({ path: join(folder, name), text: fitted(template, folder, agent) })),
    { path: join(folder, "policy_conformance.json"), text: policyVectors },
    { path: join(agent.home, ".cockpit/policy.json"), text: policyJson, once: true },
  ];
}

/** What is left to do when it was written. */
export function policySteps(agent: Agency, shown: (path: string) => string): string[] {
  const test = policyTests[agent.language](policyFolder(agent), shown);
  return [`say what it may do in ${shown(join(agent.home, ".cockpit/policy.json"))}`, `see that the engine is right: ${test}`];
}

const policyTests: Record<ScaffoldLanguage, (folder: string, shown: (path: string) => string) => string> = {
  python: (folder, shown) => `python -m pytest ${shown(join(folder, "test_policy_engine.py"))}`,
  typescript: (folder, shown) => `node --test ${shown(join(folder, "policy_engine.test.ts"))}`,
  javascript: (folder, shown) => `node --test ${shown(join(folder, "policy_engine.test.mjs"))}`,
  go: (folder, shown) => `go test -C ${shown(dirname(dirname(folder)))} ./internal/${goPackage}`,
};

/** In Go a folder is one package, and the runtime's is another. */
const policyFolder = ({ language, runtime }: Agency) => (language === "go" ? join(dirname(dirname(runtime)), goPackage) : dirname(runtime));

const goPackage = "policy";

/** Only Go's templates have a placeholder; a test in a Python package finds its module there. */
function fitted(template: string, folder: string, { language }: Agency): string {
  if (language === "go") return render(template, { goPackage });
  const isPackage = language === "python" && existsSync(join(folder, "__init__.py"));
  return isPackage ? template.replace("from policy_engine import", "from .policy_engine import") : template;
}
