/**
 * Which components and types require `surfaceId`. The table of packages is what `tsc --strict` says of them; test/a2ui checks it against
 * the published packages.
 */
import type { Binding, Facts, Shape } from "./facts.ts";
import type { LanguageId } from "./source.ts";

/** Components of A2UI 0.8 that draw one node of a surface; all take `A2UIComponentProps`. */
const catalog = [
  "AudioPlayer",
  "Button",
  "Card",
  "CheckBox",
  "Column",
  "DateTimeInput",
  "Divider",
  "Icon",
  "Image",
  "List",
  "Modal",
  "MultipleChoice",
  "Row",
  "Slider",
  "Tabs",
  "Text",
  "TextField",
  "Video",
];

const v08 = { components: ["A2UIRenderer", "ComponentNode", ...catalog], types: ["A2UIRendererProps", "A2UIComponentProps"] };

/**
 * What requires `surfaceId`, by package and subpath. `@a2ui/react` is version 0.8 of the protocol at its root in every release so far;
 * its `/v0_9` takes a `surface` instead and is not listed on purpose.
 */
const packages = new Map<string, { components: string[]; types: string[] }>([
  ["@a2ui/react", v08],
  ["@a2ui/react/v0_8", v08],
  ["@copilotkit/a2ui-renderer", { components: ["A2UIRenderer"], types: ["A2UIRendererProps", "A2UIComponentProps"] }],
]);

const surfaceModules: readonly string[] = [...packages.keys()];

/** Names of a package's components that require `surfaceId`. */
export function surfaceExports(module: string): readonly string[] {
  return packages.get(module)?.components ?? [];
}

/** Whether an import, by module and exported name, requires `surfaceId`. */
export type KnownSurface = (module: string, name: string) => boolean;

export const isPackageSurface: KnownSurface = (module, name) =>
  (packages.get(module)?.components.includes(name) || packages.get(module)?.types.includes(name)) ?? false;

/** What props say of `surfaceId`. `type` is as written; empty where it is not. */
export interface Verdict {
  state: "required" | "optional" | "absent" | "unknown";
  type: string;
}

const unknown: Verdict = { state: "unknown", type: "" };
const absent: Verdict = { state: "absent", type: "" };
const required: Verdict = { state: "required", type: "string" };

export interface Surfaces {
  /** What the component called `dotted` at `offset` says of `surfaceId`. */
  component(dotted: string, offset: number): Verdict;
  props(shape: Shape): Verdict;
}

/** Looks components and props up in a file; `isKnown` says which imports require `surfaceId`. */
export function createSurfaces(text: string, facts: Facts, isKnown: KnownSurface): Surfaces {
  // Types and components may name one another in a circle.
  const visiting = new Set<string>();

  function once(key: string, look: () => Verdict): Verdict {
    if (visiting.has(key)) return unknown;
    visiting.add(key);
    const verdict = look();
    visiting.delete(key);
    return verdict;
  }

  function imported(dotted: string, offset: number): Verdict {
    const found = facts.resolve(dotted, offset);
    return found && isKnown(found.module, found.name) ? required : unknown;
  }

  function component(dotted: string, offset: number): Verdict {
    const [head = "", ...rest] = dotted.split(".");
    const binding = innermost(facts.bindings(head), offset);
    if (!binding || isRequire(binding, facts)) return isTypeOnly(facts, head) ? unknown : imported(dotted, offset);
    const alias = aliasOf(binding, text);
    if (alias) return once(`component ${alias} ${binding.start}`, () => component([alias, ...rest].join("."), binding.start));
    return rest.length === 0 && isGlobal(binding, text) && isFixed(binding) ? local(head) : unknown;
  }

  function local(name: string): Verdict {
    const found = facts.declarations.components.find((it) => it.name === name);
    return found ? once(`component ${name}`, () => props(found.props)) : unknown;
  }

  function named(name: string): Verdict {
    const declared = facts.declarations.types.filter((it) => it.name === name);
    return declared.length > 0 ? once(`type ${name}`, () => all(declared.map((it) => props(it.shape)))) : imported(name, text.length);
  }

  function props(shape: Shape): Verdict {
    switch (shape.kind) {
      case "members": {
        const member = shape.members.find((it) => it.name === "surfaceId");
        return member ? { state: member.optional ? "optional" : "required", type: member.type } : absent;
      }
      case "named":
        return named(shape.name);
      case "propsOf":
        return component(shape.component, text.length);
      case "all":
        return all(shape.of.map(props));
      case "either":
        return either(shape.of.map(props));
      case "only":
        return shape.keys.includes("surfaceId") ? props(shape.of) : absent;
      case "without":
        return shape.keys.includes("surfaceId") ? absent : props(shape.of);
      case "partial":
      case "required":
        return restated(props(shape.of), shape.kind === "required" ? "required" : "optional");
      case "unknown":
        return unknown;
    }
  }

  return { component, props };
}

