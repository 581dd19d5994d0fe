/**
 * A fleet with the shape of real requests: what 89 clients asked of three language models of Alibaba Cloud in two weeks, as ServeGen published it (github.com/alibaba/ServeGen, Apache-2.0, `data/language`;
 * arxiv.org/abs/2505.09999). Of each client it tells for every ten minutes how many requests came and how their pauses were distributed, and for every six hours how their tokens were. What it does not tell is
 * made here: how long a call took (half a second, and 20 ms for each token of the answer, log-normal), and errors (half to two percent).
 */
import { existsSync, globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { randomGamma, randomWeibull } from "d3-random";
import * as z from "zod";
import type { FleetEvent } from "../../server/fleet/event.ts";
import { normal, type Random, random } from "../tools/random.ts";
import { afflicted, during, type Fault, faultKinds, hour, inOrder, lengths, start, type UsualCall } from "./fleet-trace.ts";

/** What a client asked for. Times are ms since the record's begin. */
export interface Client {
  readonly id: string;
  readonly windows: readonly Window[];
  readonly tokens: readonly { readonly from: number; readonly input: Distribution; readonly output: Distribution }[];
}

interface Window {
  readonly from: number;
  /** Requests. */
  readonly count: number;
  readonly pattern: string;
  /** Of the distribution of pauses. */
  readonly shape: number;
}

interface Distribution {
  readonly values: readonly number[];
  /** The share of requests with at most that value. */
  readonly upTo: readonly number[];
}

export const servedDays = 14;
const width = 10 * 60_000;
/** A client with more requests is thinned to so many: one agent's share of the day's work, not a company's. */
const mostRequests = 20_000;
const leastRequests = 2000;
/** Of the ten minutes, in this share at least something was asked for. */
const leastBusy = 0.3;

/** Those of `data/language` that work often enough to be watched, in the order of their names; `most` of them, evenly apart. */
export async function clientsIn(folder: string, most: number): Promise<Client[]> {
  const traces = globSync("**/*-trace.csv", { cwd: folder }).sort();
  const all: Client[] = [];
  for (const trace of traces) {
    const file = join(folder, trace);
    const tokens = file.replace("-trace.csv", "-dataset.json");
    const windows = windowsOf(await readFile(file, "utf8"));
    const requests = windows.reduce((sum, it) => sum + it.count, 0);
    const busy = windows.filter((it) => it.count > 0).length / windows.length;
    if (requests < leastRequests || busy < leastBusy || !existsSync(tokens)) continue;
    const share = Math.min(1, mostRequests / requests);
    all.push({
      id: trace.replace("-trace.csv", ""),
      windows: windows.map((it) => ({ ...it, count: it.count * share })),
      tokens: tokensOf(await readFile(tokens, "utf8")),
    });
  }
  const apart = Math.max(1, all.length / most);
  return all.filter((_, i) => Math.floor(i / apart) !== Math.floor((i - 1) / apart));
}

/** A line is: seconds, requests a second, coefficient of variation, distribution, its shape, its scale. */
function windowsOf(csv: string): Window[] {
  const lines: string[][] = parse(csv);
  return lines.map(([from, rate, , pattern = "", shape]) => ({
    from: Number(from) * 1000,
    count: (Number(rate) * width) / 1000,
    pattern,
    shape: Number(shape),
  }));
}

const datasets = z.record(z.string(), z.object({ input_tokens: z.string(), output_tokens: z.string() }));

/** By second of its begin; distributions are texts such as `{81: 0.4, 82: 0.6}`. */
const tokensOf = (json: string) =>
  Object.entries(datasets.parse(JSON.parse(json))).flatMap(([from, it]) => {
    const [input, output] = [distribution(it.input_tokens), distribution(it.output_tokens)];
    return input.values.length > 0 && output.values.length > 0 ? [{ from: Number(from) * 1000, input, output }] : [];
  });

function distribution(text: string): Distribution {
  const parts = [...text.matchAll(/(\d+): ([\d.e-]+)/g)].map(([, value, share]) => [Number(value), Number(share)] as const);
  let sum = 0;
  return { values: parts.map(([value]) => value), upTo: parts.map(([, share]) => (sum += share)) };
}

function sample({ values, upTo }: Distribution, at: number): number {
  const found = upTo.findIndex((it) => it >= at * (upTo.at(-1) ?? 1));
  return values[found] ?? 0;
}

/** Their requests as events, changed by the faults, in order of time. */
export function servedEvents(clients: readonly Client[], seed: number, faults: readonly Fault[]): Generator<FleetEvent> {
  return inOrder(
    clients.map((it, index) =>
      requestsOf(
        it,
        random(seed * 1000 + index),
        faults.filter(({ agentId }) => agentId === it.id),
      ),
    ),
  );
}

function* requestsOf(client: Client, chance: Random, faults: readonly Fault[]): Generator<FleetEvent> {
  const errors = 0.005 + 0.015 * chance();
  const loops = faults.filter((it) => it.kind === "loop").map((fault) => ({ fault, isOver: false }));
  const length = client.windows.length;
  let count = 0;
  for (const [i, { from }] of client.windows.entries()) {
    const time = start + from;
    // A rhythm is shifted by the window of twelve hours later.
    const source = client.windows[(i + (during(faults, "rhythm", time) ? (12 * hour) / width : 0)) % length];
    const times = source ? arrivals(source, chance).map((it) => time + it) : [];
    const calls = times.map((at) => {
      const call = callOf(client, at, `${client.id}/${count++}`, chance);
      return afflicted({ ...call, ...(chance() < errors && { error: "500" }) }, faults, chance);
    });
    for (const it of loops) {
      if (it.isOver || time + width <= it.fault.from) continue;
      it.isOver = true;
      calls.push(...loop(client, it.fault.from, chance));
    }
    yield* calls.filter((it) => !during(faults, "silence", it.time)).toSorted((a, b) => a.time - b.time);
  }
}

/** When requests come, ms from the begin of their ten minutes: as many as it says, with pauses distributed as it says. */
function arrivals({ count, pattern, shape }: Window, chance: Random): number[] {
  const requests = Math.floor(count + chance());
  if (requests === 0) return [];
  const pause = pattern === "Gamma" ? randomGamma.source(chance)(shape) : randomWeibull.source(chance)(shape);
  let at = 0;
  const ends = Array.from({ length: requests + 1 }, () => (at += pause()));
  return ends.slice(0, -1).map((it) => (it / at) * width);
}

function callOf(client: Client, time: number, id: string, chance: Random): UsualCall {
  const tokens = client.tokens.findLast(({ from }) => start + from <= time) ?? client.tokens[0];
  const [inputTokens, outputTokens] = tokens ? [sample(tokens.input, chance()), sample(tokens.output, chance())] : [0, 0];
  const durationMs = (500 + 20 * outputTokens) * Math.exp(0.4 * normal(chance));
  return { id, time, agentId: client.id, operation: "chat", model: "large-1", traceId: id, inputTokens, outputTokens, durationMs };
}

/** One trace that does not end: each call sends all that was said before. */
const loop = (client: Client, from: number, chance: Random) =>
  Array.from({ length: 150 }, (_, i) => {
    const call = callOf(client, from + i * 4000, `${client.id}/loop:${from}/${i}`, chance);
    return afflicted({ ...call, traceId: `loop:${from}`, inputTokens: Math.round(500 * (1 + i * 0.2)) }, [], chance);
  });

/** Half of the kinds for each client, a day and a half apart, in the second week, while it works. */
export function plantServed(clients: readonly Client[], seed: number): Fault[] {
  const chance = random(seed * 77 + 5);
  return clients.flatMap(({ id, windows }, index) => {
    const kinds = faultKinds.filter((_, i) => i % 2 === index % 2).toSorted(() => chance() - 0.5);
    return kinds.map((kind, i): Fault => {
      const wanted = (7 + i * 1.5) * 24 * hour + 12 * hour * chance();
      const from = start + (windows.find((it) => it.from >= wanted && it.count >= 2)?.from ?? wanted);
      return { kind, agentId: id, from, to: from + lengths[kind] };
    });
  });
}
