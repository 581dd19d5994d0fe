/** From Pub/Sub into the lake, each event once: whatever comes twice, late, in the wrong order or cannot be read, and whoever dies in between. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { PubSub } from "@google-cloud/pubsub";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import type { Connector } from "../../../server/telemetry/connectors/connector.ts";
import { createGcpLoggingConnector } from "../../../server/telemetry/connectors/gcp-logging/connector.ts";
import { type Lake, openLake } from "../../../server/telemetry/lake/lake.ts";
import { eventually, makeTopic, type Service, startPubSub } from "./services.ts";

const project = "cockpit-tests";
const home = mkdtempSync(join(tmpdir(), "cockpit-gcp-"));
const lakes: Lake[] = [];
let service: Service;
let pubsub: PubSub;

before(async () => {
  service = await startPubSub();
  pubsub = new PubSub({ projectId: project });
});

after(async () => {
  await pubsub?.close();
  for (const it of lakes) await it.close();
  await service?.stop();
  rmSync(home, { recursive: true });
});

const start = Date.parse("2026-11-25T10:00:00Z");
const entry = (i: number) => ({
  insertId: `i${i}`,
  logName: `projects/${project}/logs/agents`,
  timestamp: new Date(start + i).toISOString().replace("Z", "000001Z"),
  resource: { type: "cloud_run_revision", labels: { service_name: `agent-${i % 3}` } },
  jsonPayload: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": i, durationMs: 5 },
});

async function publish(topic: string, messages: readonly (object | string)[], orderingKey?: string) {
  const publisher = pubsub.topic(topic, { messageOrdering: true, batching: { maxMessages: 100, maxMilliseconds: 10 } });
  const send = (it: object | string) =>
    publisher.publishMessage({
      data: Buffer.from(typeof it === "string" ? it : JSON.stringify(it)),
      ...(orderingKey ? { orderingKey } : {}),
    });
  await Promise.all(messages.map(send));
}

async function lakeAt(name: string) {
  const file = join(home, `${name}.db`);
  const lake = await openLake(file, { onMoved: assert.fail, onLost: assert.ifError });
  lakes.push(lake);
  const take = (events: readonly FleetEvent[]) => lake.append(events).then(() => kept);
  return { take, ids: () => idsIn(file) };
}

function idsIn(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  const rows = database.prepare("SELECT id FROM events ORDER BY time, id").all();
  database.close();
  return rows.map((it) => String(it.id));
}

const idOf = (i: number) => `${entry(i).insertId}@${entry(i).timestamp}`;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const kept = { refused: {} };

test("an entry that comes twice, and out of order, is one event", async () => {
  await makeTopic(project, "twice");
  const lake = await lakeAt("twice");
  const connector = createGcpLoggingConnector({ project, subscription: "twice-cockpit" });
  await connector.start({ take: lake.take, isFull: () => false });
  const all = numbers(200);
  await publish("twice", [...all.toReversed(), ...all].map(entry));
  await eventually(() => connector.health().counts.events === 400, "400 messages taken");
  await connector.stop();
  assert.deepEqual(lake.ids(), all.map(idOf));
  assert.equal(connector.health().state, "stopped");
});

test("messages with an ordering key are taken in their order", async () => {
  await makeTopic(project, "order");
  const order: string[] = [];
  const connector = createGcpLoggingConnector({ project, subscription: "order-cockpit" });
  await connector.start({
    take: async (events) => {
      order.push(...events.map((it) => it.id));
      return kept;
    },
    isFull: () => false,
  });
  await publish("order", numbers(100).map(entry), "agent-1");
  await eventually(() => order.length >= 100, "100 messages taken");
  await connector.stop();
  assert.deepEqual([...new Set(order)], numbers(100).map(idOf));
});

test("what cannot be read goes to the dead-letter topic, and the rest goes on", async () => {
  await makeTopic(project, "dead");
  const lake = await lakeAt("dead");
  const connector = createGcpLoggingConnector({ project, subscription: "dead-cockpit" });
  await connector.start({ take: lake.take, isFull: () => false });
  const dead: string[] = [];
  const watched = pubsub.subscription("dead-dead");
  watched.on("message", (message) => {
    dead.push(String(message.data));
    message.ack();
  });
  await publish("dead", ["no JSON", entry(1), { logName: "x", textPayload: "a line about nothing", timestamp: entry(2).timestamp }]);
  await eventually(() => dead.length > 0, "a dead letter");
  await watched.close();
  await connector.stop();
  const { counts } = connector.health();
  // A dead letter may come twice too.
  assert.deepEqual([[...new Set(dead)], lake.ids(), counts.skipped], [["no JSON"], [idOf(1)], 1]);
  assert.equal(counts.malformed, counts["returned for the dead-letter topic"]);
});

test("without a dead-letter policy it is acknowledged and counted", async () => {
  await pubsub.createTopic("plain");
  await pubsub.createSubscription(pubsub.topic("plain"), "plain");
  const connector = createGcpLoggingConnector({ project, subscription: "plain" });
  await connector.start({ take: async () => kept, isFull: () => false });
  await publish("plain", ["[]", entry(1)]);
  await eventually(() => connector.health().counts.events === 1, "the other is taken");
  await eventually(() => connector.health().counts.malformed === 1, "it is counted");
  await delay(300);
  await connector.stop();
  assert.deepEqual(connector.health().counts, { events: 1, malformed: 1 });
});

test("a lake that fails keeps messages waiting, not dead; health says so; then each is kept once", async () => {
  await makeTopic(project, "stall");
  const lake = await lakeAt("stall");
  const connector = createGcpLoggingConnector({ project, subscription: "stall-cockpit", maxMessages: 50, stallMs: 100 });
  let works = false;
  let most = 0;
  await connector.start({
    async take(events) {
      most = Math.max(most, events.length);
      if (!works) throw new Error("disk full");
      return lake.take(events);
    },
    isFull: () => false,
  });
  await publish("stall", numbers(300).map(entry));
  await eventually(() => connector.health().state === "failing", "health shows the stall");
  assert.match(connector.health().detail, /nothing could be kept for \d+ s; \d+ messages wait: disk full/);
  await eventually(() => (connector.health().counts["tries to keep that failed"] ?? 0) > 5, "more tries than deliveries are allowed");
  works = true;
  await eventually(() => connector.health().counts.events === 300, "all are kept");
  await connector.stop();
  assert.deepEqual(lake.ids(), numbers(300).map(idOf));
  assert.ok(most <= 50, `${most} at once`);
});

test("however long a lake fails, no more is held than may be, and nothing is a dead letter for it", async (t) => {
  await makeTopic(project, "hours");
  const lake = await lakeAt("hours");
  const connector = createGcpLoggingConnector({ project, subscription: "hours-cockpit", maxMessages: 20, leaseSeconds: 10, stallMs: 100 });
  t.after(() => connector.stop());
  let works = false;
  const { now } = Date;
  const clock = t.mock.method(Date, "now", () => now() - 6 * 24 * 3_600_000);
  await connector.start({ take: lake.take, isFull: () => !works });
  await publish("hours", numbers(60).map(entry));
  await eventually(() => held(connector) === 20, "as many are held as may be");
  clock.mock.restore();
  // By then the library has extended their deadlines, or given them up.
  await delay(12_000);
  assert.equal(held(connector), 20);
  works = true;
  await eventually(() => connector.health().counts.events === 60, "all are kept");
  assert.deepEqual([lake.ids(), connector.health().counts.redelivered], [numbers(60).map(idOf), undefined]);
});

/** As health says it. */
const held = (connector: Connector) => Number(/(\d+) messages wait/.exec(connector.health().detail)?.[1] ?? 0);

