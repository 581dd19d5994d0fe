/** What was learnt from a lake's events, as the lake keeps it: in pieces, as one of many megabytes would be copied, and what it took not be given back. */
import { deserialize, serialize } from "node:v8";
import type { Lake } from "./lake/lake.ts";

export interface Learnt {
  /** The number of the last event that it was learnt from. */
  seq: number;
  /** What `save` gives and `restore` takes. */
  anomalies: readonly unknown[];
}

export function stateOf({ seq, anomalies }: Learnt): Record<string, Uint8Array> {
  const pieces = anomalies.map((it, i) => [pieceName(i), serialize(it)] as const);
  return { [headName]: serialize({ seq, pieces: pieces.length }), ...Object.fromEntries(pieces) };
}

/** Undefined where nothing was kept, or nothing that can be read. */
export function learntBefore(claim: Lake["claimState"]): Learnt | undefined {
  const head = claim(headName);
  if (!head) return undefined;
  try {
    const { seq, pieces } = deserialize(head);
    if (typeof seq !== "number" || typeof pieces !== "number") return undefined;
    const anomalies = Array.from({ length: pieces }, (_, i) => deserialize(claim(pieceName(i)) ?? Buffer.alloc(0)));
    // More than are used now may be left of a time in which there were more.
    for (let i = pieces; claim(pieceName(i)); i++);
    return { seq, anomalies };
  } catch {
    return undefined;
  }
}

const headName = "anomalies";
const pieceName = (i: number) => `${headName}/${i}`;
