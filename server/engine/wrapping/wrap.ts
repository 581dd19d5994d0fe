/** Fixes that hand a model client, where it is constructed, to a cockpit runtime. */
import type { Call, Facts, Import } from "../facts.ts";
import { byStart, type Edit, type Fix } from "../finding.ts";
import type { RuleContext } from "../rule.ts";
import type { Span } from "../source.ts";
import { addEcmascriptImport, isOutsideOfNode } from "./ecmascript.ts";
import { wrapGo } from "./go.ts";
import { addDecorator, addPythonImport } from "./python.ts";
import { freeName, isRuntime, type Wrapper, wrapperName } from "./wrapper.ts";

export type Wrapping = Pick<Fix, "edits" | "runtime">;

/** Wraps the construction; `undefined` where the runtime has no place, no name is free or the construction cannot be wrapped. */
export function wrapConstruction(context: RuleContext, call: Call, wrapper: Wrapper): Wrapping | undefined {
  const { language } = context.file;
  if (language === "go") return wrapGo(context, call, wrapper);
  if (language !== "python" && isOutsideOfNode(context, call)) return undefined;
  const imported = importWrapper(context, wrapper, call.start);
  if (!imported) return undefined;
  const opening = { start: call.start, end: call.start, text: `${imported.local}(` };
  return wrapping(imported, [opening, { start: call.end, end: call.end, text: ")" }]);
}

/** Decorates the innermost function around a call; Python only. */
export function decorateFunction(context: RuleContext, call: Call, wrapper: Wrapper): Wrapping | undefined {
  const around = context.facts.functions.filter((it) => it.start <= call.start && call.end <= it.end);
  const [innermost] = around.toSorted((a, b) => a.end - a.start - (b.end - b.start));
  const imported = innermost && importWrapper(context, wrapper, innermost.start);
  const decorator = imported && addDecorator(context.file.text, innermost, imported.local);
  return decorator && wrapping(imported, [decorator]);
}

interface Imported {
  /** What the wrapper is called in this file. */
  local: string;
  edits: Edit[];
  runtime?: string;
}

const wrapping = ({ edits, runtime }: Imported, own: Edit[]): Wrapping => ({
  edits: [...edits, ...own].sort(byStart),
  ...(runtime === undefined ? {} : { runtime }),
});

/** The wrapper's name, and what imports it: nothing, an addition to an import of the runtime, or an import of its own. */
function importWrapper(context: RuleContext, wrapper: Wrapper, before: number): Imported | undefined {
  const { file, facts, workspace } = context;
  const name = wrapperName(wrapper, file.language);
  const ofRuntime = facts.imports.filter((it) => isRuntime(it.module) && !it.typeOnly && isVisible(it, before, facts));
  const known = ofRuntime.find((it) => it.name === name);
  if (known) return { local: known.local, edits: [] };
  const alternative = file.language === "python" ? `cockpit_${name}` : `cockpit${name[0]?.toUpperCase()}${name.slice(1)}`;
  const local = freeName(name, alternative, facts);
  if (local === undefined) return undefined;
  const clause = local === name ? name : `${name} as ${local}`;
  const other = ofRuntime.findLast((it) => isOneOfNames(it, file.text) && it.end <= before && isAtTop(it, facts));
  if (other) return { local, edits: [addName(other, file.text, clause)] };
  const { runtime } = workspace;
  if (!runtime) return undefined;
  const statement = facts.statements.find((it) => it.start <= before && before < it.end);
  const edit =
    file.language === "python"
      ? addPythonImport(context, runtime.specifier, clause, statement?.start ?? before)
      : addEcmascriptImport(context, runtime.specifier, clause);
  return edit && { local, edits: [edit], runtime: runtime.path };
}

/** Not inside of another function. */
const isVisible = (it: Import, at: number, { functions }: Facts) =>
  functions.every((around) => !holds(around, it.start) || holds(around, at));

/** Another name can stand beside it: not so in `import * as x` and `const x = require("m").x`. */
const isOneOfNames = ({ name, end }: Import, text: string) => name !== "*" && name !== "default" && !/^\s*[:=]/.test(text.slice(end));

/** Not in a condition, which may hold for type checkers alone. */
const isAtTop = (it: Import, { statements }: Facts) => statements.some((around) => around.kind === "import" && holds(around, it.start));

const holds = ({ start, end }: Span, at: number) => start <= at && at < end;

function addName(other: Import, text: string, clause: string): Edit {
  const isRequired = /^[^=;]*=\s*require\b/.test(text.slice(other.end));
  return { start: other.end, end: other.end, text: `, ${isRequired ? clause.replace(" as ", ": ") : clause}`, shared: true };
}
