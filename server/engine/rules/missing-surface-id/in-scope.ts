/** A surface id that is in scope where one is missing. */
import type { Binding, ComponentFact } from "../../facts.ts";
import type { RuleContext } from "../../rule.ts";
import { innermost, type Surfaces, type Verdict } from "../../surfaces.ts";

export interface InScope {
  expression: string;
  /** Nothing in the file says that it may be absent or no string. */
  safe: boolean;
}

/** A `surfaceId`, or the props of the component around that hold one, readable at `offset`. */
export function surfaceIdInScope(context: RuleContext, surfaces: Surfaces, offset: number): InScope | undefined {
  const { facts } = context;
  const binding = innermost(facts.bindings("surfaceId"), offset);
  if (binding) return isReadable(binding, offset) ? { expression: "surfaceId", safe: isString(binding, context, surfaces) } : undefined;
  if (facts.imports.some((it) => it.local === "surfaceId" && !it.typeOnly)) return { expression: "surfaceId", safe: true };
  return throughProps(context, surfaces, offset);
}

/** A name that is bound further down, or to a function, does not help here. */
const isReadable = ({ kind, end, declaration }: Binding, offset: number) =>
  kind === "parameter" || (kind === "variable" && (declaration?.end ?? end) <= offset);

function isString(binding: Binding, context: RuleContext, surfaces: Surfaces): boolean {
  const { text } = context.file;
  const { kind, end, declaration } = binding;
  if (!declaration) return true;
  if (declaration.whole && declaration.type !== undefined) return declaration.type === "string" && text[end] !== "?";
  if (declaration.whole) return !declaration.value || isSurelyThere(text.slice(declaration.value.start, declaration.value.end));
  if (/^\s*=\s*["'`]/.test(text.slice(end, end + 8))) return true;
  if (kind === "parameter") return isStringProp(verdictOf(declaration.start, declaration.type, context, surfaces));
  return !declaration.value || isSurelyThere(text.slice(declaration.value.start, declaration.value.end));
}

/** Whether a value shows no sign of being absent. */
const isSurelyThere = (value: string) => !/\?\.|\bnull\b|\bundefined\b|useState\s*\(\s*\)|\.(get|find|at|pop|shift)\(/.test(value);

/** Unknown counts as a string: a prop that is called `surfaceId` and that nothing here says otherwise of. */
const isStringProp = ({ state, type }: Verdict) => state === "unknown" || (state === "required" && /^(string)?$/.test(type));

/** What the parameter at `offset` says of `surfaceId`: by the component whose it is, or by its own annotation. */
function verdictOf(offset: number, type: string | undefined, { facts }: RuleContext, surfaces: Surfaces): Verdict {
  const component = around(facts.declarations.components, offset);
  if (component && component.props.kind !== "unknown") return surfaces.props(component.props);
  if (type !== undefined && /^[\w$.]+$/.test(type)) return surfaces.props({ kind: "named", name: type });
  const [, optional, written] = /\bsurfaceId\s*(\?)?\s*:\s*([^;,}\n]+)/.exec(type ?? "") ?? [];
  return written === undefined ? { state: "unknown", type: "" } : { state: optional ? "optional" : "required", type: written.trim() };
}

const around = (components: readonly ComponentFact[], offset: number) =>
  components.filter((it) => it.start <= offset && offset < it.end).at(-1);

function throughProps({ facts }: RuleContext, surfaces: Surfaces, offset: number): InScope | undefined {
  const component = around(facts.declarations.components, offset);
  if (!component?.parameter) return undefined;
  const binding = innermost(facts.bindings(component.parameter), offset);
  const { state, type } = surfaces.props(component.props);
  if (binding?.kind !== "parameter" || binding.start < component.start || (state !== "required" && state !== "optional")) return undefined;
  return { expression: `${component.parameter}.surfaceId`, safe: isStringProp({ state, type }) };
}
