/** Evidence on its way into a lake that now and then cannot be written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../../server/telemetry/lake/evidence.ts";
import { createRecorder } from "../../../server/telemetry/lake/recorder.ts";

const evidence = (from: number, to: number): Evidence[] =>
  Array.from({ length: to - from }, (_, i) => ({ time: from + i, kind: "alert", body: {} }));
const failing = "alerts cannot be kept as evidence: no room; the last 1,000 records wait until they can";

function recorderOf() {
  const lake = { isFull: false };
  const written: number[][] = [];
  const said: string[] = [];
  const record = async (all: readonly Evidence[]) => {
    if (lake.isFull) throw new Error("no room");
    written.push(all.map((it) => it.time));
  };
  return { lake, written, said, ...createRecorder(record, (it) => said.push(it)) };
}

test("evidence is written in the order it came in, also what comes while some is being written", async () => {
  const it = recorderOf();
  it.add(evidence(0, 2));
  it.add(evidence(2, 3));
  it.add(evidence(3, 4));
  await it.flush();
  assert.deepEqual(it.written, [
    [0, 1],
    [2, 3],
  ]);
});

test("what could not be written is written with what comes next; each failing is said once", async () => {
  const it = recorderOf();
  for (const from of [0, 10]) {
    it.lake.isFull = true;
    it.add(evidence(from, from + 2));
    await it.flush();
    await it.flush();
    it.lake.isFull = false;
    it.add(evidence(from + 2, from + 3));
    await it.flush();
  }
  assert.deepEqual(it.written, [
    [0, 1, 2],
    [10, 11, 12],
  ]);
  assert.deepEqual(it.said, [failing, failing]);
});

test("of what waits the last thousand records are kept, while a burst of more is written whole", async () => {
  const it = recorderOf();
  it.add(evidence(0, 1500));
  await it.flush();
  it.lake.isFull = true;
  it.add(evidence(1500, 3000));
  await it.flush();
  it.lake.isFull = false;
  await it.flush();
  assert.deepEqual(
    it.written.map((all) => [all.length, all[0]]),
    [
      [1500, 0],
      [1000, 2000],
    ],
  );
});
