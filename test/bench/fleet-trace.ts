/**
 * A fleet's events with labelled faults. The quiet part has the shape of request traces: arrivals by a rate that follows the hour and the weekday, in sessions whose
 * calls carry a growing context; durations log-normal with a Pareto tail; tokens log-normal; a few errors, sometimes in small clusters; two models.
 */
import type { FleetEvent } from "../../server/fleet/event.ts";
import { choose, normal, type Random, random } from "../tools/random.ts";

export const faultKinds = ["spike", "leak", "level shift", "silence", "loop", "rhythm", "error burst", "new model"] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly agentId: string;
  /** ms. */
  readonly from: number;
  readonly to: number;
}

interface Temper {
  readonly id: string;
  /** Sessions an hour at the busiest time. */
  readonly sessions: number;
  readonly shape: (time: number) => number;
  readonly callsPerSession: number;
  readonly durationMs: number;
  readonly spread: number;
  readonly tokens: number;
  readonly errors: number;
  readonly models: readonly [string, string];
}

const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** A Monday. */
export const start = Date.UTC(2025, 2, 3);

const shapes = [
  (time: number) => 0.15 + 0.85 * Math.max(0, Math.sin(((time % day) / day - 0.25) * 2 * Math.PI)) * (isWeekend(time) ? 0.3 : 1),
  (time: number) => (isWeekend(time) || time % day < 8 * hour || time % day > 18 * hour ? 0.01 : 1),
  () => 1,
  (time: number) => 0.6 + 0.4 * Math.cos(((time % day) / day) * 2 * Math.PI),
];

