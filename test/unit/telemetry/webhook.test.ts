/** The webhook: signed, tried again, never in the way. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { News } from "../../../server/telemetry/sinks/sink.ts";
import { createWebhook } from "../../../server/telemetry/sinks/webhook.ts";

const news = (agentId: string): News => ({
  kind: "signal",
  signal: { kind: "mothball", agentId, alertId: "1", time: 1, withheld: false, by: "cockpit", reason: "a loop" },
});

/** A receiver that answers with these statuses, the last one for good, and what it was sent. */
async function receiver(statuses: readonly number[]) {
  const bodies: { agentId: string; isSigned: boolean }[] = [];
  let count = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { "x-cockpit-timestamp": timestamp, "x-cockpit-signature": signature } = request.headers;
    const isSigned = signature === `sha256=${createHmac("sha256", "key").update(`${timestamp}.${body}`).digest("hex")}`;
    bodies.push({ agentId: JSON.parse(body).signal.agentId, isSigned });
    response.writeHead(statuses[count++] ?? statuses.at(-1) ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/hook`;
  return { url, bodies, close: () => server.close().closeAllConnections() };
}

const cases: [statuses: number[], requests: number, failures: number][] = [
  [[200], 1, 0],
  [[503, 429, 200], 3, 0],
  [[404], 1, 1],
  [[500], 5, 1],
];
for (const [statuses, requests, failures] of cases)
  test(`a receiver that answers ${statuses.join(", ")} is sent ${requests} requests`, async () => {
    const { url, bodies, close } = await receiver(statuses);
    const failed: string[] = [];
    const sink = createWebhook({ url, secret: "key", retryMs: 1, onFailure: (it) => failed.push(it) });
    sink.tell([news("a")]);
    while (bodies.length < requests || failed.length < failures) await sleep(5);
    await sink.close();
    close();
    assert.deepEqual(bodies, Array(requests).fill({ agentId: "a", isSigned: true }));
    assert.equal(failed.length, failures);
  });

/** Takes requests and answers none. */
async function silence() {
  let requests = 0;
  const server = createServer(() => requests++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/hook`;
  return { url, requests: () => requests, close: () => server.close().closeAllConnections() };
}

test("a receiver that never answers is given up after its attempts, and said", { timeout: 20_000 }, async () => {
  const { url, requests, close } = await silence();
  const failed: string[] = [];
  const sink = createWebhook({ url, retryMs: 1, timeoutMs: 50, onFailure: (it) => failed.push(it) });
  sink.tell([news("a")]);
  while (failed.length === 0) await sleep(5);
  assert.deepEqual([requests(), failed.length], [5, 1]);
  assert.match(failed[0] ?? "", /did not take an alert: .*timeout/);
  await sink.close();
  close();
});

test("a receiver that never answers holds up the end no longer than its limit", { timeout: 20_000 }, async () => {
  const { url, requests, close } = await silence();
  const failed: string[] = [];
  const sink = createWebhook({ url, timeoutMs: 200, onFailure: (it) => failed.push(it) });
  sink.tell(Array.from({ length: 100 }, (_, i) => news(`${i}`)));
  while (requests() === 0) await sleep(5);
  const since = performance.now();
  await sink.close();
  close();
  assert.ok(performance.now() - since < 2000, "the end waited for each of them");
  assert.match(failed.at(-1) ?? "", /too slow: \d+ alerts were not sent to it$/);
});

test("of too many that wait the oldest are dropped, and said", async () => {
  const { url, bodies, close } = await receiver([200]);
  const failed: string[] = [];
  const sink = createWebhook({ url, onFailure: (it) => failed.push(it) });
  sink.tell(Array.from({ length: 1003 }, (_, i) => news(`${i}`)));
  while (bodies.length < 1000) await sleep(5);
  await sink.close();
  close();
  assert.match(failed[0] ?? "", /is too slow: 3 alerts were not sent to it$/);
  assert.deepEqual([bodies.length, bodies[0], bodies.at(-1)?.agentId], [1000, { agentId: "3", isSigned: false }, "1002"]);
});
