/** Where a file constructs model clients, and what has been done to them: handed to a wrapper, or made by a decorated function. */
import type { Call, Facts } from "./facts.ts";
import { isWrapperModule } from "./instrumentation.ts";
import { callsModel, clientConstructors, moduleMethods } from "./model-clients.ts";
import { oncePerFile } from "./once-per-file.ts";
import type { RuleContext } from "./rule.ts";
import type { Span } from "./source.ts";
import { isRuntime } from "./wrapping/wrapper.ts";

/** Calls that construct a client, resolved through the file's imports. */
export const clientConstructions = oncePerFile(({ file, facts }): readonly Call[] => {
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
});

/** Calls of a model through Python's module `openai` itself, which keeps a client that no code constructs. */
export function moduleCalls({ file, facts }: Pick<RuleContext, "file" | "facts">): Call[] {
  if (file.language !== "python" || !facts.imports.some((it) => it.module === "openai" && it.name === "*")) return [];
  return facts.calls(moduleMethods).filter((it) => {
    const resolved = it.callee === "" ? undefined : facts.resolve(it.callee, it.start);
    return resolved?.module === "openai" && callsModel(resolved.name);
  });
}

/** `*` is what a default import through `require` or a namespace comes to when it is called itself. */
const nameOf = (name: string) => (name === "*" ? "default" : name);

/** Says of a construction whether one of the functions `names`, a known library's or the workspace's own, is given it or decorates the function around it. */
export function wrappedBy(exported: readonly string[], facts: Facts, text: string): (call: Call) => boolean {
  const renamed = facts.imports.filter((it) => exported.includes(it.name) && it.local !== it.name).map((it) => it.local);
  const names = [...exported, ...renamed];
  const wrapped = wrapperArguments(names, facts, text);
  const decorator = new RegExp(`@\\s*(?:\\w+\\.)*(?:${names.join("|")})\\b`);
  const decorated = decorator.test(text) ? facts.functions.filter((it) => it.decorators.some((text) => text.search(decorator) === 0)) : [];
  const middleware = middlewareOf(names, facts);
  return (call) => isArgument(call, wrapped, text) || isIn(call, decorated) || isGiven(call, middleware, text);
}

interface Wrapped {
  span: Span;
  text: string;
}

/** The arguments of calls to functions that do something to the client they are given. */
function wrapperArguments(names: readonly string[], facts: Facts, text: string): Wrapped[] {
  // Python's `from cockpit_runtime import *` does not say which.
  const fromAll = facts.imports.some((it) => it.local === "*" && isWrapperModule(it.module));
  const isAnyOf = (callee: string) => fromAll && names.includes(callee);
  return facts.calls(names).flatMap((call) => {
    const resolved = facts.resolve(call.callee, call.start);
    const isKnown = resolved ? isWrapperModule(resolved.module) || /^[./@~]/.test(resolved.module) : isAnyOf(call.callee);
    return isKnown ? call.arguments.map((it) => ({ span: it.value, text: text.slice(it.value.start, it.value.end) })) : [];
  });
}

/** It stands in a wrapper's argument, or the variable that holds it is one. */
function isArgument(call: Call, wrapped: readonly Wrapped[], text: string): boolean {
  if (wrapped.length === 0) return false;
  const variable = /([\w.]+)\s*(?::[^=\n]+)?=\s*(?:await\s+)?(?:new\s+)?$/.exec(text.slice(Math.max(0, call.start - 200), call.start))?.[1];
  return wrapped.some(({ span, text }) => (span.start <= call.start && call.end <= span.end) || text === variable);
}

/** `cockpit.Telemetry`, as this file writes it, of Go's runtime. */
function middlewareOf(names: readonly string[], facts: Facts): RegExp | undefined {
  const locals = facts.imports.filter((it) => it.name === "*" && isRuntime(it.module) && /^\w/.test(it.local)).map((it) => it.local);
  return locals.length > 0 ? new RegExp(`\\b(?:${locals.join("|")})\\.(?:${names.join("|")})\\b`) : undefined;
}

/** Its options name the middleware, or are put together elsewhere in a file that does. */
function isGiven(call: Call, middleware: RegExp | undefined, text: string): boolean {
  if (!middleware) return false;
  return middleware.test(text.slice(call.start, call.end)) || (call.arguments.some((it) => it.spread) && middleware.test(text));
}

const isIn = (call: Call, functions: readonly Span[]) => functions.some((it) => it.start <= call.start && call.end <= it.end);
