/** The thread that owns the lake's file: a message is a transaction, and is answered when that is durable. */
import { parentPort, workerData } from "node:worker_threads";
import type { FleetEvent } from "../../fleet/event.ts";
import { eventsAfter } from "./events-after.ts";
import { evidenceAfter, type RecordedEvidence } from "./evidence.ts";
import { type LakeWrite, openLakeFile } from "./lake-file.ts";
import { type LatestRequest, latestIn, type Moment, type Past, type PastRequest, pastIn } from "./past.ts";
import { type LakeLimits, lastSeq, type Pruned } from "./prune.ts";

export interface LakeRequest {
  id: number;
  /** The cells as JSON: between threads a text costs a fifth of what a list of thousands of values does. */
  write?: Omit<LakeWrite, "cells"> & { cells: string };
  prune?: { limits: LakeLimits; now: number };
  /** Asks for the events that came in after this one, a page of them. */
  after?: number;
  past?: PastRequest;
  latest?: LatestRequest;
  /** The same of evidence. */
  evidenceAfter?: number;
}

export type LakeAnswer =
  | { id: number; repeated: readonly number[] }
  | { id: number; pruned: Pruned }
  | { id: number; error: string }
  | { opened: true; state: Record<string, string>; bytes: Record<string, Uint8Array>; seq: number; evidence: number }
  | { id: number; events: FleetEvent[]; seq: number }
  | { id: number; past: Past }
  | { id: number; latest: FleetEvent[]; next: Moment | undefined }
  | { id: number; records: RecordedEvidence[] }
  | { moved: string; why: string };

const { file }: { file: string } = workerData;
const answer = (it: LakeAnswer) => parentPort?.postMessage(it);
const lake = openLakeFile(file, (moved, why) => answer({ moved, why }));
const kept = lake.database.prepare("SELECT name, value FROM state").all();
const records = Number(lake.database.prepare("SELECT max(seq) AS seq FROM evidence").get()?.seq ?? 0);
const state = Object.fromEntries(kept.flatMap(({ name, value }) => (typeof value === "string" ? [[String(name), value]] : [])));
const bytes = Object.fromEntries(kept.flatMap(({ name, value }) => (value instanceof Uint8Array ? [[String(name), value]] : [])));
answer({ opened: true, state, bytes, seq: lastSeq(lake.database), evidence: records });

parentPort?.on("message", ({ id, write, prune, after, evidenceAfter: record, past, latest }: LakeRequest) => {
  try {
    if (past) return answer({ id, past: pastIn(lake.database, past) });
    if (latest) return answerLatest(id, latest);
    if (after !== undefined) return answer({ id, ...eventsAfter(lake.database, after) });
    if (record !== undefined) return answer({ id, records: evidenceAfter(lake.database, record) });
    if (prune) return answer({ id, pruned: lake.prune(prune.limits, prune.now) });
    answer({ id, repeated: write ? lake.write({ ...write, cells: JSON.parse(write.cells) }) : [] });
  } catch (error) {
    answer({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

function answerLatest(id: number, request: LatestRequest) {
  const { events, next } = latestIn(lake.database, request);
  answer({ id, latest: events, next });
}
