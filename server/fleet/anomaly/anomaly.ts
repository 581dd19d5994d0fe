/**
 * AnomalySME: a fold over the fleet's events. Each event changes the state and yields alerts, signals and a score. No clock but the events' own and `tick`; a fixed
 * amount of memory for each agent, and a fixed number of agents.
 */
import type { FleetEvent } from "../event.ts";
import { type Agent, learnFrom, learnt, type Newcomer, news, passTime, rebase } from "./agent.ts";
import { type Alert, close, consider, type Grouping, type Judgement } from "./alert.ts";
import { type Budget, budgetName, createSpending, type Spending, spend, windowOver } from "./budgets.ts";
import { admit, type Clock, createClock, resumeAt, tickTo } from "./clock.ts";
import { type Fleet, holdPauses, type MothballPolicy, type Paused, type Signal, signalOf } from "./mothball.ts";
import { silenceAt } from "./silence.ts";
import { sound } from "./sound.ts";

export interface AnomalyOptions {
  readonly budgets: readonly Budget[];
  /** Absent: no agent is ever paused. */
  readonly mothball?: MothballPolicy | undefined;
  /** How many agents are learnt at one time; beyond it, those least recently heard are folded away. */
  readonly maxAgents: number;
  /** The same for those of whom little has been heard, who cannot crowd out the others. */
  readonly maxNewcomers: number;
  /** How many metrics of all agents together are learnt. */
  readonly maxSeries: number;
}

export const defaultAnomalyOptions: AnomalyOptions = { budgets: [], maxAgents: 2000, maxNewcomers: 5000, maxSeries: 5000 };

export interface AnomalyState {
  readonly version: 8;
  readonly options: AnomalyOptions;
  readonly clock: Clock;
  /** Both in the order in which they were last heard. */
  readonly agents: Map<string, Agent>;
  readonly newcomers: Map<string, Newcomer>;
  /** Of the budgets of named agents, which outlast their agents. */
  readonly spending: ({ readonly agentId: string; readonly name: string } & Spending)[];
  readonly grouping: Grouping;
  readonly paused: Paused[];
  readonly counts: Counts;
  /** Metrics that are learnt now. */
  series: number;
  swept: number;
  sinceSweep: number;
}

export interface Counts {
  events: number;
  /** Too old to learn from; budgets have counted them. */
  late: number;
  /** So far from the stream's time that nothing was learnt from them; budgets have counted them, unless they had no time at all. */
  stray: number;
  /** Agents, and newcomers, forgotten to make room. */
  foldedAgents: number;
  foldedNewcomers: number;
}

export interface Outcome {
  /** Alerts that were opened, updated or closed. */
  readonly alerts: readonly Alert[];
  readonly signals: readonly Signal[];
  /** 0 to 1; 0 also while there is not enough data. From 0.5 on where something begins or becomes clearly worse, below while it lasts. */
  readonly score: number;
}

export const createAnomalies = (options: Partial<AnomalyOptions> = {}): AnomalyState => ({
  version: 8,
  options: { ...defaultAnomalyOptions, ...options },
  clock: createClock(),
  agents: new Map(),
  newcomers: new Map(),
  spending: [],
  grouping: { opened: 0, recent: [] },
  paused: [],
  counts: { events: 0, late: 0, stray: 0, foldedAgents: 0, foldedNewcomers: 0 },
  series: 0,
  swept: 0,
  sinceSweep: 0,
});

const known = 20;
const hour = 3_600_000;
const nothing: Outcome = { alerts: [], signals: [], score: 0 };

/** Takes an event in. `state` is changed. */
export function fold(state: AnomalyState, received: FleetEvent): Outcome {
  state.counts.events++;
  const event = sound(received);
  const { now } = state.clock;
  const place = event && admit(state.clock, event.time);
  if (place === "moved") holdPauses(state.paused, state.clock.now - now);
  if (!event || place === "stray") {
    state.counts.stray++;
    return event ? onlyBudgets(state, event) : nothing;
  }
  const alerts: Alert[] = [];
  const subject = subjectOf(state, event, alerts);
  checkBudgets(state, subject, event, event.time, alerts);
  const score = "silence" in subject ? learnAgent(state, subject, event, now, alerts) : 0;
  sweep(state, alerts);
  return { alerts, signals: signals(state, alerts), score };
}

