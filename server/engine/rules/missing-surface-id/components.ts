/** Surface components, as JSX and as `createElement`. */
import type { Argument, Call, JsxAttribute, JsxElement, ObjectLiteral } from "../../facts.ts";
import type { Edit, Fix } from "../../finding.ts";
import type { Ids } from "../../ids.ts";
import type { RuleContext, RuleFinding } from "../../rule.ts";
import { innermost, type Surfaces } from "../../surfaces.ts";
import { freshId, propertyEdit, quoted } from "./edits.ts";
import { surfaceIdInScope } from "./in-scope.ts";

/** What a file is looked at with. */
export interface Look {
  context: RuleContext;
  surfaces: Surfaces;
  ids: Ids;
}

export function findInElements(look: Look): RuleFinding[] {
  const { context, surfaces } = look;
  return context.facts.elements.flatMap((element) => {
    if (!/^[A-Z_$]|\./.test(element.tag) || suppliesId(element, context)) return [];
    if (surfaces.component(element.tag, element.start).state !== "required") return [];
    const span = { start: element.start + 1, end: element.start + 1 + element.tag.length };
    return [{ ...span, message: message(element.tag), fix: elementFix(element, look) }];
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

function elementFix(element: JsxElement, look: Look): Fix {
  const { text } = look.context.file;
  const quote = attributeQuote(element, text);
  return idFix(element.tag, element.start, quote, look, (value) =>
    attributeEdit(element, text, /^["']/.test(value) ? value : `{${value}}`),
  );
}

/** Passes on an id that is in scope, with a new one where that may be absent, or else names the surface. `edit` puts a value in its place. */
function idFix(component: string, offset: number, quote: string, { context, surfaces, ids }: Look, edit: (value: string) => Edit): Fix {
  const inScope = surfaceIdInScope(context, surfaces, offset);
  if (inScope && !inScope.optional) return { title: `Pass on ${inScope.expression}`, safety: "safe", edits: [edit(inScope.expression)] };
  const id = freshId(context.file, component, ids);
  const value = inScope ? `${inScope.expression} ?? ${quoted(id, quote)}` : quoted(id, quote);
  const title = inScope ? `Pass on ${inScope.expression}, or "${id}"` : `Name the surface "${id}"`;
  return { title, safety: "suggestion", edits: [withPlaceholder(edit(value), id)] };
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
export function findInCalls(look: Look): RuleFinding[] {
  const { facts, file } = look.context;
  if (!/\bcreateElement\s*[(<]/.test(file.text)) return [];
  return facts.calls(["createElement"]).flatMap((call) => {
    const [component, props] = call.arguments;
    if (!component || component.spread || !isReact(call, look.context)) return [];
    const name = file.text.slice(component.start, component.end);
    if (!/^[\w$]+(\.[\w$]+)*$/.test(name) || look.surfaces.component(name, call.start).state !== "required") return [];
    const edit = propsEdit(component, props, look.context);
    if (!edit) return [];
    const quote = file.text.includes("'") && !file.text.includes('"') ? "'" : '"';
    return [{ start: component.start, end: component.end, message: message(name), fix: idFix(name, call.start, quote, look, edit) }];
  });
}

const isReact = ({ callee, start }: Call, { facts }: RuleContext) => facts.resolve(callee, start)?.module === "react";

/** How to put an id into the props of a call; `undefined` when they have one or may have. */
function propsEdit(component: Argument, props: Argument | undefined, { facts, file }: RuleContext): ((value: string) => Edit) | undefined {
  const property = (value: string) => (value === "surfaceId" ? value : `surfaceId: ${value}`);
  if (!props) return (value) => ({ start: component.end, end: component.end, text: `, { ${property(value)} }` });
  if (props.spread) return undefined;
  if (/^(null|undefined)$/.test(file.text.slice(props.start, props.end)))
    return (value) => ({ start: props.start, end: props.end, text: `{ ${property(value)} }` });
  const literal = facts.objectAt(props.start);
  return literal && literal.end === props.end && !hasId(literal) ? (value) => propertyEdit(literal, file.text, property(value)) : undefined;
}
