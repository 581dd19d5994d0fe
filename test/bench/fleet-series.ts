/** Measured series of many shapes with one labelled fault each: what a server, a queue or a machine reports every few seconds to every hour. */
import { normal, type Random, random } from "../tools/random.ts";

interface Memory {
  value: number;
}

export interface Shape {
  readonly step: number;
  readonly length: number;
  readonly value: (time: number, chance: Random, memory: Memory) => number;
}

export interface LabelledSeries {
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** Index of the fault's first value, and of the first after its label. */
  readonly from: number;
  readonly to: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2025, 2, 3);
const wave = (time: number, cycle: number) => Math.sin((time / cycle) * 2 * Math.PI);

function autoregressive(memory: Memory, memoryShare: number, noise: number) {
  memory.value = memory.value * memoryShare + noise;
  return memory.value;
}

export const shapes: Readonly<Record<string, Shape>> = {
  "steady load": { step: 5 * minute, length: 4032, value: (_, chance) => 40 + 2 * normal(chance) },
  "wandering load": { step: 5 * minute, length: 4032, value: (_, chance, memory) => 30 + autoregressive(memory, 0.9, normal(chance)) },
  "daily load": { step: 5 * minute, length: 4032, value: (time, chance) => 50 + 20 * wave(time, day) + 3 * normal(chance) },
  "weekly demand": {
    step: 30 * minute,
    length: 5000,
    value: (time, chance) =>
      15_000 * (weekend(time) ? 0.7 : 1) * (1 + 0.6 * wave(time, day) + 0.2 * wave(time, day / 2)) + 800 * normal(chance),
  },
  temperature: { step: hour, length: 2500, value: (time, chance) => 70 + 5 * wave(time, day) + normal(chance) },
  latency: {
    step: 5 * minute,
    length: 4032,
    value: (_, chance) => 40 * Math.exp(0.4 * normal(chance)) + (chance() < 0.01 ? 100 * chance() : 0),
  },
  requests: {
    step: 5 * minute,
    length: 4032,
    value: (time, chance) =>
      Math.max(0, Math.round(20 * (1 + 0.8 * wave(time, day)) + Math.sqrt(30 * (1 + 0.8 * wave(time, day))) * normal(chance))),
  },
  "batch jobs": {
    step: 5 * minute,
    length: 4032,
    value: (time, chance) => 5 + Math.abs(normal(chance)) + (time % (6 * hour) < 10 * minute ? 60 + 5 * normal(chance) : 0),
  },
  "nearly constant": { step: 5 * minute, length: 4032, value: (_, chance) => 0.066 + (chance() < 0.1 ? 0.002 : 0) },
  machine: {
    step: minute,
    length: 8000,
    value: (_, chance, memory) => 80 + autoregressive(memory, 0.995, 0.3 * normal(chance)) + 0.5 * normal(chance),
  },
  "random walk": {
    step: minute / 2,
    length: 6000,
    value: (_, chance, memory) => 100 + autoregressive(memory, 0.999, 0.3 * normal(chance)),
  },
  "fast wave": { step: minute / 6, length: 6000, value: (time, chance) => wave(time, (minute / 6) * 40) + 0.08 * normal(chance) },
};

function weekend(time: number) {
  const weekday = new Date(time).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** `place` counts from the fault's start; `noise` is how much the series usually moves in a step. */
type SeriesFault = (value: number, place: number, length: number, noise: number, chance: Random, memory: Memory) => number;

const spikes = 3;
export const seriesFaults: Readonly<Record<string, SeriesFault>> = {
  spike: (value, place, _, noise) => (place < spikes ? value + 8 * noise : value),
  dip: (value, place, _, noise) => (place < spikes ? value - 6 * noise : value),
  "level shift": (value, _, __, noise) => value + 4 * noise,
  leak: (value, place, length, noise) => value + (6 * noise * place) / length,
  "more variance": (value, _, __, noise, chance) => value + 4 * noise * normal(chance),
  "stuck value": (value, place, _, __, ___, memory) => {
    if (place === 0) memory.value = value;
    return memory.value;
  },
};

/** A series of that shape; with a fault, 3 % of it are labelled, somewhere after the first 40 %. A level shift lasts. */
export function labelled(shape: Shape, fault: string | undefined, seed: number): LabelledSeries {
  const chance = random(seed);
  const memory = { value: 0 };
  const times = Array.from({ length: shape.length }, (_, i) => start + i * shape.step);
  const values = times.map((time) => shape.value(time, chance, memory));
  const noise = typicalStep(values);
  const from = Math.floor(shape.length * (0.4 + 0.5 * chance()));
  const length = Math.floor(shape.length * 0.03);
  const change = fault === undefined ? undefined : seriesFaults[fault];
  const held = { value: 0 };
  const end = fault === "level shift" ? shape.length : from + length;
  const changed = values.map((value, i) => (change && i >= from && i < end ? change(value, i - from, length, noise, chance, held) : value));
  return { times, values: changed, from, to: from + length };
}

function typicalStep(values: readonly number[]) {
  const steps = values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? 0)));
  steps.sort((a, b) => a - b);
  const at = (share: number) => steps[Math.floor(steps.length * share)] ?? 0;
  return Math.max(at(0.6), at(0.95) / 2.5, 1e-3);
}
