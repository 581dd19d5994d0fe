/** A2UI messages written as literals: objects in TypeScript and JavaScript, dictionaries in Python. */
import type { Binding, ObjectLiteral, Property } from "../../facts.ts";
import type { Fix } from "../../finding.ts";
import type { RuleContext, RuleFinding } from "../../rule.ts";
import { innermost, surfaceMessages } from "../../surfaces.ts";
import type { Look } from "./components.ts";
import { freshId, propertyEdit, quoted } from "./edits.ts";
import { type InScope, surfaceIdInScope } from "./in-scope.ts";

interface Message {
  protocol: string;
  /** Properties of the payload besides `surfaceId`, by the protocol's JSON schemas. */
  properties: string[];
  /** One of these makes the payload an A2UI one, no version needed. */
  telling: string[];
}

const v08 = "A2UI v0.8";
const v09 = "A2UI v0.9";

const messages: Record<(typeof surfaceMessages)[number], Message> = {
  beginRendering: { protocol: v08, properties: ["root", "catalogId", "styles"], telling: ["root"] },
  surfaceUpdate: { protocol: v08, properties: ["components"], telling: ["components"] },
  dataModelUpdate: { protocol: v08, properties: ["path", "contents"], telling: ["contents"] },
  createSurface: {
    protocol: v09,
    properties: ["catalogId", "theme", "sendDataModel", "components", "dataModel", "surfaceProperties"],
    telling: ["catalogId"],
  },
  updateComponents: { protocol: v09, properties: ["components"], telling: [] },
  updateDataModel: { protocol: v09, properties: ["path", "value"], telling: [] },
  deleteSurface: { protocol: "every version of A2UI", properties: [], telling: [] },
};

export function findInMessages(look: Look): RuleFinding[] {
  const { facts, file } = look.context;
  if (isAboutInvalidMessages(file.path) || setsIdLater.test(file.text)) return [];
  const found = facts.objects(surfaceMessages).flatMap((outer) => incompleteMessage(outer, look.context) ?? []);
  if (found.length === 0) return [];
  const siblings = facts.objects(["surfaceId"]).flatMap(({ properties }) => properties.filter((it) => it.key === "surfaceId"));
  return found.map(({ property, payload, message }) => {
    const key = file.text.slice(property.start, property.value.start).replace(/\s*:\s*$/, "");
    return {
      start: property.start,
      end: property.start + key.length,
      message: `${property.key} needs a surfaceId: ${message.protocol} requires it`,
      fix: messageFix(property.key, key, payload, siblings, look),
    };
  });
}

/** Tests write incomplete messages on purpose. */
const isAboutInvalidMessages = (path: string) =>
  /(^|\/)(tests?|__tests__|spec|evals?)\/|\.(test|spec)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$/.test(path);

