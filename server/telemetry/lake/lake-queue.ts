/**
 * What waits for the lake's thread, a request at a time, in the order of the calls. What comes to be written while a transaction is under way goes into the next one
 * together, so that the busier it is the larger they are.
 */
import type { FleetEvent } from "../../fleet/event.ts";
import type { LakeWrite } from "./lake-file.ts";
import { LakeError, type LakeThread } from "./lake-thread.ts";
import type { LakeAnswer, LakeRequest } from "./lake-worker.ts";
import { type Cell, rowOf } from "./schema.ts";

export interface LakeQueue {
  /** Becomes a part of a transaction. */
  write(what: Partial<Write>): Promise<Appended>;
  /** Becomes a request of its own; `read` finds what was asked in the answer. */
  ask<T>(question: Question, read: (answer: LakeAnswer) => T | undefined): Promise<T>;
  /** Events that wait for the disk. */
  waiting(): number;
}

export interface Appended {
  /** Those that the lake had not had before. */
  fresh: readonly FleetEvent[];
  /** The number of the last. */
  seq: number;
}

interface Write extends Omit<LakeWrite, "cells"> {
  events: readonly FleetEvent[];
}

type Question = Omit<LakeRequest, "write">;

interface Job extends Write, PromiseWithResolvers<LakeAnswer> {
  question?: Question;
  /** The number of the event before its first. */
  from: number;
}

/** `seq` is the number of the last event that the lake has. */
export function createLakeQueue(send: LakeThread["send"], seq: number): LakeQueue {
  const jobs: Job[] = [];
  let last = seq;
  let waiting = 0;
  let isBusy = false;

  function run(job: Job): Promise<LakeAnswer> {
    waiting += job.events.length;
    jobs.push(job);
    if (!isBusy) void work();
    return job.promise;
  }

  async function work() {
    isBusy = true;
    while (jobs.length > 0) {
      const next = jobs.splice(0, countOfNext(jobs));
      const answer = await sent(next).catch((error: Error) => error);
      for (const { events, resolve, reject } of next) {
        waiting -= events.length;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    }
    isBusy = false;
  }

  /** Rejects also when no request can be made of them. */
  const sent = async (all: readonly Job[]) => send(requestOf(all));

  /** Numbers are given when the request is made, so that they are in the order of the transactions. */
  function requestOf(all: readonly Job[]): LakeRequest {
    const question = all[0]?.question;
    if (question) return question;
    const cells: Cell[] = [];
    for (const job of all) {
      job.from = last;
      for (const event of job.events) cells.push(...rowOf(event, ++last));
    }
    return {
      write: {
        cells: JSON.stringify(cells),
        evidence: all.flatMap((it) => it.evidence),
        state: Object.assign({}, ...all.map((it) => it.state)),
      },
    };
  }

  return {
    async write(what) {
      const job = jobOf(what);
      return appended(await run(job), job);
    },
    async ask(question, read) {
      const found = read(await run(jobOf({ question })));
      if (found === undefined) throw new LakeError(`the lake did not say ${Object.keys(question)}`);
      return found;
    },
    waiting: () => waiting,
  };
}

const jobOf = (what: Partial<Job>): Job => ({ events: [], evidence: [], state: {}, from: 0, ...what, ...Promise.withResolvers() });

function appended({ write }: LakeAnswer, { events, from }: Job): Appended {
  const repeated = new Set(write);
  return { fresh: repeated.size === 0 ? events : events.filter((_, i) => !repeated.has(from + 1 + i)), seq: from + events.length };
}

/** How many jobs the next request is made of. */
function countOfNext(jobs: readonly Job[]): number {
  if (jobs[0]?.question) return 1;
  let [rows, count] = [0, 0];
  for (const { question, events } of jobs) {
    if (question || rows > rowsAtOnce) break;
    rows += events.length;
    count++;
  }
  return count;
}

/** Larger transactions are hardly faster and take longer to wait for. */
const rowsAtOnce = 4000;
