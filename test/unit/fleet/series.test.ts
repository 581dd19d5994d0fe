/** What the score and the alerts of one measured series say, for each way in which a series can change. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertKind } from "../../../server/fleet/anomaly/alert.ts";
import { createAnomalies, fold } from "../../../server/fleet/anomaly/anomaly.ts";
import { createTail, learn, surprise } from "../../../server/fleet/anomaly/tail.ts";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { normal, random } from "../../tools/random.ts";
import { monday, readings } from "./calls.ts";

const from = 1000;

const faults: { name: string; change: (value: number, index: number, noise: number) => number; kinds: AlertKind[]; within: number }[] = [
  { name: "a spike", change: (value, i) => (i === from ? value + 40 : value), kinds: ["spike"], within: 1 },
  { name: "a dip", change: (value, i) => (i === from ? value - 40 : value), kinds: ["spike"], within: 1 },
  { name: "a level shift", change: (value, i) => (i >= from ? value + 15 : value), kinds: ["level-shift", "spike"], within: 6 },
  {
    name: "a slow leak",
    change: (value, i) => (i >= from ? value + (i - from) * 0.25 : value),
    kinds: ["trend", "level-shift"],
    within: 72,
  },
  {
    name: "more variance",
    change: (value, i, noise) => (i >= from ? value + 8 * noise : value),
    kinds: ["changed-variance", "spike", "level-shift"],
    within: 24,
  },
  { name: "a stuck value", change: (value, i) => (i >= from ? 101 : value), kinds: ["changed-variance", "spike"], within: 24 },
  {
    name: "a rhythm that stops",
    change: (value, i, noise) => (i >= from ? 100 + 2 * noise : value),
    kinds: ["missing-rhythm", "level-shift", "spike"],
    within: 24,
  },
];

/** Alerts that were opened, with the index of their event, and all scores. */
function replay(events: readonly FleetEvent[]) {
  const state = createAnomalies();
  const opened: { kind: AlertKind; at: number }[] = [];
  const scores = events.map((event, at) => {
    const { alerts, score } = fold(state, event);
    for (const it of alerts) if (it.status === "opened") opened.push({ kind: it.kind, at });
    return score;
  });
  return { opened, scores };
}

for (const { name, change, kinds, within } of faults) {
  test(`${name} is seen, early, and named`, () => {
    for (const seed of [1, 2, 3]) {
      const { opened, scores } = replay(readings(from + 100, seed, change));
      const named = opened.find((it) => it.at >= from && it.at <= from + within && kinds.includes(it.kind));
      assert.ok(named, `seed ${seed}: ${JSON.stringify(opened)}`);
      const usual = scores.slice(0, from).sort((a, b) => a - b)[Math.floor(from * 0.995)] ?? 1;
      assert.ok(Math.max(...scores.slice(from, from + within + 1)) > usual, `seed ${seed}: ranks above the quiet part`);
    }
  });
}

test("a quiet series stays quiet, and the learning period scores nothing", () => {
  const runs = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => replay(readings(1500, seed)));
  const weeks = (8 * 1500) / (7 * 24);
  assert.ok(runs.flatMap((it) => it.opened).length <= weeks / 4, JSON.stringify(runs.map((it) => it.opened)));
  for (const { scores } of runs) assert.equal(Math.max(...scores.slice(0, 80)), 0);
});

test("a new level becomes normal, and a second like it is not forgotten to be one", () => {
  const { opened, scores } = replay(readings(1600, 5, (value, i) => (i >= from ? value + 15 : value)));
  assert.ok(opened.some((it) => it.at >= from && it.at < from + 6));
  assert.ok(Math.max(...scores.slice(from + 100)) < 0.5, "quiet afterwards");
});

test("what lasts is news once or twice, and ranks above the usual while it lasts", () => {
  for (const seed of [1, 2, 3]) {
    const { scores } = replay(readings(from + 100, seed, (value, i) => (i >= from ? value + 15 : value)));
    const news = scores.slice(from).filter((it) => it >= 0.5);
    assert.ok(news.length >= 1 && news.length <= 3, `seed ${seed}: ${news}`);
    const lasting = scores.slice(from + 3, from + 9);
    const usual = scores.slice(0, from).sort((a, b) => a - b)[Math.floor(from * 0.99)] ?? 1;
    assert.ok(Math.min(...lasting) > usual && Math.max(...lasting.filter((it) => it < 0.5)) > 0.4, `seed ${seed}: ${lasting}`);
  }
});

test("what begins in one metric is news while something lasts in another", () => {
  const chance = random(5);
  const state = createAnomalies();
  const scores = Array.from({ length: from + 60 }, (_, i) => {
    const metrics = { queue: 100 + 2 * normal(chance) + (i >= from ? 60 : 0), errors: 10 + normal(chance) + (i >= from + 5 ? 8 : 0) };
    const { alerts, score } = fold(state, { id: `${i}`, time: monday + i * 5 * 60_000, agentId: "gauge", metrics });
    const opened = alerts.some((it) => it.status === "opened");
    assert.ok(!opened || score >= 0.5, `${i}: ${score}`);
    return { opened, lasts: i > from && i < from + 20 };
  });
  assert.ok(scores.some((it) => it.opened && it.lasts));
});

