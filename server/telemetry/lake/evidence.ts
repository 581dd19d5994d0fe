/** Findings, alerts and signals, each chained to the one before by its hash: who changes or removes one later breaks the chain. */
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { parsedJson } from "../../protocol/json.ts";
import { openToRead } from "./open-to-read.ts";

export const evidenceKinds = ["finding", "alert", "signal"] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export interface Evidence {
  /** Milliseconds since 1970. */
  time: number;
  kind: EvidenceKind;
  /** Any JSON. */
  body: unknown;
}

export interface RecordedEvidence extends Evidence {
  /** Its number in the chain. */
  seq: number;
}

/** Call inside of a transaction. */
export function appendEvidence(database: DatabaseSync, all: readonly Evidence[]): void {
  const last = database.prepare("SELECT seq, hash FROM evidence ORDER BY seq DESC LIMIT 1").get();
  const insert = database.prepare("INSERT INTO evidence VALUES (?, ?, ?, ?, ?)");
  let seq = Number(last?.seq ?? 0);
  let previous = String(last?.hash ?? "");
  for (const { time, kind, body } of all) {
    const text = JSON.stringify(body);
    seq++;
    previous = link(previous, seq, time, kind, text);
    insert.run(seq, time, kind, text, previous);
  }
}

export type Chain = { intact: true; records: number; head: string } | { intact: false; records: number; brokenAt: number };

/** Reads the whole chain. An end that was cut off shows only to who remembers the `head` of before. */
export function verifyEvidence(database: DatabaseSync): Chain {
  let previous = "";
  let records = 0;
  for (const { seq, time, kind, body, hash: kept } of database.prepare("SELECT * FROM evidence ORDER BY seq").iterate()) {
    records++;
    if (Number(seq) !== records || link(previous, records, Number(time), String(kind), String(body)) !== kept)
      return { intact: false, records, brokenAt: records };
    previous = String(kept);
  }
  return { intact: true, records, head: previous };
}

/** A page of the records after the one with this number, and the number of its last. */
export function evidenceAfter(database: DatabaseSync, seq: number): { records: RecordedEvidence[]; seq: number } {
  const rows = database.prepare("SELECT seq, time, kind, body FROM evidence WHERE seq > ? ORDER BY seq LIMIT ?").all(seq, pageSize);
  const records = rows.flatMap((row) => {
    const kind = evidenceKinds.find((it) => it === row.kind);
    const body = parsedJson(String(row.body));
    // Who changes a record must not stop those after it.
    return kind && body !== undefined ? [{ seq: Number(row.seq), time: Number(row.time), kind, body }] : [];
  });
  return { records, seq: Number(rows.at(-1)?.seq ?? seq) };
}

const pageSize = 100;

/** Of the lake in this file; undefined where there is none. Throws where it cannot be read. */
export function evidenceIn(file: string): Chain | undefined {
  const database = openToRead(file);
  if (!database) return undefined;
  try {
    return verifyEvidence(database);
  } finally {
    database.close();
  }
}

const link = (previous: string, seq: number, time: number, kind: string, body: string) =>
  hash("sha256", `${previous}\n${seq}\n${time}\n${kind}\n${body}`);
