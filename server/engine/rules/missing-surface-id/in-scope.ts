/** A surface id that is in scope where one is missing. */
import type { Binding, ComponentFact } from "../../facts.ts";
import type { RuleContext } from "../../rule.ts";
import { innermost, type Surfaces, type Verdict } from "../../surfaces.ts";

export interface InScope {
  expression: string;
  /** The file says that it may be absent; otherwise nothing here says that it is no string. */
  optional: boolean;
}

type Fit = "string" | "optional" | "other";

/** A `surfaceId`, or the props of the component around that hold one, readable at `offset` and no other thing than a string. */
export function surfaceIdInScope(context: RuleContext, surfaces: Surfaces, offset: number): InScope | undefined {
  const { facts } = context;
  const binding = innermost(facts.bindings("surfaceId"), offset);
  if (binding) return isReadable(binding, offset) ? fitting("surfaceId", fitOf(binding, context, surfaces)) : undefined;
  if (facts.imports.some((it) => it.local === "surfaceId" && !it.typeOnly)) return fitting("surfaceId", "string");
  return throughProps(context, surfaces, offset);
}

const fitting = (expression: string, fit: Fit) => (fit === "other" ? undefined : { expression, optional: fit === "optional" });

/** A name that is bound further down, or to a function, does not help here. */
const isReadable = ({ kind, end, declaration }: Binding, offset: number) =>
  kind === "parameter" || (kind === "variable" && (declaration?.end ?? end) <= offset);

function fitOf(binding: Binding, context: RuleContext, surfaces: Surfaces): Fit {
  const { text } = context.file;
  const { kind, end, declaration } = binding;
  if (!declaration) return "string";
  if (declaration.whole && declaration.type !== undefined)
    return text[end] === "?" ? weakened(typeFit(declaration.type)) : typeFit(declaration.type);
  if (!declaration.whole && /^\s*=\s*["'`]/.test(text.slice(end, end + 8))) return "string";
  if (!declaration.whole && kind === "parameter") return verdictFit(verdictOf(declaration.start, declaration.type, context, surfaces));
  if (kind === "parameter") return "string";
  return declaration.value && isString.test(text.slice(declaration.value.start, declaration.value.end)) ? "string" : "optional";
}

const weakened = (fit: Fit): Fit => (fit === "string" ? "optional" : fit);

/** Values that are strings whatever happens; of any other nothing is known here. */
const isString =
  /^(?:(["'])[^"'\n]*\1|`[^`]*`|(?:React\.)?useId\(\)|(?:React\.)?useState(?:<string>)?\(\s*["'`][^)]*\)|(?:String|nanoid|uuid|uuidv4|(?:\w+\.)?randomUUID)\([^()]*\))$/;

/** `string` and string literals; the same with `undefined` or `null`; anything else. A type of another name counts as a string: it is called `surfaceId`. */
function typeFit(type: string): Fit {
  const parts = type.split("|").map((it) => it.trim());
  if (parts.some((it) => /^(number|boolean|bigint|symbol|object|unknown|any|never|void)$|[[({]/.test(it))) return "other";
  return parts.some((it) => it === "undefined" || it === "null") ? "optional" : "string";
}

function verdictFit({ state, type }: Verdict): Fit {
  const fit = typeFit(type);
  return state === "optional" ? weakened(fit) : state === "absent" ? "other" : fit;
}

/** What the parameter at `offset` says of `surfaceId`: by the component whose it is, or by its own annotation. */
function verdictOf(offset: number, type: string | undefined, { facts, file }: RuleContext, surfaces: Surfaces): Verdict {
  const component = around(facts.declarations.components, offset);
  if (component && isOwnParameter(component, offset, file.text) && component.props.kind !== "unknown")
    return surfaces.props(component.props);
  if (type !== undefined && /^[\w$.]+$/.test(type)) return surfaces.props({ kind: "named", name: type });
  const [, optional, written] = /\bsurfaceId\s*(\?)?\s*:\s*([^;,}\n]+)/.exec(type ?? "") ?? [];
  return written === undefined ? { state: "unknown", type: "" } : { state: optional ? "optional" : "required", type: written.trim() };
}

/** What stands before a parameter that is not the component's first: the arrow or the body of a function around it. */
const inner = /=>|\)\s*(?::[^={]*)?\{/;

const isOwnParameter = ({ start }: ComponentFact, at: number, text: string) => start <= at && !inner.test(text.slice(start, at));

const around = (components: readonly ComponentFact[], offset: number) =>
  components.filter((it) => it.start <= offset && offset < it.end).at(-1);

function throughProps({ facts, file }: RuleContext, surfaces: Surfaces, offset: number): InScope | undefined {
  const component = around(facts.declarations.components, offset);
  if (!component?.parameter) return undefined;
  const binding = innermost(facts.bindings(component.parameter), offset);
  const verdict = surfaces.props(component.props);
  if (
    binding?.kind !== "parameter" ||
    !isOwnParameter(component, binding.start, file.text) ||
    verdict.state === "unknown" ||
    verdict.state === "absent"
  )
    return undefined;
  return fitting(`${component.parameter}.surfaceId`, verdictFit(verdict));
}