test("an intake that is full is not handed more", async () => {
  await makeTopic(project, "full");
  let isFull = true;
  let taken = 0;
  const connector = createGcpLoggingConnector({ project, subscription: "full-cockpit", stallMs: 100 });
  await connector.start({
    take: async (events) => {
      taken += events.length;
      return kept;
    },
    isFull: () => isFull,
  });
  await publish("full", numbers(20).map(entry));
  await eventually(() => connector.health().state === "failing", "it waits, and says so");
  assert.equal(taken, 0);
  isFull = false;
  await eventually(() => taken === 20, "they are taken");
  assert.equal(connector.health().state, "running");
  await connector.stop();
});

test("a watcher that is killed again and again loses nothing and keeps nothing twice", async () => {
  await makeTopic(project, "killed");
  const file = join(home, "killed.db");
  const args = ["--import", join(import.meta.dirname, "../../../scripts/text-modules.ts"), join(import.meta.dirname, "watcher.ts")];
  const watch = () => spawn(process.execPath, [...args, project, "killed-cockpit", file], { stdio: "inherit" });
  /** 0 also while the watcher makes or recovers its file. */
  function count(): number {
    try {
      return idsIn(file).length;
    } catch {
      return 0;
    }
  }
  const all = numbers(1500);
  const published = (async () => {
    for (const part of numbers(30)) {
      await publish("killed", all.slice(part * 50, part * 50 + 50).map(entry));
      await delay(100);
    }
  })();
  for (const ms of [50, 150, 250]) {
    const kept = count();
    const child = watch();
    await eventually(() => count() > kept, "it keeps something");
    await delay(ms);
    child.kill("SIGKILL");
  }
  assert.ok(count() < all.length, "every kill comes in the midst of it");
  await published;
  const last = watch();
  await eventually(() => count() >= all.length, "all are in the lake");
  last.kill("SIGKILL");
  assert.deepEqual(idsIn(file), all.map(idOf));
});

test("setting up again finds everything; a subscription that is not there is a sentence", async () => {
  const first = await makeTopic(project, "again");
  const second = await makeTopic(project, "again");
  const names = ["topic again", "topic again-dead", "subscription again-dead", "subscription again-cockpit"];
  assert.deepEqual([first, second], [names.map((it) => `made ${it}`), names.map((it) => `found ${it}`)]);
  const connector = createGcpLoggingConnector({ project, subscription: "nowhere" });
  await assert.rejects(
    connector.start({ take: async () => kept, isFull: () => false }),
    /there is no subscription nowhere in project cockpit-tests/,
  );
});
