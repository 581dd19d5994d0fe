/** A model client constructed where nothing limits what its calls spend. */
import { clientConstructions, moduleCalls, wrappedBy } from "../../client-constructions.ts";
import { isTest } from "../../discovery/signals.ts";
import type { Call } from "../../facts.ts";
import { asksOnlyForFree } from "../../free-calls.ts";
import { mayConstructClient } from "../../model-clients.ts";
import type { Rule, RuleContext, RuleFinding } from "../../rule.ts";
import { decorateFunction, wrapConstruction } from "../../wrapping/wrap.ts";

export const rule: Rule = {
  meta: {
    id: "uncapped-client",
    title: "A model client that no budget limits",
    severity: "info",
    languages: ["typescript", "tsx", "javascript", "python", "go"],
    fix: "suggestion",
    linked: true,
  },
  mayMatch: mayConstructClient,
  detect(context) {
    const { file, facts } = context;
    if (isTest(file.path)) return [];
    const clients = clientConstructions(context).filter((it) => !mayGoElsewhere(it, file.text) && !asksOnlyForFree(it, context));
    const calls = moduleCalls(context);
    if (clients.length + calls.length === 0) return [];
    const isCapped = wrappedBy(capNames, facts, file.text);
    return [
      ...clients.filter((it) => !isCapped(it)).map((it) => construction(context, it)),
      ...calls.filter((it) => !isCapped(it)).map((it) => moduleCall(context, it)),
    ];
  },
};

const capNames = ["cost_control", "costControl", "CostControl", "CostControlFor", "CostControlWith"];

/** Somebody else's server has prices and limits of its own, a gateway its budgets; options that are not written out may name one. */
function mayGoElsewhere(call: Call, text: string): boolean {
  if (call.arguments.some((it) => it.spread)) return true;
  const elsewhere = /\b(?:base_?url|api_base|WithBaseURL)\b|\.\.\.\w|\bhttp_?options\s*[:=]\s*[a-z_]\w*\s*[,)}]/i;
  return elsewhere.test(text.slice(call.start, call.end));
}

function construction(context: RuleContext, call: Call): RuleFinding {
  const message = `No budget limits what the calls of this \`${call.callee}\` spend`;
  const wrapping = wrapConstruction(context, call, "costControl");
  if (!wrapping) return { ...call.calleeSpan, message };
  const title = `Cap what the calls of this \`${call.callee}\` spend`;
  return { ...call.calleeSpan, message, fix: { title, safety: "suggestion", ...wrapping } };
}

function moduleCall(context: RuleContext, call: Call): RuleFinding {
  const message = `No budget limits what this call of \`${call.callee}\` spends`;
  const wrapping = decorateFunction(context, call, "costControl");
  if (!wrapping) return { ...call.calleeSpan, message };
  return {
    ...call.calleeSpan,
    message,
    fix: { title: "Cap what the function around this call spends", safety: "suggestion", ...wrapping },
  };
}