/** Told in the stream's own time: what was paused within an hour must not be counted by a clock that is wrong. */
function onlyBudgets(state: AnomalyState, event: FleetEvent): Outcome {
  const alerts: Alert[] = [];
  checkBudgets(state, heard(state, event.agentId, alerts), event, state.clock.now, alerts);
  return { alerts, signals: signals(state, alerts), score: 0 };
}

/** Says what time it is, ms since 1970, so that silence shows even when nobody speaks. `isDeaf`: until then nothing could be heard, which is nobody's silence. */
export function tick(state: AnomalyState, time: number, isDeaf = false): Outcome {
  if (state.clock.now === 0 || !Number.isFinite(time)) return nothing;
  const { now } = state.clock;
  const move = isDeaf ? resumeAt : tickTo;
  move(state.clock, time);
  // Events of long ago had moved it back: so much time has not passed.
  if (!isDeaf && state.clock.now - now > hour) holdPauses(state.paused, state.clock.now - now);
  const alerts: Alert[] = [];
  sweepAll(state, alerts);
  return { alerts, signals: signals(state, alerts), score: 0 };
}

function subjectOf(state: AnomalyState, event: FleetEvent, alerts: Alert[]): Agent | Newcomer {
  const subject = heard(state, event.agentId, alerts);
  return "silence" in subject || ++subject.n <= known ? subject : promote(state, subject, event, alerts);
}

function heard(state: AnomalyState, agentId: string, alerts: Alert[]): Agent | Newcomer {
  const agent = state.agents.get(agentId);
  if (agent) return heardLast(state.agents, agent);
  const it = heardLast(state.newcomers, state.newcomers.get(agentId) ?? newcomer(agentId, state.clock.now));
  if (state.newcomers.size > state.options.maxNewcomers) {
    state.counts.foldedNewcomers++;
    foldAway(state.newcomers, state.clock.now, alerts);
  }
  return it;
}

const newcomer = (id: string, since: number): Newcomer => ({ id, since, n: 0, spending: [], open: [] });

function promote(state: AnomalyState, newcomer: Newcomer, event: FleetEvent, alerts: Alert[]): Agent {
  state.newcomers.delete(newcomer.id);
  const agent = heardLast(state.agents, learnt(newcomer, event, state.clock.epoch));
  if (state.agents.size > state.options.maxAgents) {
    state.counts.foldedAgents++;
    const [oldest] = state.agents.values();
    state.series -= oldest?.metrics.length ?? 0;
    foldAway(state.agents, state.clock.now, alerts);
  }
  return agent;
}

function heardLast<T extends Newcomer>(all: Map<string, T>, it: T): T {
  all.delete(it.id);
  all.set(it.id, it);
  return it;
}

function foldAway(all: Map<string, Newcomer>, now: number, alerts: Alert[]) {
  const [oldest] = all.values();
  if (!oldest) return;
  all.delete(oldest.id);
  for (const open of [...oldest.open]) alerts.push(close(oldest.open, open, now, "folded away"));
}

function learnAgent(state: AnomalyState, agent: Agent, event: FleetEvent, now: number, alerts: Alert[]): number {
  const { clock } = state;
  if (agent.epoch !== clock.epoch) rebase(agent, event.time, clock.epoch);
  if (event.time < agent.silence.heard - Math.max(hour, 5 * agent.silence.gap)) {
    state.counts.late++;
    return 0;
  }
  endSilence(agent, event.time, alerts);
  const say = (judgement: Judgement) => raise(state, agent, judgement, event.time, alerts);
  const before = agent.metrics.length;
  const room = state.options.maxSeries - state.series;
  const unusual = learnFrom(agent, event, { now: Math.min(now, clock.now), resumed: clock.resumed, room }, say);
  state.series += agent.metrics.length - before;
  const isOpened = alerts.some((it) => it.status === "opened");
  return news(agent, unusual, isOpened);
}

