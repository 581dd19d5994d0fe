/**
 * AnomalySME beside a rolling z-score and a rule of three times the mean: on a fleet's events with planted faults, on the same fleet when it is quiet, and on measured
 * series of many shapes. Then what it costs. `npm run bench -- anomalies [--seeds N] [--agents N]`. With `--served FOLDER`, the `data/language` of a clone of
 * github.com/alibaba/ServeGen, the fleet is of real requests (served-fleet.ts), and nothing else is measured.
 */

import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { AlertKind } from "../../server/fleet/anomaly/alert.ts";
import { createAnomalies, fold } from "../../server/fleet/anomaly/anomaly.ts";
import { save } from "../../server/fleet/anomaly/saved.ts";
import type { FleetEvent } from "../../server/fleet/event.ts";
import { labelled, seriesFaults, shapes } from "./fleet-series.ts";
import { day, type Fault, type FaultKind, faultKinds, fleetEvents, plant, plantedDays } from "./fleet-trace.ts";
import { type Rule, rollingZScore, threeTimes } from "./rival-rules.ts";
import { clientsIn, plantServed, servedDays, servedEvents } from "./served-fleet.ts";

const { values: given } = parseArgs({ options: { seeds: { type: "string" }, agents: { type: "string" }, served: { type: "string" } } });

interface Opened {
  readonly agentId: string;
  readonly kind: AlertKind;
  readonly time: number;
}
type Detector = (event: FleetEvent) => readonly Opened[];

const minute = 60_000;
const detectors: Readonly<Record<string, () => Detector>> = {
  AnomalySME: () => {
    const state = createAnomalies();
    return (event) => {
      const { alerts } = fold(state, event);
      return alerts.filter((it) => it.status === "opened").map(({ agentId, kind, updated }) => ({ agentId, kind, time: updated }));
    };
  },
  "z-score": () => byBuckets(rollingZScore),
  "3 × mean": () => byBuckets(threeTimes),
};

/** The rules look at each agent's five minutes; an alert is over after half an hour without an alarm. */
function byBuckets(rule: (window: number) => Rule): Detector {
  const known = new Map<
    string,
    { start: number; calls: number; cost: number; failed: number; duration: number; rules: Rule[]; alarmed: number[] }
  >();
  const kinds: AlertKind[] = ["silence", "cost-rate", "error-rate", "latency"];
  return (event) => {
    const fresh = () => ({ start: 0, calls: 0, cost: 0, failed: 0, duration: 0, rules: kinds.map(() => rule(288)), alarmed: [0, 0, 0, 0] });
    const it = known.get(event.agentId) ?? fresh();
    known.set(event.agentId, it);
    const opened: Opened[] = [];
    it.start ||= event.time;
    for (; event.time >= it.start + 5 * minute; it.start += 5 * minute) {
      const sums = [it.calls, it.cost, it.failed, it.calls ? it.duration / it.calls : undefined];
      for (const [i, kind] of kinds.entries()) {
        const value = sums[i];
        if (value === undefined || (it.rules[i]?.(value) ?? 0) < 1) continue;
        if (it.start - (it.alarmed[i] ?? 0) > 30 * minute) opened.push({ agentId: event.agentId, kind, time: event.time });
        it.alarmed[i] = it.start;
      }
      Object.assign(it, { calls: 0, cost: 0, failed: 0, duration: 0 });
    }
    it.calls++;
    it.cost += event.costUsd ?? 0;
    it.failed += event.error ? 1 : 0;
    it.duration += event.durationMs ?? 0;
    return opened;
  };
}

/** The kinds of alert that name a fault. */
const names: Readonly<Record<FaultKind, readonly AlertKind[]>> = {
  spike: ["cost-rate", "token-use"],
  leak: ["latency"],
  "level shift": ["latency"],
  silence: ["silence"],
  loop: ["loop", "cost-rate", "token-use"],
  rhythm: ["cost-rate", "token-use", "silence"],
  "error burst": ["error-rate"],
  "new model": ["new-model"],
};
const grace = 30 * minute;

interface Tally {
  found: number;
  planted: number;
  delays: number[];
  right: number;
  raised: number;
}

function replay(events: Iterable<FleetEvent>, detector: Detector): Opened[] {
  const opened: Opened[] = [];
  for (const event of events) opened.push(...detector(event));
  return opened;
}

const during = (fault: Fault, it: Opened) => it.agentId === fault.agentId && it.time >= fault.from && it.time <= fault.to + grace;

