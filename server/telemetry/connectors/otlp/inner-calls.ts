/**
 * One call that is told by two spans, a framework's around that of its model's client (ADK's `call_llm` around `generate_content`, a chain's around its SDK's), counts once: what the inner one told is not counted
 * of the span directly around it. The inner span ends first, so it is sent in the same request or before.
 */
import type { FleetEvent } from "../../../fleet/event.ts";

/** An event and the id that the span around it has as an event; empty where there is none. */
export interface Nested {
  readonly event: FleetEvent;
  readonly around: string;
}

interface Told {
  tokens: boolean;
  cost: boolean;
}

/** How many spans are remembered: of a fleet at rest those of minutes. */
const most = 4096;

/** Returns a function that takes the events of a request, and returns those that count. */
export function createInnerCalls(): (all: readonly Nested[]) => FleetEvent[] {
  const within = new Map<string, Told>();

  function remember({ event, around }: Nested) {
    const told = toldBy(event);
    if (around === "" || !(told.tokens || told.cost)) return;
    const before = within.get(around);
    within.set(around, before ? { tokens: before.tokens || told.tokens, cost: before.cost || told.cost } : told);
  }

  function counted(event: FleetEvent): FleetEvent | undefined {
    const told = within.get(event.id);
    if (!told) return event;
    const its = toldBy(event);
    const adds = (its.tokens && !told.tokens) || (its.cost && !told.cost);
    if (!adds && (its.tokens || its.cost)) return undefined;
    return { ...event, ...(told.tokens && { inputTokens: undefined, outputTokens: undefined }), ...(told.cost && { costUsd: undefined }) };
  }

  return (all) => {
    for (const it of all) remember(it);
    const events = all.map(({ event }) => counted(event)).filter((it) => it !== undefined);
    for (const id of within.keys()) {
      if (within.size <= most) break;
      within.delete(id);
    }
    return events;
  };
}

const toldBy = ({ inputTokens, outputTokens, costUsd }: FleetEvent): Told => ({
  tokens: inputTokens !== undefined || outputTokens !== undefined,
  cost: costUsd !== undefined,
});
