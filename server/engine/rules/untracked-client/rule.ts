/** A model client constructed where no telemetry sees its calls. */
import { isTest, readsTracing } from "../../discovery/signals.ts";
import type { Call, Facts } from "../../facts.ts";
import { isWrapperModule, wrapperNames, writesOwnSpans } from "../../instrumentation.ts";
import { clientConstructors, mayConstructClient } from "../../model-clients.ts";
import type { Rule, RuleContext } from "../../rule.ts";
import type { Span } from "../../source.ts";

export const rule: Rule = {
  meta: {
    id: "untracked-client",
    title: "A model client that no telemetry covers",
    severity: "warning",
    languages: ["typescript", "tsx", "javascript", "python", "go"],
    fix: "none",
    linked: true,
  },
  mayMatch: mayConstructClient,
  detect(context) {
    const { file, facts, workspace } = context;
    if (workspace.instrumented || isTest(file.path)) return [];
    const clients = constructions(context);
    if (clients.length === 0 || readsTracing(file.text, file.language) || writesOwnSpans(file.text)) return [];
    const wrapped = wrapperArguments(facts, file.text);
    return clients
      .filter((it) => !isWrapped(it, wrapped, file.text) && !goesThroughHelicone(it, file.text))
      .map((it) => ({ ...it.calleeSpan, message: `No telemetry covers the calls of this \`${it.callee}\`` }));
  },
};

/** Calls that construct a client, resolved through the file's imports. */
function constructions({ file, facts }: RuleContext): Call[] {
  const names = facts.imports.flatMap((it) => {
    const exported = it.typeOnly ? [] : clientConstructors(it.module, file.language);
    return exported.length > 0 ? [it.local, ...exported.map((name) => name.slice(name.lastIndexOf(".") + 1))] : [];
  });
  return facts.calls(new Set(names)).filter((it) => {
    // Classes of the JavaScript SDKs are called with `new`; without it a name like `OpenAI` is somebody's function.
    if (it.callee === "" || (file.language !== "python" && file.language !== "go" && !it.constructed)) return false;
    const resolved = facts.resolve(it.callee, it.start);
    return resolved !== undefined && clientConstructors(resolved.module, file.language).includes(nameOf(resolved.name));
  });
}

/** `*` is what a default import through `require` or a namespace comes to when it is called itself. */
const nameOf = (name: string) => (name === "*" ? "default" : name);

interface Wrapped {
  span: Span;
  text: string;
}

/** The arguments of calls to functions that trace the client they are given. */
function wrapperArguments(facts: Facts, text: string): Wrapped[] {
  return facts.calls(wrapperNames).flatMap((call) => {
    const resolved = facts.resolve(call.callee, call.start);
    const isKnown = resolved !== undefined && (isWrapperModule(resolved.module) || /^[./@~]/.test(resolved.module));
    return isKnown ? call.arguments.map((it) => ({ span: it.value, text: text.slice(it.value.start, it.value.end) })) : [];
  });
}

/** It stands in a wrapper's argument, or the variable that holds it is one. */
function isWrapped(call: Call, wrapped: readonly Wrapped[], text: string): boolean {
  if (wrapped.length === 0) return false;
  const variable = /([\w.]+)\s*(?::[^=\n]+)?=\s*(?:await\s+)?(?:new\s+)?$/.exec(text.slice(Math.max(0, call.start - 200), call.start))?.[1];
  return wrapped.some(({ span, text }) => (span.start <= call.start && call.end <= span.end) || text === variable);
}

/** Helicone traces what is sent to its own address. */
const goesThroughHelicone = (call: Call, text: string) => /helicone/i.test(text.slice(call.start, call.end));