test("one spike in a constant series is seen", () => {
  const { opened } = replay(readings(600, 1, (_, i) => (i === 500 ? 9 : 5)));
  assert.deepEqual(
    opened.map((it) => it.at),
    [500],
  );
});

test("the alert of a spike is over a few values after its score is low", () => {
  const lasting = [1, 2, 3].map((seed) => {
    const chance = random(seed);
    const state = createAnomalies();
    const events = Array.from({ length: 2500 }, (_, i) => ({
      id: `${i}`,
      time: monday + i * 5 * 60_000,
      agentId: "gauge",
      metrics: { value: 50 + 2 * normal(chance) + (i === 2000 ? 100 : 0) },
    }));
    const outcomes = events.map((event) => fold(state, event));
    const statusAt = (status: string) =>
      outcomes.findIndex(({ alerts }) => alerts.some((it) => it.status === status && it.since >= monday + 1990 * 5 * 60_000));
    const low = outcomes.findIndex(({ score }, i) => i > 2000 && score < 0.1);
    return { opened: statusAt("opened"), closed: statusAt("closed") - low };
  });
  for (const { opened, closed } of lasting) {
    assert.equal(opened, 2000);
    assert.ok(closed >= 0 && closed <= 12, JSON.stringify(lasting));
  }
});

test("a high spike that begins to come again and again is told at first, and is no news later", () => {
  for (const seed of [1, 2, 3]) {
    const { scores } = replay(readings(2500, seed, (value, i) => (i >= from && i % 17 === 0 ? value + 400 : value)));
    const told = (first: number, last: number) => scores.filter((it, i) => i >= first && i < last && i % 17 === 0 && it >= 0.5).length;
    assert.ok(told(from, from + 100) >= 5, `seed ${seed}: the first are told`);
    assert.equal(told(1500, 2500), 0, `seed ${seed}`);
  }
});

test("changes that become frequent in a constant series are no news later, however large they are", () => {
  for (const seed of [1, 2, 3]) {
    const chance = random(seed);
    const { scores } = replay(readings(4000, seed, (_, i) => (i >= 500 && chance() < 0.1 ? 2e7 * (1 + chance()) : 0)));
    assert.ok(
      scores.slice(500, 600).some((it) => it > 0.9),
      `seed ${seed}: the first are told`,
    );
    assert.equal(scores.slice(2000).filter((it) => it >= 0.5).length, 0, `seed ${seed}`);
  }
});

test("a value that would be normal at another place of a fast wave is seen", () => {
  const chance = random(3);
  const wave = (i: number) => Math.sin((i / 40) * 2 * Math.PI) + 0.03 * normal(chance) - (i === 2000 ? 0.4 : 0);
  const events = Array.from({ length: 2200 }, (_, i) => ({
    id: `${i}`,
    time: monday + i * 10_000,
    agentId: "gauge",
    metrics: { value: wave(i) },
  }));
  assert.deepEqual(
    replay(events).opened.map((it) => it.at),
    [2000],
  );
});

test("less than a hundred values are not enough data", () => {
  const { opened, scores } = replay(readings(60, 1, (value, i) => (i === 50 ? 1e6 : value)));
  assert.deepEqual([opened, Math.max(...scores)], [[], 0]);
});

const distributions: [name: string, draw: (chance: () => number) => number][] = [
  ["normal", (chance) => Math.abs(normal(chance))],
  ["exponential", (chance) => -Math.log(1 - chance())],
  ["Pareto", (chance) => (1 - chance()) ** -0.25],
];

for (const [name, draw] of distributions) {
  test(`surprise is a probability, for ${name} values`, () => {
    const chance = random(11);
    const tail = createTail();
    let rare = 0;
    for (let i = 0; i < 60_000; i++) {
      const value = draw(chance);
      if (i > 2000 && surprise(tail, value) >= 3) rare++;
      learn(tail, value, 0);
    }
    assert.ok(rare > 58 / 4 && rare < 58 * 4, `${rare} of 58,000 are one in a thousand`);
  });
}

test("metrics have names, and no more than sixteen of an agent, and so many of the fleet, are learnt", () => {
  const state = createAnomalies({ maxSeries: 20, maxAgents: 2 });
  const metrics = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`m${i}`, i]));
  for (let i = 0; i < 200; i++) fold(state, { id: `${i}`, time: monday + i * 1000, agentId: "a", metrics });
  assert.equal(state.agents.get("a")?.metrics.length, 16);
  for (let i = 0; i < 50; i++) fold(state, { id: `${i}`, time: monday + i * 1000, agentId: "b", metrics });
  assert.deepEqual([state.agents.get("b")?.metrics.length, state.series], [4, 20]);
  for (let i = 0; i < 50; i++) fold(state, { id: `${i}`, time: monday + i * 1000, agentId: "c", metrics });
  assert.deepEqual([state.agents.has("a"), state.agents.get("c")?.metrics.length, state.series], [false, 16, 20]);
});
