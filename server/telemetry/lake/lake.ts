/**
 * The Evidence Lake for who must not wait for a disk: its file is written in a thread of its own. What comes while a transaction is under way goes into the next one
 * together, so that the busier it is the larger they are.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FleetEvent } from "../../fleet/event.ts";
import type { Evidence, RecordedEvidence } from "./evidence.ts";
import type { LakeAnswer, LakeRequest } from "./lake-worker.ts";
import { type Moment, mostLatest, type Past } from "./past.ts";
import type { LakeLimits, Pruned } from "./prune.ts";
import { type Cell, rowOf } from "./schema.ts";

export interface Lake {
  /** The texts that were kept by `keep` before. */
  state: Readonly<Record<string, string>>;
  /** Bytes that were kept; given once, as they may be many. */
  claimState(name: string): Uint8Array | undefined;
  /** The numbers of its last event and its last record of evidence when it was opened. */
  began: { events: number; evidence: number };
  /** Resolves when the events are durable, each once; rejects when none of them is. In the order of the calls. */
  append(events: readonly FleetEvent[]): Promise<Appended>;
  /** The events that came in after one with this number, a page of them in that order. */
  after(seq: number): Promise<{ events: FleetEvent[]; seq: number }>;
  /** The events that it had when it was opened, a page of them before a moment, the latest first. `since` in milliseconds since 1970. */
  past(before: Moment | undefined, since: number): Promise<Past>;
  /** The last events of an agent, the latest first, as far as they are among the last of all. */
  latest(agentId: string): Promise<FleetEvent[]>;
  /** The same of evidence. */
  evidenceAfter(seq: number): Promise<RecordedEvidence[]>;
  record(evidence: readonly Evidence[]): Promise<void>;
  /** Bytes are the lake's from then on. */
  keep(state: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Removes what is beyond the limits, a bounded part of it a call. */
  prune(limits: LakeLimits, now: number): Promise<Pruned>;
  /** Events that wait for the disk. */
  waiting(): number;
  /** Writes what waits, then ends. */
  close(): Promise<void>;
}

export interface Appended {
  /** Those that the lake had not had before. */
  fresh: readonly FleetEvent[];
  /** The number of the last. */
  seq: number;
}

/** Of this machine's disk, in a sentence for people. */
export class LakeError extends Error {
  override name = "LakeError";
}

export interface LakeOptions {
  /** A damaged file was moved aside, and a new one begun. */
  onMoved(to: string, why: string): void;
  /** The thread ended by itself: nothing is written any more. */
  onLost(error: Error): void;
}

/** A request, or what will become a part of one. */
interface Job {
  events: readonly FleetEvent[];
  /** The number of the event before its first. */
  from: number;
  evidence: readonly Evidence[];
  state: Readonly<Record<string, string | Uint8Array>>;
  alone?: Pick<LakeRequest, "prune" | "after" | "evidenceAfter" | "past" | "latest">;
  settle(answer: Done | Error): void;
}

type Done = Exclude<LakeAnswer, { moved: string } | { opened: true } | { error: string }>;

