/** The sources of what is generated into agents, and how they are filled in. */
import Handlebars from "handlebars";
import budget from "../../templates/data/budget.json" with { type: "json" };
import prices from "../../templates/data/model_prices.json" with { type: "json" };
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

/** Throws when the template names a value that is not given. */
export const render = (template: string, values: Readonly<Record<string, string>>): string =>
  Handlebars.compile(template, { noEscape: true, strict: true })(values);