function isWeekend(time: number) {
  const weekday = new Date(time).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** Events of one agent in order of time; the faults change them. `days` from a Monday on. */
function* agentEvents(seed: number, index: number, days: number, faults: readonly Fault[]): Generator<FleetEvent> {
  const chance = random(seed * 1000 + index);
  const temper = temperOf(chance, index);
  const pending: FleetEvent[] = [];
  let count = 0;
  let session = start;
  const next = () => `${temper.id}/${count++}`;
  for (let time = start; time < start + days * day; ) {
    while (pending[0] && pending[0].time <= session) {
      const [event] = pending.splice(0, 1);
      if (event && !during(faults, "silence", event.time)) yield event;
    }
    time = session;
    pending.push(...sessionAt(time, temper, chance, faults, next));
    pending.push(...loopAt(time, temper, chance, faults, next));
    pending.sort((a, b) => a.time - b.time);
    session = time + arrival(time, temper, chance, faults);
  }
}

export const agentNames = (count: number) => Array.from({ length: count }, (_, index) => `agent-${index}`);

function temperOf(chance: Random, index: number): Temper {
  return {
    id: `agent-${index}`,
    sessions: 15 + 60 * chance(),
    shape: shapes[index % shapes.length] ?? (() => 1),
    callsPerSession: 2 + 4 * chance(),
    durationMs: 400 + 3000 * chance(),
    spread: 0.4 + 0.5 * chance(),
    tokens: 300 + 2000 * chance(),
    errors: 0.002 + 0.02 * chance(),
    models: ["large-1", "small-1"],
  };
}

/** Thinning would give the exact process; at these rates the rate hardly changes until the next arrival, except where it is near nothing. */
function arrival(time: number, temper: Temper, chance: Random, faults: readonly Fault[]) {
  const rhythm = during(faults, "rhythm", time) ? temper.shape(time + day / 2) : temper.shape(time);
  return Math.min(hour / 2, (-Math.log(1 - chance()) * hour) / (temper.sessions * rhythm));
}

function sessionAt(time: number, temper: Temper, chance: Random, faults: readonly Fault[], next: () => string): FleetEvent[] {
  // An arrival that was cut off at half an hour is none with the probability that it would have come later.
  if (temper.shape(time) < 0.05 && chance() > 0.3) return [];
  const calls = 1 + Math.floor(-Math.log(1 - chance()) * (temper.callsPerSession - 1));
  let context = temper.tokens * Math.exp(0.5 * normal(chance));
  let at = time;
  return Array.from({ length: calls }, (_, i) => {
    const event = callAt(at, temper, chance, faults, next(), `${temper.id}:${time}`, context);
    at += (event.durationMs ?? 0) + 500 * chance();
    context = i % 4 === 3 ? context * 0.7 : context * (1.05 + 0.3 * chance());
    return event;
  });
}

/** One session that does not end: each call sends all that was said before. */
function loopAt(time: number, temper: Temper, chance: Random, faults: readonly Fault[], next: () => string): FleetEvent[] {
  const fault = faults.find((it) => it.kind === "loop" && it.from <= time && time < it.to);
  if (!fault || started.has(fault)) return [];
  started.add(fault);
  return Array.from({ length: 150 }, (_, i) =>
    callAt(fault.from + i * 4000, temper, chance, [], next(), `loop:${fault.from}`, temper.tokens * (1 + i * 0.2)),
  );
}

const started = new WeakSet<Fault>();

function callAt(
  time: number,
  temper: Temper,
  chance: Random,
  faults: readonly Fault[],
  id: string,
  traceId: string,
  context: number,
): FleetEvent {
  const failed = chance() < temper.errors;
  const inputTokens = Math.round(context);
  const outputTokens = Math.round(0.3 * temper.tokens * Math.exp(0.8 * normal(chance)));
  const model = choose(chance, temper.models);
  const usual = { id, time, agentId: temper.id, operation: "chat", model, inputTokens, outputTokens, traceId };
  return afflicted({ ...usual, durationMs: duration(temper, chance), ...(failed && { error: "500" }) }, faults, chance);
}

function duration(temper: Temper, chance: Random) {
  const body = temper.durationMs * Math.exp(temper.spread * normal(chance));
  const tail = chance() < 0.02 ? (1 - chance()) ** -0.6 : 1;
  return body * Math.min(tail, 50);
}

/** A usual call as it becomes while these faults last, and what it costs. */
export function afflicted(call: UsualCall, faults: readonly Fault[], chance: Random): FleetEvent {
  const { time } = call;
  const spike = during(faults, "spike", time) ? 8 : 1;
  const leak = during(faults, "leak", time);
  const slower = (during(faults, "level shift", time) ? 2.5 : 1) * (leak ? 1 + (4 * (time - leak.from)) / (leak.to - leak.from) : 1);
  const model = during(faults, "new model", time) && chance() < 0.2 ? "large-2-preview" : call.model;
  const [inputTokens, outputTokens] = [call.inputTokens * spike, call.outputTokens * spike];
  const price = model.startsWith("large") ? 10 : 1;
  return {
    ...call,
    model,
    inputTokens,
    outputTokens,
    costUsd: ((inputTokens + 4 * outputTokens) * price) / 1e6,
    durationMs: call.durationMs * slower,
    ...(during(faults, "error burst", time) && chance() < 0.4 && { error: "500" }),
  };
}

export interface UsualCall extends FleetEvent {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly durationMs: number;
}

export const during = (faults: readonly Fault[], kind: FaultKind, time: number) =>
  faults.find((it) => it.kind === kind && it.from <= time && time < it.to);

/** A fleet's events in order of time. */
export function fleetEvents(seed: number, agents: number, days: number, faults: readonly Fault[]): Generator<FleetEvent> {
  return inOrder(
    agentNames(agents).map((id, index) =>
      agentEvents(
        seed,
        index,
        days,
        faults.filter((it) => it.agentId === id),
      ),
    ),
  );
}

/** Streams that are each in order of time, as one. */
export function* inOrder(sources: readonly Generator<FleetEvent>[]): Generator<FleetEvent> {
  const heads = sources.map((it) => it.next());
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      const best = heads[first];
      if (!head.done && (!best || best.done || head.value.time < best.value.time)) first = i;
    }
    const [head, source] = [heads[first], sources[first]];
    if (!head || head.done || !source) return;
    yield head.value;
    heads[first] = source.next();
  }
}

export const lengths: Readonly<Record<FaultKind, number>> = {
  spike: 20 * minute,
  leak: 12 * hour,
  "level shift": 8 * hour,
  silence: 4 * hour,
  loop: 11 * minute,
  rhythm: day,
  "error burst": 30 * minute,
  "new model": 6 * hour,
};

/** One fault of each kind for each agent, a day and a half apart at least, from the second week on, while the agent works. */
export function plant(seed: number, agents: number): Fault[] {
  const chance = random(seed * 77 + 5);
  return agentNames(agents).flatMap((agentId, index) => {
    const rhythmic = index % shapes.length !== 2;
    const order = faultKinds.filter((kind) => rhythmic || kind !== "rhythm").toSorted(() => chance() - 0.5);
    return order.map((kind, i): Fault => {
      const shape = shapes[index % shapes.length] ?? (() => 1);
      let from = start + (14 + i * 2) * day + 10 * hour + 4 * hour * chance();
      while (shape(from) < 0.3) from += hour;
      return { kind, agentId, from, to: from + lengths[kind] };
    });
  });
}

export const plantedDays = 14 + faultKinds.length * 2 + 2;
