/** The queue of the lake's thread, over a thread that answers when the test says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createLakeQueue } from "../../../server/telemetry/lake/lake-queue.ts";
import type { LakeAnswer, LakeRequest } from "../../../server/telemetry/lake/lake-worker.ts";
import { eventColumns } from "../../../server/telemetry/lake/schema.ts";
import { call, calls } from "./lakes.ts";

function thread() {
  const requests: LakeRequest[] = [];
  let answered = Promise.withResolvers<LakeAnswer>();
  const send = (request: LakeRequest) => {
    requests.push(request);
    answered = Promise.withResolvers();
    return answered.promise;
  };
  async function answer(it: LakeAnswer | Error) {
    if (it instanceof Error) answered.reject(it);
    else answered.resolve(it);
    await turn();
  }
  return { requests, send, answer };
}

/** A question, or the numbers of the events that are written and what is kept with them. */
function said({ write, ...question }: LakeRequest) {
  if (!write) return question;
  const cells: unknown[] = JSON.parse(write.cells);
  return { numbers: cells.filter((_, i) => i % eventColumns.length === eventColumns.length - 1), state: write.state };
}

test("what is written while a request is under way goes into the next one together, numbered in its order; a question goes alone", async () => {
  const { requests, send, answer } = thread();
  const queue = createLakeQueue(send, 10);
  const first = queue.write({ events: calls(2) });
  const others = [
    queue.write({ events: calls(2, 2) }),
    queue.write({ state: { a: "1" } }),
    queue.write({ events: calls(2, 3), state: { b: "2" } }),
  ];
  const asked = queue.ask({ evidenceAfter: 7 }, (it) => it.evidenceAfter);
  const last = queue.write({ events: calls(1, 5) });
  assert.equal(queue.waiting(), 7);
  for (const it of [{}, { write: [15] }, { evidenceAfter: { records: [], seq: 7 } }, {}]) await answer(it);
  assert.deepEqual(requests.map(said), [
    { numbers: [11, 12], state: {} },
    { numbers: [13, 14, 15, 16], state: { a: "1", b: "2" } },
    { evidenceAfter: 7 },
    { numbers: [17], state: {} },
  ]);
  assert.deepEqual(await Promise.all([first, ...others]), [
    { fresh: calls(2), seq: 12 },
    { fresh: calls(2, 2), seq: 14 },
    { fresh: [], seq: 14 },
    { fresh: calls(1, 4), seq: 16 },
  ]);
  assert.deepEqual([await asked, await last, queue.waiting()], [{ records: [], seq: 7 }, { fresh: calls(1, 5), seq: 17 }, 0]);
});

test("a transaction that has thousands of rows takes no more in", async () => {
  const { requests, send, answer } = thread();
  const queue = createLakeQueue(send, 0);
  const all = [1, 3000, 3000, 3000].map((count) => queue.write({ events: calls(count) }));
  for (const _ of all.slice(1)) await answer({});
  assert.deepEqual(
    requests.map((it) => JSON.parse(it.write?.cells ?? "").length / eventColumns.length),
    [1, 6000, 3000],
  );
  await Promise.all(all);
});

test("a request that fails fails for all that it is made of, and the next is made", async () => {
  const { send, answer } = thread();
  const queue = createLakeQueue(send, 0);
  const first = queue.write({ events: calls(1) });
  const failing = [queue.write({ events: calls(3) }), queue.write({ state: { a: "1" } })].map((it) => assert.rejects(it, /disk full/));
  const asked = queue.ask({ after: 0 }, (it) => it.after);
  await answer({});
  await answer(new Error("disk full"));
  await answer({ after: { events: [], seq: 4 } });
  await Promise.all(failing);
  assert.deepEqual([await first, await asked, queue.waiting()], [{ fresh: calls(1), seq: 1 }, { events: [], seq: 4 }, 0]);
});

test("a write of which no request can be made is refused alone, and the next goes on", async () => {
  const { send, answer } = thread();
  const queue = createLakeQueue(send, 0);
  const endless = {
    ...call(1),
    get agentId(): string {
      throw new RangeError("Invalid string length");
    },
  };
  await assert.rejects(queue.write({ events: [endless] }), /Invalid string length/);
  const next = queue.write({ events: calls(1) });
  await answer({});
  assert.deepEqual([(await next).fresh, queue.waiting()], [calls(1), 0]);
});
