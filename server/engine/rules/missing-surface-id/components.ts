/** Surface components, as JSX and as `createElement`. */
import type { Call, JsxAttribute, JsxElement, ObjectLiteral } from "../../facts.ts";
import type { Edit, Fix } from "../../finding.ts";
import type { RuleContext, RuleFinding } from "../../rule.ts";
import { innermost, type Surfaces } from "../../surfaces.ts";
import { freshId, propertyEdit, quoted } from "./edits.ts";
import { surfaceIdInScope } from "./in-scope.ts";

export function findInElements(context: RuleContext, surfaces: Surfaces, taken: Set<string>): RuleFinding[] {
  const { facts } = context;
  return facts.elements.flatMap((element) => {
    if (!/^[A-Z_$]|\./.test(element.tag) || suppliesId(element, context)) return [];
    if (surfaces.component(element.tag, element.start).state !== "required") return [];
    const span = { start: element.start + 1, end: element.start + 1 + element.tag.length };
    return [{ ...span, message: message(element.tag), fix: elementFix(element, context, surfaces, taken) }];
  });
}

const message = (component: string) => `${component} needs a surfaceId: its types require it`;

/** Whether an element has a surface id, or a spread that may hold one. */
function suppliesId({ attributes, spreads, start }: JsxElement, context: RuleContext): boolean {
  return (
    attributes.some((it) => it.name === "surfaceId" && !isNothing(it, context.file.text)) ||
    spreads.some((it) => maySupply(context.file.text.slice(it.start + 1, it.end - 1).trim(), it.start + 1, start, context))
  );
}

/** `surfaceId`, `surfaceId={undefined}` and `surfaceId={null}` name no surface. */
const isNothing = ({ value }: JsxAttribute, text: string) =>
  !value || /^\{\s*(undefined|null)\s*\}$/.test(text.slice(value.start, value.end));

/** Whether what a spread takes its props from may hold a surface id. `{...common}` of a literal in this file is decided. */
function maySupply(spread: string, from: number, offset: number, { facts, file }: RuleContext): boolean {
  const at = file.text.indexOf("...", from) + 3;
  const name = spread.slice(3).trim();
  const binding = /^[\w$]+$/.test(name) ? innermost(facts.bindings(name), offset)?.declaration : undefined;
  const start = binding?.constant && binding.whole && binding.type === undefined ? binding.value?.start : undefined;
  const literal = facts.objectAt(start ?? at + file.text.slice(at).search(/\S/));
  return !literal || hasId(literal);
}

const hasId = ({ properties, spreads }: ObjectLiteral) => spreads.length > 0 || properties.some((it) => it.key === "surfaceId");

function elementFix(element: JsxElement, context: RuleContext, surfaces: Surfaces, taken: Set<string>): Fix {
  const { text } = context.file;
  const inScope = surfaceIdInScope(context, surfaces, element.start);
  const edit = (value: string) => attributeEdit(element, text, value);
  if (inScope)
    return {
      title: `Pass on ${inScope.expression}`,
      safety: inScope.safe ? "safe" : "suggestion",
      edits: [edit(`{${inScope.expression}}`)],
    };
  const id = freshId(context.file, element.tag, taken);
  return {
    title: `Name the surface "${id}"`,
    safety: "suggestion",
    edits: [withPlaceholder(edit(quoted(id, attributeQuote(element, text))), id)],
  };
}

/** Puts the attribute first, on a line of its own where the others are; an attribute that says nothing is replaced. */
function attributeEdit({ attributes, spreads, nameEnd }: JsxElement, text: string, value: string): Edit {
  const empty = attributes.find((it) => it.name === "surfaceId");
  if (empty) return { start: empty.start, end: empty.end, text: `surfaceId=${value}` };
  const next = Math.min(...[...attributes, ...spreads].map((it) => it.start));
  const gap = Number.isFinite(next) ? text.slice(nameEnd, next) : "";
  return { start: nameEnd, end: nameEnd, text: `${/^\s*\n\s*$/.test(gap) ? gap : " "}surfaceId=${value}` };
}

const attributeQuote = ({ attributes }: JsxElement, text: string) => {
  const literal = attributes.find((it) => it.literal !== undefined && it.value)?.value;
  return literal && text[literal.start] === "'" ? "'" : '"';
};

function withPlaceholder(edit: Edit, id: string): Edit {
  const start = edit.text.lastIndexOf(id);
  return { ...edit, placeholder: { start, end: start + id.length } };
}

/** `createElement(A2UIRenderer, { … })`. */
export function findInCalls(context: RuleContext, surfaces: Surfaces, taken: Set<string>): RuleFinding[] {
  const { facts, file } = context;
  if (!/\bcreateElement\s*[(<]/.test(file.text)) return [];
  return facts.calls(["createElement"]).flatMap((call) => {
    const [component, props] = call.arguments;
    const name = component ? file.text.slice(component.start, component.end) : "";
    if (!isReact(call, context) || !/^[\w$]+(\.[\w$]+)*$/.test(name) || component?.spread) return [];
    if (surfaces.component(name, call.start).state !== "required") return [];
    const literal = props && !props.spread ? facts.objectAt(props.start) : undefined;
    const bare = !props || /^(null|undefined)$/.test(file.text.slice(props.start, props.end));
    if (!bare && (!literal || hasId(literal))) return [];
    const insert = (value: string): Edit =>
      literal
        ? propertyEdit(literal, file.text, `surfaceId${value}`)
        : {
            start: props?.start ?? component?.end ?? 0,
            end: props?.end ?? component?.end ?? 0,
            text: `${props ? "" : ", "}{ surfaceId${value} }`,
          };
    return [
      {
        start: component?.start ?? call.start,
        end: component?.end ?? call.end,
        message: message(name),
        fix: callFix(name, call, insert, context, surfaces, taken),
      },
    ];
  });
}

const isReact = ({ callee, start }: Call, { facts }: RuleContext) => facts.resolve(callee, start)?.module === "react";

function callFix(
  name: string,
  call: Call,
  insert: (value: string) => Edit,
  context: RuleContext,
  surfaces: Surfaces,
  taken: Set<string>,
): Fix {
  const inScope = surfaceIdInScope(context, surfaces, call.start);
  if (inScope) {
    const value = inScope.expression === "surfaceId" ? "" : `: ${inScope.expression}`;
    return { title: `Pass on ${inScope.expression}`, safety: inScope.safe ? "safe" : "suggestion", edits: [insert(value)] };
  }
  const id = freshId(context.file, name, taken);
  return {
    title: `Name the surface "${id}"`,
    safety: "suggestion",
    edits: [
      withPlaceholder(insert(`: ${quoted(id, context.file.text.includes("'") && !context.file.text.includes('"') ? "'" : '"')}`), id),
    ],
  };
}
