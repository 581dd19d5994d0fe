/** A model client constructed where no telemetry sees its calls. */
import { clientConstructions, moduleCalls, wrappedBy } from "../../client-constructions.ts";
import { isTest, readsTracing } from "../../discovery/signals.ts";
import type { Call } from "../../facts.ts";
import { tracerNames, writesOwnSpans } from "../../instrumentation.ts";
import { mayConstructClient } from "../../model-clients.ts";
import type { Rule, RuleContext, RuleFinding } from "../../rule.ts";
import { decorateFunction, wrapConstruction } from "../../wrapping/wrap.ts";

export const rule: Rule = {
  meta: {
    id: "untracked-client",
    title: "A model client that no telemetry covers",
    severity: "warning",
    languages: ["typescript", "tsx", "javascript", "python", "go"],
    fix: "safe",
    linked: true,
  },
  mayMatch: mayConstructClient,
  detect(context) {
    const { file, facts, workspace } = context;
    if (workspace.instrumented || isTest(file.path)) return [];
    const [clients, calls] = [clientConstructions(context), moduleCalls(context)];
    if (clients.length + calls.length === 0 || readsTracing(file.text, file.language) || writesOwnSpans(file.text)) return [];
    const isTraced = wrappedBy(tracerNames, facts, file.text);
    return [
      ...clients.filter((it) => !isTraced(it) && !goesThroughHelicone(it, file.text)).map((it) => construction(context, it)),
      ...calls.filter((it) => !isTraced(it)).map((it) => moduleCall(context, it)),
    ];
  },
};

function construction(context: RuleContext, call: Call): RuleFinding {
  const message = `No telemetry covers the calls of this \`${call.callee}\``;
  const wrapping = wrapConstruction(context, call, "telemetry");
  if (!wrapping) return { ...call.calleeSpan, message };
  return { ...call.calleeSpan, message, fix: { title: `Track the calls of this \`${call.callee}\``, safety: "safe", ...wrapping } };
}

function moduleCall(context: RuleContext, call: Call): RuleFinding {
  const message = `No telemetry covers this call of \`${call.callee}\``;
  const wrapping = decorateFunction(context, call, "telemetry");
  if (!wrapping) return { ...call.calleeSpan, message };
  return { ...call.calleeSpan, message, fix: { title: "Track the function around this call", safety: "safe", ...wrapping } };
}

/** Helicone traces what is sent to its own address. */
const goesThroughHelicone = (call: Call, text: string) => /helicone/i.test(text.slice(call.start, call.end));
