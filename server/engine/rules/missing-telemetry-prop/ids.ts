/** Telemetry ids: what the element does, as its own code says it. */
import type { JsxAttribute, JsxElement } from "../../facts.ts";
import { createIds, slug } from "../../ids.ts";
import type { SourceFile } from "../../source.ts";

/**
 * Ids for the elements of one file, asked for in document order. None is one that the file has already, so an id does not change
 * when others of the same file have been put in.
 */
export function createTelemetryIds({ path, text }: SourceFile) {
  const ids = createIds(new Set([...text.matchAll(/\bdata-telemetry-id\s*=\s*\{?\s*["'`]([^"'`]*)["'`]/g)].map(([, id = ""]) => id)));
  const stem = fileStem(path);
  return {
    next(element: JsxElement, native: string): string {
      const words = [stem, meaning(element, text), native].filter(Boolean).join("-").split("-");
      return ids.take(words.filter((it, i) => it !== words[i - 1]).join("-"));
    },
  };
}

/** The file's name, or its folder's where the name says nothing. */
function fileStem(path: string): string {
  const [name = "", folder = ""] = path
    .replace(/\.\w+$/, "")
    .split("/")
    .toReversed()
    .map(slug);
  return /^(index|page|main|layout|route)$/.test(name) && folder !== "" ? folder : name;
}

/** What an element is for, by the first thing that says so. */
function meaning(element: JsxElement, text: string): string {
  for (const said of sayings(element, text)) {
    const words = slug(said).split("-").slice(0, 5).join("-");
    if (words !== "") return words;
  }
  return "";
}

function* sayings(element: JsxElement, text: string): Generator<string> {
  const literal = (name: string) => element.attributes.find((it) => it.name === name)?.literal ?? "";
  yield literal("id");
  yield literal("name");
  yield primitiveName(element.tag);
  yield handlerName(element.attributes, text);
  yield literal("aria-label");
  yield label(element, text);
  for (const name of ["title", "placeholder", "data-testid", "href", "type"]) yield literal(name);
}

/** `composer-send` of `ComposerPrimitive.Send`. */
const primitiveName = (tag: string) => (tag.includes("Primitive.") ? tag.replace("Primitive.", "-") : "");

/** The plain text that an element begins with. */
function label({ end, selfClosing }: JsxElement, text: string): string {
  const [, words = ""] = selfClosing ? [] : (/^\s*([^<>{}]{1,60}?)\s*[<{]/.exec(text.slice(end, end + 80)) ?? []);
  return words;
}

/** `close` of `onClick={handleClose}`, `() => onClose()`, `props.onClose`. */
function handlerName(attributes: readonly JsxAttribute[], text: string): string {
  const handler = attributes.find((it) => /^on[A-Z]/.test(it.name) && it.value);
  if (!handler?.value) return "";
  const code = text.slice(handler.value.start + 1, handler.value.end - 1).trim();
  const named = /^(?:[\w$]+\??\.)*([\w$]+)$/.exec(code)?.[1];
  const called =
    named ?? [...code.matchAll(/([\w$]+)\s*(?:\?\.)?\(/g)].map(([, name = ""]) => name).find((it) => !sayNothing.has(it)) ?? "";
  return called.replace(/^(?:handle|on)(?=[A-Z])/, "");
}

/** Calls at the head of handlers that do not say what the handler is for. */
const sayNothing = new Set([
  "preventDefault",
  "stopPropagation",
  "if",
  "async",
  "await",
  "function",
  "switch",
  "for",
  "while",
  "return",
  "void",
]);