const all = (verdicts: Verdict[]): Verdict =>
  verdicts.find((it) => it.state === "required") ??
  verdicts.find((it) => it.state === "unknown") ??
  verdicts.find((it) => it.state === "optional") ??
  absent;

/** A union requires what each of its members requires. */
function either(verdicts: Verdict[]): Verdict {
  const [first = absent] = verdicts;
  if (verdicts.every((it) => it.state === first.state)) return first;
  return verdicts.some((it) => it.state === "unknown") ? unknown : { ...first, state: "optional" };
}

const restated = (verdict: Verdict, state: "required" | "optional"): Verdict =>
  verdict.state === "required" || verdict.state === "optional" ? { ...verdict, state } : verdict;

/** The binding that a name means at `offset`. */
export function innermost(bindings: readonly Binding[], offset: number): Binding | undefined {
  return bindings.findLast((it) => it.scope.start <= offset && offset <= it.scope.end);
}

const isGlobal = ({ scope }: Binding, text: string) => scope.start === 0 && scope.end === text.length;

/** Functions, classes and `const`: what the name means does not change. */
const isFixed = ({ kind, declaration }: Binding) => kind === "function" || kind === "class" || declaration?.constant === true;

/** The dotted name that a `const` is another name for: `const X = A.B`, `const { B: X } = A`. */
function aliasOf({ start, declaration }: Binding, text: string): string | undefined {
  if (!declaration?.constant || !declaration.value) return undefined;
  const value = text.slice(declaration.value.start, declaration.value.end);
  if (!/^[\w$]+(\.[\w$]+)*$/.test(value)) return undefined;
  if (declaration.whole) return value;
  const [pattern = ""] = /^\{[^{}[\]]*$/.exec(text.slice(declaration.start, start)) ?? [];
  const [, key] = /([\w$]+)\s*:\s*$/.exec(pattern) ?? [];
  const name = /^[\w$]+/.exec(text.slice(start));
  return pattern === "" || !name ? undefined : `${value}.${key ?? name[0]}`;
}

/** `const { X } = require("m")` is an import and a binding. */
const isRequire = ({ name, start, declaration }: Binding, { imports }: Facts) =>
  declaration !== undefined && imports.some((it) => it.local === name && declaration.start <= it.start && it.start <= start);

const isTypeOnly = ({ imports }: Facts, local: string) => imports.some((it) => it.local === local && it.typeOnly);

/** Messages that the protocol has `surfaceId` in, v0.8 and later. */
export const surfaceMessages = [
  "beginRendering",
  "surfaceUpdate",
  "dataModelUpdate",
  "createSurface",
  "updateComponents",
  "updateDataModel",
  "deleteSurface",
] as const;

const messageKeys = surfaceMessages.join("|");
const quotedMessage = new RegExp(`["'](?:${messageKeys})["']\\s*:`);
const message = new RegExp(`\\b(?:${messageKeys})["']?\\s*:`);
// The engine looks for a capital inside a name faster than for a name: this goes first.
const messageEnd = /(?:eSurface|eUpdate|lUpdate|nRendering|eComponents|eDataModel)["']?\s*:/;

/** A byte test for messages written as literals; keys of Python dictionaries are quoted. */
export const mayHoldMessage = (text: string, language: LanguageId): boolean =>
  language === "python" ? quotedMessage.test(text) : messageEnd.test(text) && message.test(text);

const packageName = new RegExp(`["'](?:${surfaceModules.join("|")})["']`);

/** A byte test for imports of the packages in the table. */
export const mayImportSurfaces = (text: string): boolean => packageName.test(text);

/** Surface ids that stand in a text as literals: attributes, properties, dictionary entries. */
export function literalSurfaceIds(text: string): string[] {
  return [...text.matchAll(/\bsurfaceId["']?\s*[=:]\s*\{?\s*(["'`])([^"'`\n$]+)\1/g)].map(([, , id = ""]) => id);
}