function judge(opened: readonly Opened[], faults: readonly Fault[], tallies: Map<FaultKind, Tally>) {
  for (const kind of faultKinds) {
    const tally = tallies.get(kind) ?? { found: 0, planted: 0, delays: [], right: 0, raised: 0 };
    tallies.set(kind, tally);
    const named = opened.filter((it) => names[kind].includes(it.kind));
    tally.raised += named.length;
    tally.right += named.filter((it) => faults.some((fault) => during(fault, it))).length;
    for (const fault of faults.filter((it) => it.kind === kind)) {
      const first = named.filter((it) => during(fault, it)).map((it) => it.time)[0];
      tally.planted++;
      if (first === undefined) continue;
      tally.found++;
      tally.delays.push((first - fault.from) / minute);
    }
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const share = (part: number, whole: number) => (whole ? +(part / whole).toFixed(2) : "–");

/** Where events come from. */
interface Fleet {
  readonly agents: number;
  readonly seeds: readonly number[];
  plant(seed: number): Fault[];
  readonly days: { readonly planted: number; readonly quiet: number };
  events(seed: number, days: number, faults: readonly Fault[]): Iterable<FleetEvent>;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

function madeFleet(): Fleet {
  const agents = Number(given.agents ?? 8);
  return {
    agents,
    seeds: upTo(Number(given.seeds ?? 5)),
    plant: (seed) => plant(seed, agents),
    days: { planted: plantedDays, quiet: 28 },
    events: (seed, days, faults) => fleetEvents(seed, agents, days, faults),
  };
}

async function servedFleet(folder: string): Promise<Fleet> {
  const clients = await clientsIn(folder, Number(given.agents ?? Number.POSITIVE_INFINITY));
  if (clients.length === 0) throw new Error(`${folder} has no *-trace.csv of ServeGen whose client works often enough`);
  return {
    agents: clients.length,
    seeds: upTo(Number(given.seeds ?? 1)),
    plant: (seed) => plantServed(clients, seed),
    days: { planted: servedDays, quiet: servedDays },
    events: (seed, _, faults) => servedEvents(clients, seed, faults),
  };
}

function plantedFaults({ agents, seeds, days, plant, events }: Fleet) {
  for (const [name, create] of Object.entries(detectors)) {
    const tallies = new Map<FaultKind, Tally>();
    for (const seed of seeds) {
      const faults = plant(seed);
      judge(replay(events(seed, days.planted, faults), create()), faults, tallies);
    }
    console.log(`\n${name}: planted faults, ${seeds.length} seeds, ${agents} agents, ${days.planted} days`);
    console.table(
      Object.fromEntries(
        [...tallies].map(([kind, it]) => [
          kind,
          {
            recall: share(it.found, it.planted),
            "median delay, min": +median(it.delays).toFixed(1),
            precision: share(it.right, it.raised),
            alerts: it.raised,
          },
        ]),
      ),
    );
  }
}

function quiet({ agents, seeds, days, events }: Fleet) {
  const weeks = (seeds.length * agents * days.quiet) / 7;
  const rows = Object.entries(detectors).map(([name, create]) => {
    const opened = seeds.flatMap((seed) => replay(events(seed + 500, days.quiet, []), create()));
    return [name, { "false alerts": opened.length, "an agent and week": +(opened.length / weeks).toFixed(2) }];
  });
  console.log(`\nquiet: ${seeds.length} seeds, ${agents} agents, ${days.quiet} days`);
  console.table(Object.fromEntries(rows));
}

const scorers: Readonly<Record<string, () => (time: number, value: number) => number>> = {
  AnomalySME: () => {
    const state = createAnomalies();
    return (time, value) => fold(state, { id: "", time, agentId: "a", metrics: { value } }).score;
  },
  "z-score": () => ruleScore(rollingZScore(200)),
  "3 × mean": () => ruleScore(threeTimes(200)),
};

/** 0.5 where the rule alarms. */
function ruleScore(rule: Rule) {
  return (_: number, value: number) => 1 - 2 ** -(rule(value) ** 2);
}

function measuredSeries(seeds: readonly number[]) {
  for (const [name, create] of Object.entries(scorers)) {
    const pooled: [score: number, labelled: boolean][] = [];
    const rows = [undefined, ...Object.keys(seriesFaults)].map((fault) => {
      const row = { found: 0, series: 0, delays: [] as number[], alarms: 0, weeks: 0 };
      for (const shape of Object.values(shapes)) {
        for (const seed of seeds) {
          const { times, values, from, to } = labelled(shape, fault, seed * 31);
          const score = create();
          const scores = values.map((value, i) => score(times[i] ?? 0, value));
          const learnt = Math.floor(values.length * 0.15);
          for (let i = learnt; i < scores.length; i++) pooled.push([scores[i] ?? 0, fault !== undefined && i >= from && i < to]);
          const end = fault === undefined ? scores.length : from;
          row.alarms += alarmsIn(scores.slice(learnt, end));
          row.weeks += ((end - learnt) * shape.step) / (7 * day);
          const first = fault === undefined ? -1 : scores.slice(from, to).findIndex((it) => it >= 0.5);
          row.series++;
          if (first >= 0) row.found++;
          if (first >= 0) row.delays.push(first);
        }
      }
      const { found, series, delays, alarms, weeks } = row;
      const recall = fault ? share(found, series) : "";
      return [
        fault ?? "quiet",
        { recall, "median delay, values": fault ? median(delays) : "", "false alarms a week": +(alarms / weeks).toFixed(2) },
      ];
    });
    console.log(
      `\n${name}: measured series, ${Object.keys(shapes).length} shapes, ${seeds.length} seeds; area under precision and recall, all together: ${areaUnderPrecisionRecall(pooled).toFixed(3)}`,
    );
    console.table(Object.fromEntries(rows));
  }
}

/** Scores from 0.5 on that follow each other within twenty values are one alarm. */
function alarmsIn(scores: readonly number[]) {
  let alarms = 0;
  let last = -100;
  for (const [i, score] of scores.entries()) {
    if (score < 0.5) continue;
    if (i - last > 20) alarms++;
    last = i;
  }
  return alarms;
}

function areaUnderPrecisionRecall(pooled: readonly [score: number, labelled: boolean][]) {
  const ranked = pooled.toSorted((a, b) => b[0] - a[0]);
  const positives = ranked.filter(([, it]) => it).length;
  let [right, area, recall] = [0, 0, 0];
  for (const [i, [score, isLabelled]] of ranked.entries()) {
    if (isLabelled) right++;
    if (ranked[i + 1]?.[0] === score) continue;
    area += (right / positives - recall) * (right / (i + 1));
    recall = right / positives;
  }
  return area;
}

function cost() {
  const busy = folded(300, 2000, 50);
  console.log(`\nfold: ${Math.round(busy.rate).toLocaleString("en")} events a second of CPU time, 300 agents with 20 events/s each`);
  const slow = folded(300, 2000, 3 * minute);
  console.log(`fold: ${Math.round(slow.rate).toLocaleString("en")} where each agent has one event in three minutes, the dearest kind`);
  console.log(`memory: ${slow.kibibytes.toFixed(1)} KiB an agent that is fully learnt; saved ${slow.saved.toFixed(1)} KiB`);
  console.log(`memory at the limits: ${atTheLimits().toFixed(0)} MiB`);
}

/** As many agents and metrics as are learnt, more newcomers than are remembered, each long enough to fill what it has. */
function atTheLimits() {
  const before = heap();
  const state = createAnomalies();
  const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, i]));
  for (let i = 0; i < 2000 * 600; i++) {
    const agent = i % 2000;
    const event = callOf(agent, Math.floor(i / 2000), 5 * minute);
    fold(state, agent < 400 ? { ...event, metrics: { ...metrics, m0: i % 97, m1: i % 89 } } : event);
    if (i % 10 === 0) fold(state, { ...event, id: `new/${i}`, agentId: `new-${i}` });
  }
  const held = heap() - before;
  return state.agents.size > 0 ? held / 2 ** 20 : 0;
}

