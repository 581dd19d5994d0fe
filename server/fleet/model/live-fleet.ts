/**
 * What each agent does, as a fold over the fleet's events: rates of the last minute, and series over a day. A fixed amount of memory for each agent and a fixed number of agents. No clock: `now` is told,
 * in milliseconds since 1970, and an event from after it counts as one of now.
 */
import type { FleetEvent } from "../event.ts";
import { buckets, count, p95Of } from "./durations.ts";
import { type AgentDetail, type LiveAgent, type Range, rangeNames } from "./fleet-row.ts";
import { type Amounts, add, clear, lastMinute, makeSteps, type Steps, seriesOf, setP95, stepMsOf, stepsInRange } from "./steps.ts";

export interface LiveFleet {
  hear(event: FleetEvent, now: number): void;
  /** What happened before the first event that was heard; the latest first. Nobody is forgotten to make room for it. */
  recall(agentId: string, amounts: Amounts, now: number): void;
  /** No more will be recalled: of steps that began before `from` nothing is known. */
  recalled(from: number): void;
  /**
   * Agents whose figures are other ones than were taken last, each at most once a second, and at most `most` of them: the others next time. `gone` were forgotten to make room. The last
   * time, whenever they were taken.
   */
  takeChanged(now: number, options?: { most?: number; isLast?: boolean }): { agents: LiveAgent[]; gone: string[] };
  series(agentId: string, range: Range, now: number): Omit<AgentDetail, "lastEvents">;
}

/** How many agents are followed at one time: those least recently heard are forgotten, and of whom little was heard first, so that a flood of new names pushes out only itself. */
const defaultMaxAgents = 10_000;
const newcomerEvents = 20;
const tellMs = 1000;
/** How often an agent is told whose rates only fall. */
const fallMs = 5000;
const together = 64;

interface Agent {
  readonly id: string;
  readonly steps: Steps;
  index: number;
  heard: number;
  events: number;
  /** From when on its steps hold all that it did. */
  knownFrom: number;
  toldAt: number;
  isOther: boolean;
  /** Its last figures were not all 0. */
  isWarm: boolean;
}

export function createLiveFleet({ maxAgents = defaultMaxAgents }: { maxAgents?: number } = {}): LiveFleet {
  const agents = new Map<string, Agent>();
  const list: Agent[] = [];
  const order = createOrder();
  const free: Steps[] = [];
  const gone = new Set<string>();
  const coverage = createCoverage();
  let recalls: Map<string, Recall> | undefined = new Map();
  let forgotten = false;
  let cursor = 0;

  function begin(id: string, time: number, now: number): Agent {
    const leastMissed = list.length >= maxAgents ? order.first() : undefined;
    if (leastMissed) forget(leastMissed);
    if (free.length === 0) free.push(...makeSteps(together));
    const steps = free.pop() ?? makeSteps(1)[0];
    if (!steps) throw new Error("no steps were made");
    clear(steps, now);
    const knownFrom = forgotten ? time : 0;
    const agent = { id, steps, index: list.length, heard: 0, events: 0, knownFrom, toldAt: 0, isOther: true, isWarm: false };
    list.push(agent);
    agents.set(id, agent);
    gone.delete(id);
    return agent;
  }

  function forget(agent: Agent) {
    agents.delete(agent.id);
    order.remove(agent);
    // Its steps will be another one's.
    recalls?.delete(agent.id);
    const last = list.pop();
    if (last && last !== agent) {
      list[agent.index] = last;
      last.index = agent.index;
    }
    free.push(agent.steps);
    if (agent.toldAt > 0) gone.add(agent.id);
    forgotten = true;
  }

  function take(agent: Agent, amounts: Amounts, now: number) {
    coverage.add(amounts.time, now);
    agent.heard = Math.max(agent.heard, amounts.time);
    agent.events++;
    agent.isOther = true;
  }

  function recall(agentId: string, amounts: Amounts, now: number) {
    if (!agents.has(agentId) && list.length >= maxAgents) return;
    const agent = agents.get(agentId) ?? begin(agentId, amounts.time, now);
    const own = recalls?.get(agentId) ?? createRecall(agent.steps);
    recalls?.set(agentId, own);
    add(agent.steps, amounts, now, own.settled);
    take(agent, amounts, now);
    if (agent.events <= newcomerEvents) order.moveToEnd(agent);
    agent.knownFrom = Math.min(agent.knownFrom, amounts.time);
  }

  function tell(agent: Agent, now: number): LiveAgent {
    const figures = lastMinute(agent.steps, now);
    const usdPerHour = figures.usd === null ? null : short(figures.usd * 60);
    agent.isWarm = figures.calls + figures.errors + (figures.tokens ?? 1) > 0 || usdPerHour !== 0 || figures.p95Ms !== null;
    agent.isOther = false;
    agent.toldAt = now;
    return {
      agentId: agent.id,
      heard: Math.round(agent.heard),
      callsPerMinute: short(figures.calls),
      errorsPerMinute: short(figures.errors),
      tokensPerMinute: shortened(figures.tokens),
      usdPerHour,
      p95Ms: figures.p95Ms && short(figures.p95Ms),
    };
  }

  return {
    hear(event, now) {
      const amounts = amountsOf(event, now);
      const agent = agents.get(event.agentId) ?? begin(event.agentId, amounts.time, now);
      add(agent.steps, amounts, now);
      take(agent, amounts, now);
      order.moveToEnd(agent);
    },
    recall,
    recalled(from) {
      coverage.forget(from);
      for (const it of recalls?.values() ?? []) it.end();
      recalls = undefined;
      for (const it of list.toSorted((a, b) => a.heard - b.heard)) order.moveToEnd(it);
    },
    takeChanged(now, { most = 1000, isLast = false } = {}) {
      coverage.add(now, now);
      const told: LiveAgent[] = [];
      for (let looked = 0; looked < list.length && told.length < most; looked++) {
        cursor = (cursor + 1) % list.length;
        const agent = list[cursor];
        if (agent && (isLast ? agent.isOther : isDue(agent, now))) told.push(tell(agent, now));
      }
      const left = [...gone];
      gone.clear();
      return { agents: told, gone: left };
    },
    series(agentId, range, now) {
      const agent = agents.get(agentId);
      const stepMs = stepMsOf(range);
      const start = (Math.floor(now / stepMs) - stepsInRange + 1) * stepMs;
      if (!agent) return { agentId, start, stepMs, until: now, ...unknownSeries };
      const isKnown = (step: number) => (step + 1) * stepMs > agent.knownFrom && coverage.has(range, step);
      const { calls, errors, tokens, usd, p95Ms } = seriesOf(agent.steps, range, now, isKnown);
      const told = { calls, errors, tokens: tokens.map(shortened), usd: usd.map(shortened), p95Ms: p95Ms.map(shortened) };
      return { agentId, start, stepMs, until: now, ...told };
    },
  };
}

