/** The thread that owns the lake's file: a message is a transaction, and is answered when that is durable. */
import { parentPort, workerData } from "node:worker_threads";
import type { Alert } from "../../fleet/anomaly/alert.ts";
import type { FleetEvent } from "../../fleet/event.ts";
import { messageOf } from "../../protocol/message-of.ts";
import { eventsAfter } from "./events-after.ts";
import { evidenceAfter, type RecordedEvidence } from "./evidence.ts";
import { type LakeWrite, openLakeFile } from "./lake-file.ts";
import { openAlerts } from "./open-alerts.ts";
import { type LatestRequest, latestIn, type Moment, type Past, type PastRequest, pastIn } from "./past.ts";
import { type LakeLimits, lastSeq, type Pruned } from "./prune.ts";

/** One of these. */
export interface LakeRequest {
  /** The cells as JSON: between threads a text costs a fifth of what a list of thousands of values does. */
  write?: Omit<LakeWrite, "cells"> & { cells: string };
  prune?: { limits: LakeLimits; now: number };
  /** Asks for the events that came in after this one, a page of them. */
  after?: number;
  /** The same of evidence. */
  evidenceAfter?: number;
  past?: PastRequest;
  latest?: LatestRequest;
  /** Asks for the alerts that are open; those last told since a time. */
  openAlerts?: number;
}

/** To what was asked. */
export interface LakeAnswer {
  /** The numbers of those events that the lake had before. */
  write?: readonly number[];
  prune?: Pruned;
  after?: { events: FleetEvent[]; seq: number };
  evidenceAfter?: { records: RecordedEvidence[]; seq: number };
  past?: Past;
  latest?: { events: FleetEvent[]; next: Moment | undefined };
  openAlerts?: Alert[];
}

/** What is kept, and the numbers of the last event and the last record of evidence. */
export interface OpenedLake {
  state: Record<string, string>;
  bytes: Record<string, Uint8Array>;
  events: number;
  evidence: number;
}

export type LakeMessage = { moved: string; why: string } | { opened: OpenedLake } | { error: string } | LakeAnswer;

const { file }: { file: string } = workerData;
const tell = (it: LakeMessage) => parentPort?.postMessage(it);
const lake = openLakeFile(file, (moved, why) => tell({ moved, why }));
const kept = lake.database.prepare("SELECT name, value FROM state").all();
const evidence = Number(lake.database.prepare("SELECT max(seq) AS seq FROM evidence").get()?.seq ?? 0);
const state = Object.fromEntries(kept.flatMap(({ name, value }) => (typeof value === "string" ? [[String(name), value]] : [])));
const bytes = Object.fromEntries(kept.flatMap(({ name, value }) => (value instanceof Uint8Array ? [[String(name), value]] : [])));
tell({ opened: { state, bytes, events: lastSeq(lake.database), evidence } });

parentPort?.on("message", (request: LakeRequest) => {
  try {
    tell(lake.noticingDamage(() => answerTo(request)));
  } catch (error) {
    tell({ error: messageOf(error) });
  }
});

function answerTo({ write, prune, after, evidenceAfter: record, past, latest, openAlerts: since }: LakeRequest): LakeAnswer {
  if (past) return { past: pastIn(lake.database, past) };
  if (latest) return { latest: latestIn(lake.database, latest) };
  if (after !== undefined) return { after: eventsAfter(lake.database, after) };
  if (record !== undefined) return { evidenceAfter: evidenceAfter(lake.database, record) };
  if (since !== undefined) return { openAlerts: openAlerts(lake.database, since) };
  if (prune) return { prune: lake.prune(prune.limits, prune.now) };
  return { write: write ? lake.write({ ...write, cells: JSON.parse(write.cells) }) : [] };
}