export async function openLake(file: string, { onMoved, onLost }: LakeOptions): Promise<Lake> {
  const worker = new Worker(workerFile(), { workerData: { file }, resourceLimits: { maxYoungGenerationSizeMb: 16 } });
  const opened = Promise.withResolvers<Extract<LakeAnswer, { opened: true }>>();
  let jobs: Job[] = [];
  let underWay: Job[] = [];
  let waiting = 0;
  let lost: Error | undefined;
  let id = 0;

  worker.on("message", (answer: LakeAnswer) => {
    if ("moved" in answer) onMoved(answer.moved, answer.why);
    else if ("opened" in answer) opened.resolve(answer);
    else finish("error" in answer ? new LakeError(`${file} cannot be written: ${answer.error}`) : answer);
  });
  worker.on("error", (error) => {
    lost = new LakeError(`${file} is not open: ${error.message}`);
    opened.reject(lost);
    jobs = [...underWay, ...jobs];
    underWay = jobs;
    jobs = [];
    finish(lost);
    onLost(lost);
  });

  function finish(answer: Done | Error) {
    const done = underWay;
    underWay = [];
    for (const it of done) {
      waiting -= it.events.length;
      it.settle(answer);
    }
    send();
  }

  function send() {
    if (lost || underWay.length > 0 || jobs.length === 0) return;
    const end = jobs[0]?.alone ? 1 : endOfTransaction(jobs);
    underWay = jobs.slice(0, end);
    jobs = jobs.slice(end);
    const request = requestOf(++id, underWay);
    worker.postMessage(request, buffersOf(request));
  }

  const { state, bytes, ...began } = await opened.promise;
  let { seq } = began;

  /** Numbers are given when the request is made, so that they are in the order of the transactions. */
  function requestOf(id: number, all: readonly Job[]): LakeRequest {
    const alone = all[0]?.alone;
    if (alone) return { id, ...alone };
    const cells: Cell[] = [];
    for (const job of all) {
      job.from = seq;
      for (const event of job.events) cells.push(...rowOf(event, ++seq));
    }
    return {
      id,
      write: {
        cells: JSON.stringify(cells),
        evidence: all.flatMap((it) => it.evidence),
        state: Object.assign({}, ...all.map((it) => it.state)),
      },
    };
  }

  function run<T>(what: Partial<Job>, read: (done: Done, job: Job) => T): Promise<T> {
    if (lost) return Promise.reject(lost);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const settle = (answer: Done | Error) => (answer instanceof Error ? reject(answer) : resolve(read(answer, job)));
    const job: Job = { events: [], from: 0, evidence: [], state: {}, ...what, settle };
    waiting += job.events.length;
    jobs.push(job);
    send();
    return promise;
  }

  async function latest(agentId: string) {
    const found: FleetEvent[] = [];
    let before: Moment | undefined;
    for (let page = 0; page < mostPages; page++) {
      const done = await run({ alone: { latest: { agentId, before } } }, (it) => it);
      if (!("latest" in done)) break;
      found.push(...done.latest);
      before = done.next;
      if (found.length >= mostLatest || !before) break;
    }
    return found.slice(0, mostLatest);
  }

  return {
    state,
    claimState(name) {
      const value = bytes[name];
      delete bytes[name];
      return value;
    },
    past: (before, since) =>
      run({ alone: { past: { before, since, upTo: began.seq } } }, (done) => {
        if ("past" in done) return done.past;
        throw new LakeError(`${file} did not tell its past`);
      }),
    latest,
    began: { events: began.seq, evidence: began.evidence },
    append: (events) => run({ events }, appended),
    after: (from) => run({ alone: { after: from } }, (done) => ("events" in done ? done : { events: [], seq: from })),
    evidenceAfter: (from) => run({ alone: { evidenceAfter: from } }, (done) => ("records" in done ? done.records : [])),
    record: (evidence) => run({ evidence }, () => {}),
    keep: (state) => run({ state }, () => {}),
    prune: (limits, now) =>
      run({ alone: { prune: { limits, now } } }, (done) => {
        if ("pruned" in done) return done.pruned;
        throw new LakeError(`${file} did not say what was removed`);
      }),
    waiting: () => waiting,
    async close() {
      await run({}, () => {}).catch(() => {});
      await worker.terminate();
    },
  };
}

/** Handed over, not copied. */
const buffersOf = ({ write }: LakeRequest) =>
  Object.values(write?.state ?? {}).flatMap((it) => (typeof it !== "string" && it.buffer instanceof ArrayBuffer ? [it.buffer] : []));

function appended(done: Done, { events, from }: Job): Appended {
  const repeated = new Set("repeated" in done ? done.repeated : []);
  return { fresh: repeated.size === 0 ? events : events.filter((_, i) => !repeated.has(from + 1 + i)), seq: from + events.length };
}

/** Of looking for the last events of an agent that hardly speaks. */
const mostPages = 50;

/** Larger transactions are hardly faster and take longer to wait for. */
const rowsAtOnce = 4000;

/** How many jobs go together. */
function endOfTransaction(jobs: readonly Job[]): number {
  let [rows, end] = [0, 0];
  for (const { alone, events } of jobs) {
    if (alone || rows > rowsAtOnce) break;
    rows += events.length;
    end++;
  }
  return end;
}

/** Beside the bundle, or the source where it runs unbundled. */
function workerFile(): string {
  const bundled = join(import.meta.dirname, "lake-worker.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "lake-worker.ts");
}
