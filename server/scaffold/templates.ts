/** The sources of what is generated into agents, and how they are filled in. */
import Handlebars from "handlebars";
import budget from "../../templates/data/budget.json" with { type: "json" };
import prices from "../../templates/data/model_prices.json" with { type: "json" };
import conformance from "../../templates/policy/conformance.json" with { type: "json" };
import goPolicy from "../../templates/policy/go/policy_engine.go.hbs";
import goPolicyTest from "../../templates/policy/go/policy_engine_test.go.hbs";
import policy from "../../templates/policy/policy.json.hbs";
import pythonPolicy from "../../templates/policy/python/policy_engine.py.hbs";
import pythonPolicyTest from "../../templates/policy/python/test_policy_engine.py.hbs";
import javascriptPolicy from "../../templates/policy/typescript/policy_engine.mjs.hbs";
import javascriptPolicyTest from "../../templates/policy/typescript/policy_engine.test.mjs.hbs";
import typescriptPolicyTest from "../../templates/policy/typescript/policy_engine.test.ts.hbs";
import typescriptPolicy from "../../templates/policy/typescript/policy_engine.ts.hbs";
import go from "../../templates/runtime/go/cockpit_runtime.go.hbs";
import python from "../../templates/runtime/python/cockpit_runtime.py.hbs";
import javascript from "../../templates/runtime/typescript/cockpit-runtime.mjs.hbs";
import typescript from "../../templates/runtime/typescript/cockpit-runtime.ts.hbs";

/** By the extension of the file. */
export const runtimes: Readonly<Record<string, string>> = { ".py": python, ".ts": typescript, ".mjs": javascript, ".go": go };

/** The runtimes' data, by its name in the folder `.cockpit`; what is written `once` is a person's from then on. */
export const data: readonly { name: string; text: string; once?: true }[] = [
  { name: "model_prices.json", text: `${JSON.stringify(prices, null, 2)}\n` },
  { name: "budget.json", text: `${JSON.stringify(budget, null, 2)}\n`, once: true },
  // What runtimes write while they run.
  { name: ".gitignore", text: "state/\n", once: true },
];

/** The policy engine and its test, by language. */
export const policyEngines = {
  python: { "policy_engine.py": pythonPolicy, "test_policy_engine.py": pythonPolicyTest },
  typescript: { "policy_engine.ts": typescriptPolicy, "policy_engine.test.ts": typescriptPolicyTest },
  javascript: { "policy_engine.mjs": javascriptPolicy, "policy_engine.test.mjs": javascriptPolicyTest },
  go: { "policy_engine.go": goPolicy, "policy_engine_test.go": goPolicyTest },
} as const;

/** A policy to start from. */
export const policyJson: string = policy;

/** What every policy engine has to answer, a vector a line. */
export const policyVectors = `{"vectors": [\n${conformance.vectors.map((it) => JSON.stringify(it)).join(",\n")}\n]}\n`;

/** Throws when the template names a value that is not given. */
export const render = (template: string, values: Readonly<Record<string, string>>): string =>
  Handlebars.compile(template, { noEscape: true, strict: true })(values);
