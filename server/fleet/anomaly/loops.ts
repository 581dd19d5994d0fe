/**
 * A runaway loop: call after call of one trace (or of the agent, where calls name no trace), each with more context than the one before. Working step by step
 * looks the same for a while, so a run is held against the agent's own past runs.
 */
import type { Judgement } from "./alert.ts";
import { createTail, learn, surprise, type Tail, valueAt } from "./tail.ts";

interface Run {
  readonly trace: string;
  length: number;
  first: number;
  last: number;
  since: number;
  readonly ids: string[];
}

export interface Loops {
  readonly runs: Run[];
  readonly lengths: Tail;
  score: number;
}

const traced = 16;
const shown = 8;
/** By chance one in 40,000 sequences of eight grows throughout. */
const least = 8;
const leastUnlearnt = 20;

export const createLoops = (): Loops => ({ runs: [], lengths: createTail(0.2), score: 0 });

export function call(it: Loops, id: string, time: number, trace: string, tokens: number): Judgement | undefined {
  const run = runOf(it, trace);
  if (tokens === run.last) return undefined;
  if (tokens < run.last) restart(it, run);
  if (run.length === 0) Object.assign(run, { first: tokens, since: time });
  run.length++;
  run.last = tokens;
  run.ids.push(id);
  if (run.ids.length > shown) run.ids.shift();
  const ratio = unusual(it, run.length);
  it.score = ratio <= 0 ? 0 : 1 - 2 ** -(ratio * ratio);
  if (ratio < 1) return undefined;
  const expected = Math.max(1, Math.round(valueAt(it.lengths, 2)));
  return {
    kind: "loop",
    about: trace,
    sure: it.score,
    since: run.since,
    expected,
    seen: run.length,
    unit: "calls with growing context",
    events: [...run.ids],
  };
}

function unusual(it: Loops, length: number) {
  if (length < least) return 0;
  if (it.lengths.n <= 50) return length / leastUnlearnt;
  return length < 1.5 * valueAt(it.lengths, 2) ? 0 : surprise(it.lengths, length) / 4;
}

function runOf(it: Loops, trace: string): Run {
  const at = it.runs.findIndex((run) => run.trace === trace);
  const [found] = at < 0 ? [] : it.runs.splice(at, 1);
  const run = found ?? { trace, length: 0, first: 0, last: -1, since: 0, ids: [] };
  it.runs.push(run);
  if (it.runs.length > traced) forget(it);
  return run;
}

function forget(it: Loops) {
  const oldest = it.runs.shift();
  if (oldest) learn(it.lengths, oldest.length, 1);
}

function restart(it: Loops, run: Run) {
  learn(it.lengths, run.length, 1);
  run.length = 0;
  run.ids.length = 0;
}
