/** An outlet: in order, from where it left off, never in anybody's way; told once when it fails. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createCounter } from "../../../server/telemetry/counter.ts";
import { openLake } from "../../../server/telemetry/lake/lake.ts";
import { LakeError } from "../../../server/telemetry/lake/lake-thread.ts";
import { createOutlet } from "../../../server/telemetry/outlets/outlet.ts";
import { calls, failed, folder } from "./lakes.ts";

const lakeIn = (at: string) => openLake(join(at, "lake.db"), { onMoved: failed, onLost: failed });

/** One that takes events until it is told to fail. */
function receiver() {
  const [taken, warnings]: [string[], string[]] = [[], []];
  const counter = createCounter();
  const it = { taken, warnings, works: true, counter, outlet: open() };
  function open() {
    return createOutlet({
      name: "somewhere",
      begin: (lake) => lake.began.events,
      async read(lake, after) {
        const { events, seq } = await lake.after(after);
        return { items: events, seq };
      },
      async send(events) {
        if (!it.works) throw new Error("no room");
        taken.push(...events.map(({ id }) => id));
      },
      close: async () => {},
      problemOf: (error) => (error instanceof Error ? error.message : String(error)),
      warn: (message) => warnings.push(message),
      counter,
      retryMs: 1,
    });
  }
  return it;
}

const ids = (from: number, to: number) => calls(to - from, from).map((it) => it.id);

async function until(holds: () => boolean) {
  for (const end = Date.now() + 20_000; !holds(); await sleep(5)) if (Date.now() > end) assert.fail(String(holds));
}

test("nothing of the past is handed on; what comes is, in order; a stop hands on the rest", async () => {
  const at = folder();
  const first = await lakeIn(at);
  await first.append(calls(10));
  await first.close();
  const second = await lakeIn(at);
  const { taken, outlet } = receiver();
  await outlet.start(second);
  await second.append(calls(3000, 10));
  outlet.nudge();
  await until(() => taken.length >= 3000);
  await second.append(calls(5, 3010));
  await outlet.stop();
  await second.close();
  assert.deepEqual(taken, ids(10, 3015));
});

test("failures are counted, and said once; nothing is lost or out of order", async () => {
  const lake = await lakeIn(folder());
  const it = receiver();
  it.works = false;
  await it.outlet.start(lake);
  await lake.append(calls(100));
  it.outlet.nudge();
  await until(() => (it.counter.all().failures ?? 0) >= 3);
  await lake.append(calls(100, 100));
  it.works = true;
  await until(() => it.taken.length >= 200);
  await it.outlet.stop();
  await lake.close();
  assert.deepEqual(it.taken, ids(0, 200));
  assert.deepEqual(it.warnings, ["somewhere takes nothing: no room. What is meant for it waits in the lake", "somewhere takes it again"]);
});

test("a lake that cannot be read or written for a while delays it, and ends nothing", async () => {
  const lake = await lakeIn(folder());
  const it = receiver();
  let fails = true;
  const failing = () => Promise.reject(new LakeError("the disk is full"));
  await it.outlet.start({ ...lake, after: (seq) => (fails ? failing() : lake.after(seq)) });
  await lake.append(calls(10));
  await until(() => (it.counter.all().failures ?? 0) >= 3);
  fails = false;
  await until(() => it.taken.length === 10);
  await it.outlet.stop();
  await lake.close();
  assert.deepEqual(it.taken, ids(0, 10));
  assert.deepEqual(it.warnings, [
    "somewhere takes nothing: the disk is full. What is meant for it waits in the lake",
    "somewhere takes it again",
  ]);
});

test("who starts again goes on where the last one left off, also when that one never got anything through", async () => {
  const at = folder();
  const first = receiver();
  first.works = false;
  const before = await lakeIn(at);
  await first.outlet.start(before);
  await before.append(calls(50));
  const since = performance.now();
  await first.outlet.stop();
  assert.ok(performance.now() - since < 4000, "what cannot be handed on does not hold up the end");
  await before.close();
  const second = receiver();
  const after = await lakeIn(at);
  await second.outlet.start(after);
  await until(() => second.taken.length >= 50);
  await second.outlet.stop();
  await after.close();
  assert.deepEqual(second.taken, ids(0, 50));
});