export function amountsOf({ time, operation, error, inputTokens, outputTokens, costUsd, durationMs }: FleetEvent, now: number): Amounts {
  const tokens = inputTokens === undefined && outputTokens === undefined ? undefined : (inputTokens ?? 0) + (outputTokens ?? 0);
  return {
    time: Math.min(time, now),
    isCall: operation !== undefined,
    isError: error !== undefined && operation !== undefined,
    tokens,
    usd: costUsd ?? (tokens ? Number.POSITIVE_INFINITY : undefined),
    durationMs,
  };
}

/** Also when the clock was set back. */
function isDue({ isOther, isWarm, toldAt }: Agent, now: number): boolean {
  const since = Math.abs(now - toldAt);
  return isOther ? since >= tellMs : isWarm && since >= fallMs;
}

/** Who will be missed least comes first: newcomers, then the others; of each those first that were not heard for longest. */
function createOrder() {
  const newcomers = new Set<Agent>();
  const others = new Set<Agent>();
  const remove = (agent: Agent) => void (newcomers.delete(agent) || others.delete(agent));
  return {
    remove,
    moveToEnd(agent: Agent) {
      remove(agent);
      (agent.events < newcomerEvents ? newcomers : others).add(agent);
    },
    first: (): Agent | undefined => newcomers.values().next().value ?? others.values().next().value,
  };
}

/** Four digits say enough, and keep what is sent short. */
const short = (value: number) => (Number.isInteger(value) && Math.abs(value) < 1e6 ? value : Number(value.toPrecision(4)));

const shortened = (value: number | null) => value && short(value);

const unknown: readonly null[] = Array.from({ length: stepsInRange }, () => null);
const unknownSeries = { calls: unknown, errors: unknown, tokens: unknown, usd: unknown, p95Ms: unknown };

/** Steps in which somebody watched or an event happened: of others nothing is known. */
function createCoverage() {
  const known = rangeNames.map((range) => ({ range, stepMs: stepMsOf(range), steps: new Int32Array(stepsInRange) }));
  return {
    add(time: number, now: number) {
      for (const { stepMs, steps } of known) {
        const step = Math.floor(time / stepMs);
        const at = step % stepsInRange;
        const there = steps[at] ?? 0;
        if (step > there || there > now / stepMs) steps[at] = step;
      }
    },
    forget(before: number) {
      for (const { stepMs, steps } of known) for (const [at, step] of steps.entries()) if (step * stepMs < before) steps[at] = 0;
    },
    has: (range: Range, step: number) => known[rangeNames.indexOf(range)]?.steps[step % stepsInRange] === step,
  };
}

type Recall = ReturnType<typeof createRecall>;

/** Counts the durations of one step a range, as long as the past is of that step. */
function createRecall(steps: Steps) {
  const under = rangeNames.map(() => ({ step: 0, counts: new Uint8Array(buckets) }));
  const finish = (range: number) => {
    const it = under[range];
    if (it && it.step > 0) setP95(steps, range, it.step, p95Of(it.counts, [0]));
  };
  return {
    settled(range: number, step: number, ms: number) {
      const it = under[range];
      if (!it) return;
      if (it.step !== step) {
        finish(range);
        it.step = step;
        it.counts.fill(0);
      }
      count(it.counts, 0, ms);
    },
    end: () => under.forEach((_, range) => void finish(range)),
  };
}
