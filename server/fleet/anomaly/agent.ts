/** Everything that is learnt about one agent: a fixed number of detectors, each of a fixed size. */
import type { FleetEvent } from "../event.ts";
import { clearly, type Judgement, type OpenAlert, opensAt } from "./alert.ts";
import type { Spending } from "./budgets.ts";
import { createErrors, type Errors, outcome } from "./errors.ts";
import { call, createLoops, type Loops } from "./loops.ts";
import { addCall, createMeans, latency, type Means, tokensOfCall } from "./means.ts";
import { measure, most, type NamedSeries } from "./metrics.ts";
import { createModels, type Models, use } from "./models.ts";
import { createSilence, hear, type Silence } from "./silence.ts";
import { add, createSums, moveTo, type Sums, width } from "./sums.ts";

/** Somebody of whom little has been heard: counted, and held to budgets, but not learnt yet. */
export interface Newcomer {
  readonly id: string;
  /** When it was first heard, ms since 1970. */
  readonly since: number;
  n: number;
  readonly spending: ({ readonly name: string } & Spending)[];
  readonly open: OpenAlert[];
}

export interface Agent extends Newcomer {
  epoch: number;
  /** How unusual it was when that was news last, or the least since. */
  told: number;
  /** Events learnt from that told tokens or cost. */
  usages: number;
  readonly silence: Silence;
  readonly errors: Errors;
  readonly loops: Loops;
  readonly models: Models;
  readonly metrics: NamedSeries[];
  latency: Means | null;
  perCall: Means | null;
  cost: Sums | null;
  tokens: Sums | null;
}

/** The stream's time before the event, since when it runs without a break, and how many more metrics there is room for. */
export interface Moment {
  readonly now: number;
  readonly resumed: number;
  readonly room: number;
}

export function learnt(it: Newcomer, event: FleetEvent, epoch: number): Agent {
  return {
    ...it,
    epoch,
    told: 0,
    usages: 0,
    silence: createSilence(event.time),
    errors: createErrors(),
    loops: createLoops(),
    models: createModels(),
    metrics: [],
    latency: null,
    perCall: null,
    cost: null,
    tokens: null,
  };
}

/** After the stream turned out to be elsewhere in time, what was timed begins anew; what was learnt stays. */
export function rebase(it: Agent, time: number, epoch: number): void {
  it.epoch = epoch;
  Object.assign(it.silence, { heard: time, started: time, start: Math.floor(time / width) * width, count: 0, ratedAt: 0 });
  for (const sums of [it.cost, it.tokens]) if (sums) sums.start = 0;
}

/** Lets every detector see the event; what they have to say goes to `say`. Returns how unusual it is, 0 to 1. */
export function learnFrom(it: Agent, event: FleetEvent, moment: Moment, say: (judgement: Judgement) => void): number {
  const { id, time } = event;
  hear(it.silence, id, time, moment.now, moment.resumed);
  const perWeek = (7 * 86_400_000) / Math.max(it.silence.gap, 1);
  let score = 0;
  const heard = (judgement: Judgement | undefined, its: number) => {
    if (judgement && !isTold(it, judgement)) say(judgement);
    score = Math.max(score, its);
  };
  if (isCall(event))
    heard(outcome(it.errors, id, time, event.error !== undefined, perWeek, isOpen(it, { kind: "error-rate" })), it.errors.score);
  if (event.durationMs !== undefined && event.error === undefined) {
    it.latency ??= createMeans(latency);
    heard(addCall(it.latency, id, time, event.durationMs, isOpen(it, latency)), it.latency.score);
  }
  if (event.costUsd !== undefined) it.cost ??= createSums("cost-rate", "USD in 5 min");
  if (it.cost) heard(add(it.cost, id, time, event.costUsd ?? 0, isOpen(it, it.cost)), it.cost.score);
  const used = (event.inputTokens ?? 0) + (event.outputTokens ?? 0);
  if (used > 0 || (event.costUsd ?? 0) > 0) it.usages++;
  if (used > 0) it.tokens ??= createSums("token-use", "tokens in 5 min");
  if (used > 0) {
    it.perCall ??= createMeans(tokensOfCall);
    heard(addCall(it.perCall, id, time, used, isOpen(it, tokensOfCall)), it.perCall.score);
  }
  if (it.tokens) heard(add(it.tokens, id, time, used, isOpen(it, it.tokens)), it.tokens.score);
  if (event.inputTokens !== undefined) heard(call(it.loops, id, time, event.traceId ?? "", event.inputTokens), it.loops.score);
  if (event.model !== undefined) heard(use(it.models, id, time, event.model), it.models.score);
  if (event.metrics) {
    const room = Math.min(most, it.metrics.length + moment.room);
    score = Math.max(score, measure(it.metrics, event, room, { say, isOpen: (judgement) => isOpen(it, judgement) }));
  }
  return score;
}

/** What begins, or has become clearly more unusual, counts in full. What only lasts stays below 0.5, in its order. */
export function news(it: Agent, score: number, isOpened: boolean): number {
  const isNews = score >= opensAt && (isOpened || score >= it.told + clearly);
  it.told = isNews ? score : Math.min(score, it.told);
  return isNews ? score : Math.min(score, 0.39 + score / 10);
}

/** Ends what ended before that time without an event of this agent. */
export function passTime(it: Agent, now: number, say: (judgement: Judgement) => void): void {
  for (const sums of [it.cost, it.tokens]) {
    const ended = sums && now >= sums.start + 2 * width ? moveTo(sums, now - width, isOpen(it, sums)) : undefined;
    if (ended && !isTold(it, ended)) say(ended);
  }
}

/** A span that only carries measurements is no call that could fail. */
const isCall = (event: FleetEvent) =>
  event.error !== undefined || event.durationMs !== undefined || event.model !== undefined || event.inputTokens !== undefined;

/** Calls that have grown make the sum grow too: of the two alerts the first is enough. */
const isTold = (it: Newcomer, judgement: Judgement) =>
  judgement.kind === "token-use" && !isOpen(it, judgement) && it.open.some(({ alert }) => alert.kind === "token-use");

const isOpen = (it: Newcomer, { kind, about = "" }: { kind: Judgement["kind"]; about?: string }) =>
  it.open.some(({ alert }) => alert.kind === kind && alert.about === about);
