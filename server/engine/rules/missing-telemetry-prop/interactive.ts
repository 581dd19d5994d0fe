/** What a person can act on. */
import type { JsxAttribute, JsxElement } from "../../facts.ts";
import type { RuleContext } from "../../rule.ts";
import { primitives } from "./families.ts";

/** The native element that an interactive element is, `undefined` for one that is not interactive. */
export function interactiveAs(element: JsxElement, context: RuleContext): string | undefined {
  const native = nativeName(element, context);
  return native && isInteractive(native, element, context.file.text) ? native : undefined;
}

/**
 * The native element behind a tag: itself, what a configured component or a primitive stands for, what `as` chooses, or the last
 * part of `motion.button`. `undefined` for components of which nothing is known.
 */
function nativeName({ tag, start, attributes }: JsxElement, { config, facts }: RuleContext): string | undefined {
  const { components, polymorphicPropName } = config.telemetryProps;
  if (/^[a-z][a-z\d]*$/.test(tag)) return tag;
  const chosen = attributes.find((it) => it.name === polymorphicPropName);
  if (chosen) return chosen.literal;
  if (Object.hasOwn(components, tag)) return components[tag];
  if (/^(motion|animated|m)\.[a-z]+$/.test(tag)) return tag.slice(tag.indexOf(".") + 1);
  if (!tag.includes("Primitive.") || attributes.some((it) => it.name === "asChild")) return undefined;
  const found = facts.resolve(tag, start);
  return found?.module === "@assistant-ui/react" && Object.hasOwn(primitives, found.name) ? primitives[found.name] : undefined;
}

function isInteractive(native: string, { attributes }: JsxElement, text: string): boolean {
  const has = (name: string) => attributes.some((it) => it.name === name);
  if (attributes.some((it) => it.name === "disabled" && isTrue(it, text))) return false;
  if (attributes.some((it) => handlers.has(it.name) && isAction(it, text))) return true;
  if (isDecoration(attributes, text)) return false;
  switch (native) {
    case "button":
    case "select":
    case "textarea":
    case "summary":
      return true;
    case "input":
      return attributes.find((it) => it.name === "type")?.literal !== "hidden";
    case "a":
    case "area":
      return has("href");
    case "form":
      return has("action");
    default:
      return false;
  }
}

const handlers = new Set(
  [
    "Click",
    "DoubleClick",
    "ContextMenu",
    "Submit",
    "KeyDown",
    "KeyUp",
    "KeyPress",
    "MouseDown",
    "MouseUp",
    "PointerDown",
    "PointerUp",
    "TouchStart",
    "TouchEnd",
    "Drop",
  ].map((it) => `on${it}`),
);

/** Neither a screen reader nor the Tab key comes to it, and nothing handles a click: it is there to be looked at. */
const isDecoration = (attributes: readonly JsxAttribute[], text: string) =>
  attributes.some((it) => it.name === "aria-hidden" && (isTrue(it, text) || it.literal === "true")) &&
  attributes.some(({ name, value }) => name === "tabIndex" && value && /^["{]\s*-1\s*["}]$/.test(text.slice(value.start, value.end)));

const isTrue = ({ value }: JsxAttribute, text: string) => !value || text.slice(value.start, value.end) === "{true}";

/** A handler that only keeps an event from going further, or is none, lets nobody do anything. */
function isAction({ value }: JsxAttribute, text: string): boolean {
  if (!value) return false;
  const handler = text.slice(value.start + 1, value.end - 1).trim();
  return !/^(?:undefined|null|\(?\s*\w*\s*(?::[^)]*)?\)?\s*=>\s*\{?\s*(?:\w+\.(?:stopPropagation|preventDefault)\(\);?\s*)*\}?)$/.test(
    handler,
  );
}

/** Whether one of its handlers reports the interaction itself. */
export const isReported = ({ attributes }: JsxElement, text: string): boolean =>
  attributes.some(({ name, value }) => /^on[A-Z]/.test(name) && value && reports.test(text.slice(value.start, value.end)));

const reports =
  /\b(?:track(?:Event|Click|Interaction|Action)?|logEvent|sendEvent|recordEvent|captureEvent|reportEvent|gtag|sendGAEvent|plausible|fathom)\s*\(|\b(?:posthog|analytics|mixpanel|amplitude|telemetry|heap|rudderanalytics|umami|datadogRum|faro)\b\s*\??\.\s*\w+|\bdataLayer\.push\(/;
