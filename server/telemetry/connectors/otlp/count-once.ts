/**
 * A call of which two libraries of one process tell, in a span each and one directly within the other (a framework's around its SDK's, ours around that of an instrumented client), counts once. The span within ends
 * first, so both nearly always come in one request.
 */
import type { FleetEvent } from "../../../fleet/event.ts";
import { isModelCall } from "../../attribute-events.ts";
import { textOf } from "../../attributes.ts";
import { isId, type Signal, type Span } from "./signals.ts";

/**
 * Takes the event that each signal of a request is, if any; returns those that count. Of calls within each other who tells most stays, the innermost where they tell alike; where each tells something that the other
 * does not, nothing of it is told twice.
 */
export function countOnce(signals: readonly Signal[], events: readonly (FleetEvent | undefined)[]): FleetEvent[] {
  if (!hasNested(signals, events)) return events.filter((it) => it !== undefined);

  const calls = signals.flatMap((signal, i) => callOf(signal, events[i]));
  const counted = new Map(signals.map((it, i) => [it, events[i]]));
  const within = new Map<string, Call[]>();
  for (const outer of calls.toSorted(innerFirst)) {
    const directly = within.get(idOf(outer.span, outer.span.spanId)) ?? [];
    const inner = directly.length > mostInner ? [] : directly.filter((it) => isSameCall(it, outer));
    const left = inner.length > 0 ? withoutRepeats(outer, inner) : [outer];
    for (const it of [outer, ...inner]) counted.set(it.span, undefined);
    for (const it of left) counted.set(it.span, it.event);
    if (!isId(outer.span.parentSpanId)) continue;
    const around = idOf(outer.span, outer.span.parentSpanId);
    const beside = within.get(around);
    if (beside) beside.push(...left);
    else within.set(around, [...left]);
  }
  return [...counted.values()].filter((it) => it !== undefined);
}

/** What is left of a call and those of the same within it. */
function withoutRepeats(outer: Call, inner: readonly Call[]): readonly Call[] {
  const told = new Set(inner.flatMap((it) => it.tells));
  if (outer.tells.every((it) => told.has(it))) return inner;
  if ([...told].every((it) => outer.tells.includes(it))) return [outer];
  return [...inner, { ...outer, event: without(outer.event, told) }];
}

/** Most requests have none, and are not looked at any closer. */
function hasNested(signals: readonly Signal[], events: readonly (FleetEvent | undefined)[]): boolean {
  const around = new Set<string>();
  for (const [i, it] of signals.entries()) if (isCall(it, events[i]) && isId(it.parentSpanId)) around.add(it.parentSpanId);
  return around.size > 0 && signals.some((it, i) => isCall(it, events[i]) && around.has(it.spanId));
}

const isCall = (signal: Signal, event: FleetEvent | undefined): signal is Span =>
  signal.kind === "span" && event !== undefined && isModelCall(event);

/** Of one call, with its attempts; a span around more is another's. */
const mostInner = 16;

interface Call {
  readonly span: Span;
  readonly event: FleetEvent;
  readonly tells: readonly Telling[];
}

type Telling = "agent" | "tokens" | "cost" | "error";

function callOf(signal: Signal, event: FleetEvent | undefined): Call[] {
  if (!event || !isCall(signal, event)) return [];
  const tells: readonly (readonly [Telling, boolean])[] = [
    ["agent", textOf(signal.attributes, "agentId") !== undefined],
    ["tokens", event.inputTokens !== undefined || event.outputTokens !== undefined],
    ["cost", event.costUsd !== undefined],
    ["error", event.error !== undefined],
  ];
  return [{ span: signal, event, tells: tells.flatMap(([telling, isTold]) => (isTold ? [telling] : [])) }];
}

const innerFirst = (a: Call, b: Call) => a.span.endedAt - b.span.endedAt || b.span.startedAt - a.span.startedAt;

const idOf = ({ traceId }: Span, spanId: string) => `${traceId}-${spanId}`;

/** A proxy of models in the same trace is another process, and sends a resource of its own. */
function isSameCall(inner: Call, outer: Call): boolean {
  const agents = [inner, outer].filter((it) => it.tells.includes("agent")).map((it) => it.event.agentId);
  return (
    inner.span.resource === outer.span.resource &&
    (inner.event.operation === "embeddings") === (outer.event.operation === "embeddings") &&
    isSameModel(inner.event.model ?? "", outer.event.model ?? "") &&
    new Set(agents).size < 2
  );
}

/** One may name its version, too. */
const isSameModel = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);

const without = (event: FleetEvent, told: ReadonlySet<Telling>): FleetEvent => ({
  ...event,
  ...(told.has("tokens") && { inputTokens: undefined, outputTokens: undefined }),
  ...(told.has("cost") && { costUsd: undefined }),
});
