/** What was learnt from a lake's events, as the lake keeps it: in pieces, as one of many megabytes would be copied, and what it took not be given back. */
import { deserialize, serialize } from "node:v8";
import type { Lake } from "./lake/lake.ts";

export interface Learnt {
  /** The number of the last event that it was learnt from. */
  seq: number;
  /** What `save` gives and `restore` takes. */
  anomalies: readonly unknown[];
}

export interface KeptLearnt {
  /** Undefined where nothing was kept, or nothing that can be read. */
  before: Learnt | undefined;
  /** The lake keeps this from now on: pieces that it has and that are no more become empty, once. */
  keep(learnt: Learnt): Promise<void>;
}

/** Claims all that was kept, so that nothing of it stays in memory. */
export function claimLearnt({ claimState: claim, keep }: Pick<Lake, "claimState" | "keep">): KeptLearnt {
  let held = 0;
  const nextPiece = () => {
    const piece = claim(pieceName(held));
    if (piece) held++;
    return piece;
  };
  const before = learntFrom(claim(headName), nextPiece);
  while (nextPiece());
  return {
    before,
    async keep({ seq, anomalies }) {
      const head = serialize({ seq, pieces: anomalies.length });
      held = Math.max(held, anomalies.length);
      const pieces = Array.from({ length: held }, (_, i) => (i < anomalies.length ? serialize(anomalies[i]) : new Uint8Array()));
      await keep({ [headName]: head, ...Object.fromEntries(pieces.map((it, i) => [pieceName(i), it])) });
      held = anomalies.length;
    },
  };
}

function learntFrom(head: Uint8Array | undefined, nextPiece: () => Uint8Array | undefined): Learnt | undefined {
  if (!head) return undefined;
  try {
    const { seq, pieces } = deserialize(head);
    if (typeof seq !== "number" || typeof pieces !== "number") return undefined;
    return { seq, anomalies: Array.from({ length: pieces }, () => deserialize(nextPiece() ?? Buffer.alloc(0))) };
  } catch {
    return undefined;
  }
}

const headName = "anomalies";
const pieceName = (i: number) => `${headName}/${i}`;