function endSilence(agent: Agent, time: number, alerts: Alert[]) {
  if (agent.open.length === 0) return;
  const open = agent.open.find((it) => it.alert.kind === "silence");
  if (open) alerts.push(close(agent.open, open, time, "heard again"));
}

/** How many judgements in a row must find nothing before an alert is closed. */
const patience: Partial<Record<Judgement["kind"], number>> = { "error-rate": 1, latency: 4, "cost-rate": 2, "token-use": 2 };

function raise(state: AnomalyState, subject: Newcomer, judgement: Judgement, time: number, alerts: Alert[]) {
  const alert = consider(subject.open, state.grouping, subject.id, judgement, time, patience[judgement.kind] ?? 6);
  if (alert) alerts.push(alert);
}

function checkBudgets(state: AnomalyState, subject: Newcomer, event: FleetEvent, time: number, alerts: Alert[]) {
  for (const budget of state.options.budgets) {
    if (budget.agentId !== "*" && budget.agentId !== event.agentId) continue;
    const judgement = spend(budget, spendingOf(state, subject, budget), event);
    if (judgement) raise(state, subject, judgement, time, alerts);
  }
}

function spendingOf(state: AnomalyState, subject: Newcomer, budget: Budget): Spending {
  const name = budgetName(budget);
  if (budget.agentId === "*")
    return found(subject.spending, (it) => it.name === name) ?? added(subject.spending, { name, ...createSpending() });
  const { agentId } = budget;
  return (
    found(state.spending, (it) => it.name === name && it.agentId === agentId) ??
    added(state.spending, { agentId, name, ...createSpending() })
  );
}

const found = <T>(all: readonly T[], is: (it: T) => boolean) => all.find(is);

function added<T>(all: T[], it: T): T {
  all.push(it);
  return it;
}

/** Looks at all agents when some time has passed, and not more often than their number allows: a fold stays cheap in the mean. */
function sweep(state: AnomalyState, alerts: Alert[]) {
  state.sinceSweep++;
  if (state.clock.now - state.swept < 5000 || state.sinceSweep * 4 < state.agents.size) return;
  sweepAll(state, alerts);
}

function sweepAll(state: AnomalyState, alerts: Alert[]) {
  const { now, resumed, epoch } = state.clock;
  state.swept = now;
  state.sinceSweep = 0;
  for (const agent of state.agents.values()) {
    if (agent.epoch !== epoch) continue;
    passTime(agent, now, (it) => raise(state, agent, it, now, alerts));
    const silence = silenceAt(agent.silence, now, resumed);
    if (silence) raise(state, agent, silence, now, alerts);
    closeOld(agent, now, alerts);
  }
  for (const newcomer of state.newcomers.values()) closeOld(newcomer, now, alerts);
}

/** An alert that no judgement closes is open no longer after its last sign, ms. */
export const longestOpenMs = 7 * 24 * hour;
/** For how long it stays so, by its kind; a day when absent. */
const lasting: Partial<Record<Judgement["kind"], number>> = { loop: 10 * 60_000, "new-model": hour, silence: longestOpenMs };

function closeOld(subject: Newcomer, now: number, alerts: Alert[]) {
  if (subject.open.length === 0) return;
  for (const open of [...subject.open]) {
    const { kind, about, since } = open.alert;
    const over = kind === "budget" ? windowOver(about, since, now) : now - open.touched > (lasting[kind] ?? 24 * hour);
    if (over) alerts.push(close(subject.open, open, now, "over"));
  }
}

function signals(state: AnomalyState, alerts: readonly Alert[]): readonly Signal[] {
  const policy = state.options.mothball;
  if (!policy || alerts.length === 0) return nothing.signals;
  const { now } = state.clock;
  return alerts.flatMap((alert) => signalOf(policy, state.paused, alert, now, () => fleetAt(state, now)) ?? []);
}

/** Names alone are not the fleet: one sender makes up thousands, and keeps them alive. */
function fleetAt({ agents, newcomers }: AnomalyState, time: number): Fleet {
  const isEstablished = (it: Agent) => it.since <= time - hour && it.usages >= known;
  return { established: [...agents.values()].filter(isEstablished).length, heard: agents.size + newcomers.size };
}