function folded(many: number, calls: number, apart: number) {
  const events = Array.from({ length: many * calls }, (_, i) => callOf(i % many, Math.floor(i / many), apart));
  const before = heap();
  const state = createAnomalies();
  const started = process.cpuUsage();
  for (const event of events) fold(state, event);
  const { user, system } = process.cpuUsage(started);
  const kibibytes = (heap() - before) / many / 1024;
  return { rate: events.length / ((user + system) / 1e6), kibibytes, saved: JSON.stringify(save(state)).length / many / 1024 };
}

/** Not random, but no two agents alike. */
function callOf(agent: number, call: number, apart: number): FleetEvent {
  const noise = ((agent * 7919 + call * 104_729) % 1000) / 1000;
  return {
    id: `${agent}/${call}`,
    time: Date.UTC(2025, 2, 3) + call * apart + (agent * apart) / 1000,
    agentId: `agent-${agent}`,
    model: call % 2 ? "large-1" : "small-1",
    inputTokens: 500 + Math.floor(1000 * noise),
    outputTokens: 100 + Math.floor(200 * noise),
    costUsd: 0.001 + 0.01 * noise,
    durationMs: 500 + 2000 * noise,
    ...(noise > 0.99 && { error: "500" }),
    traceId: `${agent}/${Math.floor(call / 5)}`,
  };
}

function heap(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

if (given.served) {
  const fleet = await servedFleet(given.served);
  plantedFaults(fleet);
  quiet(fleet);
} else {
  const fleet = madeFleet();
  cost();
  plantedFaults(fleet);
  quiet(fleet);
  measuredSeries(fleet.seeds);
}
