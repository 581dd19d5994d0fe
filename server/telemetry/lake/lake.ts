/** The Evidence Lake for who must not wait for a disk: its file is read and written in a thread of its own. */
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { FleetEvent } from "../../fleet/event.ts";
import type { Evidence, RecordedEvidence } from "./evidence.ts";
import { type Appended, createLakeQueue, type LakeQueue } from "./lake-queue.ts";
import { type LakeOptions, startLakeThread } from "./lake-thread.ts";
import { type Moment, mostLatest, type Past } from "./past.ts";
import type { LakeLimits, Pruned } from "./prune.ts";

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
  evidenceAfter(seq: number): Promise<{ records: RecordedEvidence[]; seq: number }>;
  /** The alerts that its evidence knows to be open and that were last told since a time, in milliseconds since 1970; the newest first. */
  openAlerts(since: number): Promise<Alert[]>;
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

export async function openLake(file: string, options: LakeOptions): Promise<Lake> {
  const { opened, send, end } = await startLakeThread(file, options);
  const { state, bytes, events, evidence } = opened;
  const { write, ask, waiting } = createLakeQueue(send, events);
  return {
    state,
    claimState(name) {
      const value = bytes[name];
      delete bytes[name];
      return value;
    },
    began: { events, evidence },
    append: (events) => write({ events }),
    after: (after) => ask({ after }, (it) => it.after),
    past: (before, since) => ask({ past: { before, since, upTo: events } }, (it) => it.past),
    latest: (agentId) => latestOf(agentId, ask),
    evidenceAfter: (evidenceAfter) => ask({ evidenceAfter }, (it) => it.evidenceAfter),
    openAlerts: (openAlerts) => ask({ openAlerts }, (it) => it.openAlerts),
    async record(evidence) {
      await write({ evidence });
    },
    async keep(state) {
      await write({ state });
    },
    prune: (limits, now) => ask({ prune: { limits, now } }, (it) => it.prune),
    waiting,
    async close() {
      await write({}).catch(() => {});
      await end();
    },
  };
}

async function latestOf(agentId: string, ask: LakeQueue["ask"]): Promise<FleetEvent[]> {
  const found: FleetEvent[] = [];
  let before: Moment | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { events, next } = await ask({ latest: { agentId, before } }, (it) => it.latest);
    found.push(...events);
    before = next;
    if (found.length >= mostLatest || !before) break;
  }
  return found.slice(0, mostLatest);
}

/** Of looking for the last events of an agent that hardly speaks. */
const mostPages = 50;
