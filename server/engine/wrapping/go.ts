/** Wrapping in Go: most clients take middleware as an option. */
import type { Argument, Call, Import } from "../facts.ts";
import { byStart, type Edit } from "../finding.ts";
import type { RuleContext } from "../rule.ts";
import { addGoImport } from "./go-imports.ts";
import { lineEnding, lineStart } from "./lines.ts";
import type { Wrapping } from "./wrap.ts";
import { freeName, isRuntime, type Wrapper, wrapperName } from "./wrapper.ts";

/** `undefined` where the runtime has no place. */
export function wrapGo(context: RuleContext, call: Call, wrapper: Wrapper): Wrapping | undefined {
  const runtime = runtimeOf(context);
  if (!runtime) return undefined;
  const name = wrapperName(wrapper, "go");
  const own = besideOther(context, call, runtime.local, name) ?? wrap(context, call, `${runtime.local}.${name}`);
  if (!own) return undefined;
  const edits = [...own, ...runtime.edits].sort(byStart);
  return { edits, ...(runtime.path === undefined ? {} : { runtime: runtime.path }) };
}

function wrap(context: RuleContext, call: Call, wrapper: string): Edit[] | undefined {
  const client = context.facts.resolve(call.callee, call.start);
  if (!client) return undefined;
  return client.module === "google.golang.org/genai" ? around(call, `${wrapper}For`) : asFirstOption(context, call, client.module, wrapper);
}

interface Runtime {
  /** What the package is called in this file. */
  local: string;
  edits: Edit[];
  path?: string;
}

function runtimeOf(context: RuleContext): Runtime | undefined {
  const { facts, workspace } = context;
  const imported = facts.imports.find((it) => isRuntime(it.module) && /^\w/.test(it.local) && it.local !== "_");
  if (imported) return { local: imported.local, edits: [] };
  const local = freeName("cockpit", "cockpitruntime", facts, workspace.runtime?.taken);
  if (!workspace.runtime || local === undefined) return undefined;
  const { specifier, path } = workspace.runtime;
  const module = specifier.replace(/\/internal\/cockpit$/, "");
  const isKin = (it: string) => it === module || it.startsWith(`${module}/`);
  return { local, path, edits: [addGoImport(context, specifier, local === "cockpit" ? undefined : local, isKin)] };
}

/** Where the call names the other middleware already, this one stands beside it. */
function besideOther({ file }: RuleContext, call: Call, local: string, name: string): Edit[] | undefined {
  const other = name === "Telemetry" ? "CostControl" : "Telemetry";
  const at = file.text.slice(call.start, call.end).search(new RegExp(`(?<=\\bWithMiddleware\\(\\s*)${local}\\.${other}\\b(?!For)`));
  return at < 0 ? undefined : [insert(call.start + at, `${local}.${name}, `)];
}

/** What Google's client is given cannot be wrapped without taking its credentials away: the client itself is. */
const around = (call: Call, wrapper: string): Edit[] => [insert(call.start, `${wrapper}(`), insert(call.end, ")")];

/** `NewClient(option.WithMiddleware(middleware), …)`: the first is the outermost, whose refusals no other retries. */
function asFirstOption(context: RuleContext, call: Call, sdk: string, middleware: string): Edit[] | undefined {
  const option = optionPackage(context, `${sdk}/option`, sdk);
  if (!option) return undefined;
  const added = `${option.local}.WithMiddleware(${middleware})`;
  const [first] = call.arguments;
  if (!first) return [...option.edits, insert(call.end - 1, added)];
  if (!first.spread) return [...option.edits, before(first, context.file.text, added)];
  // Nothing can stand beside `options...`, and they may not be changed.
  return [...option.edits, insert(first.start, `append([]${option.local}.RequestOption{${added}}, `), insert(first.end, ")...")];
}

function optionPackage(context: RuleContext, module: string, sdk: string): (Pick<Import, "local"> & { edits: Edit[] }) | undefined {
  const imported = context.facts.imports.find((it) => it.module === module);
  if (imported) return { local: imported.local, edits: [] };
  const local = freeName("option", "clientoption", context.facts, context.workspace.runtime?.taken);
  if (local === undefined) return undefined;
  return { local, edits: [addGoImport(context, module, local === "option" ? undefined : local, (it) => it === sdk)] };
}

/** On a line of its own where the first argument has one. */
function before({ start }: Argument, text: string, added: string): Edit {
  const indentation = text.slice(lineStart(text, start), start);
  return insert(start, `${added},${/\S/.test(indentation) ? " " : lineEnding(text) + indentation}`);
}

const insert = (at: number, text: string): Edit => ({ start: at, end: at, text });
