/** A2UI messages written as literals: objects in TypeScript and JavaScript, dictionaries in Python. */
import type { ObjectLiteral, Property } from "../../facts.ts";
import type { Fix } from "../../finding.ts";
import type { Ids } from "../../ids.ts";
import type { RuleContext, RuleFinding } from "../../rule.ts";
import { innermost, surfaceMessages } from "../../surfaces.ts";
import { freshId, propertyEdit, quoted } from "./edits.ts";

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

export function findInMessages(context: RuleContext, ids: Ids): RuleFinding[] {
  const { facts, file } = context;
  if (isAboutInvalidMessages(file.path) || setsIdLater.test(file.text)) return [];
  return facts.objects(surfaceMessages).flatMap((outer) => {
    const found = incompleteMessage(outer, context);
    if (!found) return [];
    const { property, payload, message } = found;
    const key = file.text.slice(property.start, property.value.start).replace(/\s*:\s*$/, "");
    return [
      {
        start: property.start,
        end: property.start + key.length,
        message: `${property.key} needs a surfaceId: ${message.protocol} requires it`,
        fix: messageFix(property.key, key, payload, context, ids),
      },
    ];
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

function messageFix(what: string, key: string, payload: ObjectLiteral, context: RuleContext, ids: Ids): Fix {
  const quote = /^["']/.exec(key)?.[0] ?? "";
  const edit = (value: string) => propertyEdit(payload, context.file.text, value);
  const name = nameInScope(payload.start, context);
  const sibling = siblingId(payload.start, context);
  const named = (value: string) => `${quoted("surfaceId", quote)}: ${value}`;
  if (name)
    return {
      title: `Pass on ${name.name}`,
      safety: name.safe ? "safe" : "suggestion",
      edits: [edit(quote === "" && name.name === "surfaceId" ? "surfaceId" : named(name.name))],
    };
  if (sibling) return suggestion(`Use ${sibling}, as the message beside it does`, edit(named(sibling)), sibling);
  const id = freshId(context.file, what, ids);
  return suggestion(`Name the surface "${id}"`, edit(named(quoted(id, quote || quoteOf(context.file.text)))), id);
}

function suggestion(title: string, edit: { start: number; end: number; text: string }, id: string): Fix {
  const start = edit.text.lastIndexOf(id);
  return { title, safety: "suggestion", edits: [{ ...edit, placeholder: { start, end: start + id.length } }] };
}

const quoteOf = (text: string) => ((text.match(/'/g)?.length ?? 0) > (text.match(/"/g)?.length ?? 0) ? "'" : '"');

function nameInScope(offset: number, { facts, file }: RuleContext): { name: string; safe: boolean } | undefined {
  for (const name of file.language === "python" ? ["surface_id", "surfaceId"] : ["surfaceId"]) {
    const binding = innermost(facts.bindings(name), offset);
    if (!binding || (binding.kind !== "parameter" && (binding.declaration?.end ?? binding.end) > offset)) continue;
    const declaration = file.text.slice(binding.end, binding.end + 80).split(/[,\n]/)[0] ?? "";
    return { name, safe: !/^\s*\?|\bNone\b|\bOptional\b|\bnull\b|\bundefined\b|\?\./.test(declaration) };
  }
  return undefined;
}

/** The surface id of the message nearest above, or else below, when the file's messages all say the same one. */
function siblingId(offset: number, { facts, file }: RuleContext): string | undefined {
  const ids = facts.objects(["surfaceId"]).flatMap(({ properties }) => properties.filter((it) => it.key === "surfaceId"));
  const near = ids.toSorted((a, b) => distance(a, offset) - distance(b, offset))[0];
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