/** `message["surfaceUpdate"]["surfaceId"] = …`: the literal is completed after it is made. */
const setsIdLater = /\[\s*["']surfaceId["']\s*\]\s*=(?!=)|(?<!\bthis|\bself)\.surfaceId\s*=(?![=>$])|\bsetdefault\(\s*["']surfaceId/;

function incompleteMessage(outer: ObjectLiteral, { facts, file }: RuleContext) {
  const name = surfaceMessages.find((key) => outer.properties.some((it) => it.key === key));
  const property = outer.properties.find((it) => it.key === name);
  if (!name || !property || outer.spreads.length > 0) return undefined;
  const message = messages[name];
  if (outer.properties.some((it) => it !== property && it.key !== "version")) return undefined;
  const payload = facts.objectAt(property.value.start);
  if (!payload || payload.end !== property.value.end || payload.spreads.length > 0) return undefined;
  if (payload.properties.some((it) => !message.properties.includes(it.key))) return undefined;
  const isTelling =
    hasVersion(outer, file.text) ||
    (name === "updateComponents" && /a2ui/i.test(file.text) && payload.properties.length > 0) ||
    payload.properties.some((it) => message.telling.includes(it.key));
  return isTelling ? { property, payload, message } : undefined;
}

const hasVersion = ({ properties }: ObjectLiteral, text: string) =>
  properties.some((it) => it.key === "version" && /^["'`]v?\d/.test(text.slice(it.value.start, it.value.end)));

function messageFix(what: string, key: string, payload: ObjectLiteral, siblings: readonly Property[], look: Look): Fix {
  const { context, ids } = look;
  const { text } = context.file;
  const quote = /^["']/.exec(key)?.[0] ?? "";
  const edit = (value: string) =>
    propertyEdit(payload, text, quote === "" && value === "surfaceId" ? value : `${quoted("surfaceId", quote)}: ${value}`);
  const inScope = nameInScope(payload.start, look);
  if (inScope && !inScope.optional) return { title: `Pass on ${inScope.expression}`, safety: "safe", edits: [edit(inScope.expression)] };
  if (inScope) return suggestion(`Pass on ${inScope.expression}`, edit(inScope.expression), inScope.expression);
  const sibling = siblingId(payload.start, context, siblings);
  if (sibling) return suggestion(`Use ${sibling}, as the message beside it does`, edit(sibling), sibling);
  const id = freshId(context.file, what, ids);
  return suggestion(`Name the surface "${id}"`, edit(quoted(id, quote || quoteOf(text))), id);
}

function suggestion(title: string, edit: { start: number; end: number; text: string }, id: string): Fix {
  const start = edit.text.lastIndexOf(id);
  return { title, safety: "suggestion", edits: [{ ...edit, placeholder: { start, end: start + id.length } }] };
}

const quoteOf = (text: string) => ((text.match(/'/g)?.length ?? 0) > (text.match(/"/g)?.length ?? 0) ? "'" : '"');

/** `optional`: it may be none, or not be there yet. */
function nameInScope(offset: number, { context, surfaces }: Look): InScope | undefined {
  if (context.file.language !== "python") return surfaceIdInScope(context, surfaces, offset);
  for (const expression of ["surface_id", "surfaceId"]) {
    const binding = innermost(readableBindings(expression, offset, context), offset);
    if (binding) return { expression, optional: !isGiven(binding, offset, context) };
  }
  return undefined;
}

/** Python: what a class binds its methods do not see, and a function is no id. */
const readableBindings = (name: string, offset: number, { facts, file }: RuleContext) =>
  facts
    .bindings(name)
    .filter(
      ({ kind, end, scope }) =>
        (kind === "parameter" || (kind === "variable" && end <= offset)) && !/^class\b/.test(file.text.slice(scope.start, scope.start + 6)),
    );

/** A parameter of a function around, whose annotation leaves no doubt; a variable may not have been assigned. */
function isGiven({ kind, start, end, scope }: Binding, offset: number, { facts, file }: RuleContext): boolean {
  const within = facts.functions.some((it) => it.start === scope.start && it.body.start <= offset && start < it.body.start);
  const declaration = file.text.slice(end, end + 80).split(/[,\n]/)[0] ?? "";
  return kind === "parameter" && within && !/\bNone\b|\bOptional\b|:\s*(?:int|float|bool|bytes|dict|list)\b/.test(declaration);
}

/** The surface id of the nearest message that has one. */
function siblingId(offset: number, { facts, file }: RuleContext, siblings: readonly Property[]): string | undefined {
  const near = siblings.reduce<Property | undefined>(
    (best, it) => (best && distance(best, offset) <= distance(it, offset) ? best : it),
    undefined,
  );
  const text = near && file.text.slice(near.value.start, near.value.end);
  return text && /^[\w$.]+$|^(["'])[^"']*\1$/.test(text) && isReadableAt(near, offset, text, facts) ? text : undefined;
}

const distance = ({ start }: Property, offset: number) => Math.abs(start - offset);

/** A literal can be said anywhere; a name only where it means the same. */
function isReadableAt({ start }: Property, offset: number, text: string, facts: RuleContext["facts"]): boolean {
  if (/^["']/.test(text)) return true;
  const [head = ""] = text.split(".");
  return innermost(facts.bindings(head), start)?.start === innermost(facts.bindings(head), offset)?.start;
}
