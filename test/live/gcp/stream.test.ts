/** Pub/Sub's streams last for a moment only: the library gives up one that was ended, or whose subscription is gone, and the connector opens another. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PubSub, Subscription } from "@google-cloud/pubsub";
import { createGcpLoggingConnector } from "../../../server/telemetry/connectors/gcp-logging/connector.ts";
import { eventually, makeTopic, type Service, startPubSub } from "./services.ts";

const project = "cockpit-tests";
let service: Service;
let pubsub: PubSub;

before(async () => {
  service = await startPubSub({ streamMs: 500 });
  pubsub = new PubSub({ projectId: project });
});

after(async () => {
  await pubsub?.close();
  await service?.stop();
});

const entry = (i: number) => ({ insertId: `i${i}`, timestamp: "2026-11-25T10:00:00Z", jsonPayload: { agentId: "a", model: "m" } });
const idOf = (i: number) => `${entry(i).insertId}@${entry(i).timestamp}`;

/** Listens to the subscription of a topic of that name, and remembers what came and what health said then. */
async function listening(topic: string) {
  await makeTopic(project, topic);
  const taken = new Map<string, string>();
  const connector = createGcpLoggingConnector({ project, subscription: `${topic}-cockpit`, leaseSeconds: 10 });
  await connector.start({
    async take(events) {
      for (const it of events) taken.set(it.id, connector.health().detail);
      return { refused: {} };
    },
    isFull: () => false,
  });
  const publish = (i: number) => pubsub.topic(topic).publishMessage({ json: entry(i) });
  return { connector, taken, publish, running: `running, ${project}/${topic}-cockpit` };
}

test("a stream that Pub/Sub ends is opened again: what comes then is taken", async (t) => {
  const { connector, taken, publish, running } = await listening("ended");
  t.after(() => connector.stop());
  for (const i of [0, 1, 2]) {
    await publish(i);
    await eventually(() => taken.size === i + 1, `message ${i} is taken`);
    const { errors = 0 } = connector.health().counts;
    await eventually(() => (connector.health().counts.errors ?? 0) > errors, "its stream ends");
  }
  assert.deepEqual(
    [...taken],
    [0, 1, 2].map((i) => [idOf(i), running]),
  );
});

test("health says that a message cannot be read until one can", async (t) => {
  const { connector, taken, publish, running } = await listening("malformed");
  t.after(() => connector.stop());
  await pubsub.topic("malformed").publishMessage({ data: Buffer.from("no JSON") });
  await eventually(() => connector.health().counts.malformed === 1, "it is read");
  assert.match(connector.health().detail, /: a message cannot be read: /);
  await publish(0);
  await eventually(() => taken.size === 1, "the next message is taken");
  assert.equal(connector.health().detail, running);
});

test("an error of a stream that was stopped changes nothing", async (t) => {
  const opened: Subscription[] = [];
  const on = Subscription.prototype.on;
  t.mock.method(Subscription.prototype, "on", function (this: Subscription, ...of: Parameters<typeof on>) {
    opened.push(this);
    return on.apply(this, of);
  });
  const { connector } = await listening("stopped");
  await connector.stop();
  const { errors } = connector.health().counts;
  opened.at(-1)?.emit("error", new Error("late"));
  assert.deepEqual([opened.length > 0, connector.health().state, connector.health().counts.errors], [true, "stopped", errors]);
});

test("a subscription that is deleted is asked for again and again, and is not well meanwhile; when it is made again, what comes then is taken", async (t) => {
  const { connector, taken, publish, running } = await listening("deleted");
  t.after(() => connector.stop());
  await publish(0);
  await eventually(() => taken.size === 1, "the first message is taken");
  await pubsub.subscription("deleted-cockpit").delete();
  const isMissed = () => connector.health().detail.includes("there is no subscription deleted-cockpit in project cockpit-tests");
  await eventually(isMissed, "health says that it is not there");
  assert.equal(connector.health().state, "failing");
  const { errors = 0 } = connector.health().counts;
  const states = new Set<string>();
  // By then it waits for eight seconds, which is longer than a stream has to last to be well.
  const until = performance.now() + 13_000;
  await eventually(() => states.add(connector.health().state) && performance.now() > until, "the waits become longer");
  assert.deepEqual([[...states], (connector.health().counts.errors ?? 0) > errors], [["failing"], true]);
  await makeTopic(project, "deleted");
  await publish(1);
  await eventually(() => taken.size === 2, "the second message is taken");
  assert.deepEqual(
    [...taken],
    [0, 1].map((i) => [idOf(i), running]),
  );
});

test("a subscription that is made again and rests is well again without a message", async (t) => {
  const lasting = await startPubSub({ streamMs: 7000 });
  t.after(() => lasting.stop());
  const client = new PubSub({ projectId: project });
  t.after(() => client.close());
  const { connector, running } = await listening("rests");
  t.after(() => connector.stop());
  await client.subscription("rests-cockpit").delete();
  await eventually(() => connector.health().state === "failing", "health says that it is not there");
  await makeTopic(project, "rests");
  await eventually(() => connector.health().state === "running", "it is well again");
  assert.equal(connector.health().detail, running);
});
