/** What costs nothing to ask of a model API, and whether it is all that a file asks of a client that it constructs. */
import type { Binding, Call } from "./facts.ts";
import { tracerNames } from "./instrumentation.ts";
import type { RuleContext } from "./rule.ts";
import type { Span } from "./source.ts";

/**
 * Paths of methods in lower case, without `beta`, `aio` and underscores. Source: the price lists of OpenAI, Anthropic and Google, which charge for what a model reads and
 * writes and for what is stored to be searched.
 */
const free = new RegExp(
  `^(?:${[
    "models\\.(?:counttokens|computetokens|get|retrieve|list|all|update|delete)",
    "messages\\.counttokens",
    "(?:files|uploads|conversations|assistants)(?:\\.\\w+)+",
    "moderations\\.create",
    "threads(?:\\.messages)?\\.(?:create|retrieve|list|update|delete)",
    "responses\\.(?:retrieve|delete|cancel|inputitems\\.list|inputtokens\\.count)",
    "(?:messages\\.)?batches\\.(?:get|retrieve|list|all|results|cancel|delete)",
    "(?:finetuning\\.jobs|tunings)\\.(?:get|retrieve|list|all|listevents|cancel)",
    "operations\\.get\\w*",
    "a?close|clientconfig",
  ].join("|")})$`,
);

const isFree = (path: string) =>
  free.test(
    path
      .toLowerCase()
      .replace(/\b(?:beta|aio)\./g, "")
      .replaceAll("_", ""),
  );

/** Whether the variable or property that holds the client is handed to nobody, and every call of it that the file shows is free. A client that the file does not use may be used elsewhere. */
export function asksOnlyForFree(call: Call, context: RuleContext): boolean {
  const path = pathAt(context.file.text, call.end);
  if (path.isCalled) return isFree(path.name);
  const held = holderOf(call, context);
  const uses = held ? usesOf({ ...held, prefix: path.name }, context, new Set()) : [];
  if (uses.some(({ asks }) => asks !== undefined && !isFree(asks))) return false;
  const shown = uses.filter(({ asks, at }) => asks !== undefined || !context.facts.isComment(at));
  return shown.length > 0 && shown.every(({ asks }) => asks !== undefined);
}

/** `.files.list(` after `at`: `files.list`, called. */
function pathAt(text: string, at: number): { name: string; end: number; isCalled: boolean } {
  const [written = ""] = /^(?:\s*\.\s*[A-Za-z_]\w*)*/.exec(text.slice(at, at + 200)) ?? [];
  const end = at + written.length;
  return { name: written.replace(/\s/g, "").slice(1), end, isCalled: written !== "" && text[end] === "(" };
}

const wrappers = `(?:\\w+\\.)*(?:${tracerNames.join("|")})\\(\\s*`;
const passed = `(?:[^=\\n;()[\\]{}]*(?:\\b(?:else|or)\\b|\\?\\?|\\|\\|)\\s*)?(?:(?:await|new)\\s+|${wrappers})*$`;
/** What stands between a variable and the client that it gets: `client: OpenAI = given or `. */
const assigned = new RegExp(`(?<![\\w.$])(\\w+)(?:[ \\t]*,[ \\t]*\\w+)?[ \\t]*(?::[ \\t]*[^=\\s][^=\\n]*)?:?=\\s*${passed}`);
const returned = new RegExp(`\\breturn\\s+${passed}`);

/** The variable that a client is assigned to or that a `with` statement names, or the property that returns it. */
function holderOf(call: Call, context: RuleContext): Omit<Held, "prefix"> | undefined {
  const { text } = context.file;
  const from = Math.max(0, call.start - 300);
  const before = text.slice(from, call.start);
  const given = assigned.exec(before);
  if (given?.[1]) return variable(given[1], from + given.index, context);
  if (returned.test(before)) return propertyAround(call, context);
  const after = /^[\s)]*\bas\s+(\w+)/.exec(text.slice(call.end, call.end + 100));
  return after?.[1] ? variable(after[1], call.end + after[0].length - after[1].length, context) : undefined;
}

function variable(name: string, start: number, context: RuleContext): Omit<Held, "prefix"> | undefined {
  const binding = context.facts.bindings(name).find((it) => it.start === start);
  return binding && !isSharedWithOthers(binding, context) ? binding : undefined;
}

function propertyAround(call: Call, { facts }: RuleContext): Omit<Held, "prefix"> | undefined {
  const property = facts.functions.findLast((it) => it.start <= call.start && call.end <= it.end);
  if (!property?.decorators.some((it) => /^@(?:cached_)?property\b/.test(it))) return undefined;
  const binding = facts.bindings(property.name).find((it) => property.start <= it.start && it.end <= property.end);
  return binding && { name: `self.${property.name}`, scope: binding.scope };
}

/** Other files see what is exported, and in Go all that a package declares. */
const isSharedWithOthers = ({ start, scope }: Binding, { file: { text, language } }: RuleContext) =>
  /\bexport\s+(?:const|let|var)\s+$/.test(text.slice(Math.max(0, start - 30), start)) ||
  (language === "go" && scope.end - scope.start === text.length);

interface Held {
  name: string;
  scope: Span;
  /** The part of the client that the variable holds: `messages.batches`. */
  prefix: string;
}

interface Use {
  at: number;
  /** The path that is called: `messages.create`; absent for any other use. */
  asks?: string;
}

/** Uses of a variable, and of those that it is assigned to. */
function usesOf(held: Held, context: RuleContext, seen: Set<string>): Use[] {
  if (seen.has(held.name)) return [];
  seen.add(held.name);
  const { start, end } = held.scope;
  const name = new RegExp(`(?<![\\w.$])${held.name.replace(".", "\\.")}\\b`, "g");
  return [...context.file.text.slice(start, end).matchAll(name)].flatMap(({ index }) => usesAt(start + index, held, context, seen));
}

const target = /^(?:[ \t]*,[ \t]*\w+)?[ \t]*(?::[ \t]*[^=\s(][^=\n(]*)?:?=(?!=)/;
const test = /^\s*(?:is\s+(?:not\s+)?None|[!=]==?\s*(?:null|undefined|nil))\b/;
const alias = /(?<![\w.$])(\w+)[ \t]*(?::[ \t]*[^=\s][^=\n]*)?:?=\s*$/;
const statementEnd = /^[ \t]*(?:[;\r\n]|#|\/\/|$)/;

function usesAt(at: number, held: Held, context: RuleContext, seen: Set<string>): Use[] {
  const { text } = context.file;
  const path = pathAt(text, at + held.name.length);
  const asks = [held.prefix, path.name].filter((it) => it !== "").join(".");
  if (path.isCalled) return [{ at, asks }];
  const after = text.slice(path.end, path.end + 200);
  const before = text.slice(Math.max(0, at - 200), at);
  if (path.name === "" && (target.test(after) || test.test(after) || /\bas\s+$/.test(before))) return [];
  const other = alias.exec(before)?.[1];
  if (!other || !statementEnd.test(after)) return [{ at }];
  return usesOf({ name: other, scope: held.scope, prefix: asks }, context, seen);
}
