/** What was learnt, over a real lake: what comes back after a start, and what stays in the file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openLake } from "../../../server/telemetry/lake/lake.ts";
import { claimLearnt } from "../../../server/telemetry/learnt.ts";
import { failed, folder } from "./lakes.ts";

/** One start of a watcher that learns so many pieces, each time that it keeps them; what it knew at its start. */
async function learning(file: string, ...counts: number[]) {
  const lake = await openLake(file, { onMoved: failed, onLost: failed });
  const { before, keep } = claimLearnt(lake);
  const unclaimed = Array.from({ length: 10 }, (_, i) => lake.claimState(`anomalies/${i}`)).filter((it) => it !== undefined);
  for (const count of counts) await keep({ seq: count, anomalies: pieces(count) });
  await lake.close();
  return { before, unclaimed };
}

const pieces = (count: number) => Array.from({ length: count }, (_, i) => ({ piece: i, text: "x".repeat(1000) }));

function keptBytes(file: string): number {
  const database = new DatabaseSync(file);
  const { bytes } = database.prepare("SELECT sum(length(value)) AS bytes FROM state").get() ?? {};
  database.close();
  return Number(bytes);
}

test("what was learnt comes back; of what is no more nothing stays, in the file or in memory", async () => {
  const file = join(folder(), "lake.db");
  assert.deepEqual(await learning(file, 6), { before: undefined, unclaimed: [] });
  const whole = keptBytes(file);
  assert.deepEqual(await learning(file, 2), { before: { seq: 6, anomalies: pieces(6) }, unclaimed: [] });
  assert.ok(keptBytes(file) < whole / 2);
  assert.deepEqual(await learning(file, 5, 1), { before: { seq: 2, anomalies: pieces(2) }, unclaimed: [] });
  assert.ok(keptBytes(file) < whole / 4);
  assert.deepEqual(await learning(file), { before: { seq: 1, anomalies: pieces(1) }, unclaimed: [] });
});

test("a piece that is no more is emptied once, and again only where that failed", async () => {
  const kept: string[][] = [];
  let isFull = false;
  const { keep } = claimLearnt({
    claimState: () => undefined,
    async keep(state) {
      if (isFull) throw new Error("disk full");
      kept.push(Object.entries(state).flatMap(([name, it]) => (it.length === 0 ? [name] : [])));
    },
  });
  const keepPieces = (count: number) => keep({ seq: count, anomalies: pieces(count) });
  await keepPieces(3);
  isFull = true;
  await assert.rejects(keepPieces(1), /disk full/);
  isFull = false;
  for (const count of [1, 1, 2, 1]) await keepPieces(count);
  assert.deepEqual(kept, [[], ["anomalies/1", "anomalies/2"], [], [], ["anomalies/1"]]);
});

test("what cannot be read leaves nothing in memory, and nothing in the file once anew is learnt", async () => {
  const file = join(folder(), "lake.db");
  await learning(file, 6);
  const lake = await openLake(file, { onMoved: failed, onLost: failed });
  await lake.keep({ anomalies: new Uint8Array([1]) });
  await lake.close();
  const whole = keptBytes(file);
  assert.deepEqual(await learning(file, 1), { before: undefined, unclaimed: [] });
  assert.ok(keptBytes(file) < whole / 4);
});
