/**
 * The Evidence Lake for who must not wait for a disk: its file is written in a thread of its own. What comes while a transaction is under way goes into the next one
 * together, so that the busier it is the larger they are.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FleetEvent } from "../../fleet/event.ts";
import type { Evidence } from "./evidence.ts";
import type { LakeLimits } from "./lake-file.ts";
import type { LakeAnswer, LakeRequest } from "./lake-worker.ts";
import { type Cell, rowOf } from "./schema.ts";

export interface Lake {
  /** What was kept by `keep` before. */
  state: Readonly<Record<string, string>>;
  /** Resolves when the events are durable, each once; rejects when none of them is. */
  append(events: readonly FleetEvent[]): Promise<void>;
  record(evidence: readonly Evidence[]): Promise<void>;
  keep(name: string, value: string): Promise<void>;
  prune(limits: LakeLimits, now: number): Promise<void>;
  /** Events that wait for the disk. */
  waiting(): number;
  /** Writes what waits, then ends. */
  close(): Promise<void>;
}

export class LakeError extends Error {
  override name = "LakeError";
}

interface Waiting {
  events: readonly FleetEvent[];
  evidence: readonly Evidence[];
  state: Record<string, string>;
  prune?: LakeRequest["prune"];
  done: PromiseWithResolvers<void>;
}

export interface LakeOptions {
  /** A damaged file was moved aside, and a new one begun. */
  onMoved(to: string, why: string): void;
  /** The thread ended by itself: nothing is written any more. */
  onLost(error: Error): void;
}

export async function openLake(file: string, { onMoved, onLost }: LakeOptions): Promise<Lake> {
  const worker = new Worker(workerFile(), { workerData: { file }, resourceLimits: { maxYoungGenerationSizeMb: 16 } });
  const opened = Promise.withResolvers<Record<string, string>>();
  let waiting: Waiting[] = [];
  let underWay: Waiting[] = [];
  let lost: Error | undefined;
  let id = 0;

  worker.on("message", (answer: LakeAnswer) => {
    if ("moved" in answer) onMoved(answer.moved, answer.why);
    else if ("opened" in answer) opened.resolve(answer.state);
    else settle(answer);
  });
  worker.on("error", (error) => {
    lost = error;
    opened.reject(new LakeError(`${file} cannot be opened: ${error.message}`));
    for (const it of [...underWay, ...waiting]) it.done.reject(error);
    [underWay, waiting] = [[], []];
    onLost(error);
  });

  function settle(answer: { error: string } | { added: number; more: boolean }) {
    for (const { done } of underWay) {
      if ("error" in answer) done.reject(new LakeError(`${file} cannot be written: ${answer.error}`));
      else done.resolve();
    }
    underWay = [];
    send();
  }

  function send() {
    if (underWay.length > 0 || waiting.length === 0) return;
    let rows = 0;
    let end = 0;
    while (end < waiting.length && rows < rowsAtOnce) rows += waiting[end++]?.events.length ?? 0;
    underWay = waiting.slice(0, end);
    waiting = waiting.slice(end);
    worker.postMessage(requestOf(++id, underWay));
  }

  function add(what: Partial<Omit<Waiting, "done">>): Promise<void> {
    if (lost) return Promise.reject(new LakeError(`${file} is not open any more: ${lost.message}`));
    const done = Promise.withResolvers<void>();
    waiting.push({ events: [], evidence: [], state: {}, ...what, done });
    send();
    return done.promise;
  }

  const state = await opened.promise;
  return {
    state,
    append: (events) => (events.length === 0 ? Promise.resolve() : add({ events })),
    record: (evidence) => (evidence.length === 0 ? Promise.resolve() : add({ evidence })),
    keep: (name, value) => add({ state: { [name]: value } }),
    prune: (limits, now) => add({ prune: { limits, now } }),
    waiting: () => [...underWay, ...waiting].reduce((sum, it) => sum + it.events.length, 0),
    async close() {
      await add({}).catch(() => {});
      await worker.terminate();
    },
  };
}

/** Larger transactions are hardly faster and take longer to wait for. */
const rowsAtOnce = 4000;

function requestOf(id: number, all: readonly Waiting[]): LakeRequest {
  const cells: Cell[] = [];
  for (const { events } of all) for (const event of events) cells.push(...rowOf(event));
  const prune = all.find((it) => it.prune)?.prune;
  return {
    id,
    write: { cells, evidence: all.flatMap((it) => it.evidence), state: Object.assign({}, ...all.map((it) => it.state)) },
    ...(prune ? { prune } : {}),
  };
}

/** Beside the bundle, or the source where it runs unbundled. */
function workerFile(): string {
  const bundled = join(import.meta.dirname, "lake-worker.mjs");
  return existsSync(bundled) ? bundled : join(import.meta.dirname, "lake-worker.ts");
}
