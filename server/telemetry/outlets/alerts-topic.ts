/**
 * Alerts and signals as messages of a Pub/Sub topic, made of the evidence: JSON as a webhook gets it, an agent's in their order, each at least once. What is told twice
 * (a crash, a lost answer) has the same `id`.
 */
import { hash } from "node:crypto";
import type { Topic } from "@google-cloud/pubsub";
import { messageOf } from "../../protocol/message-of.ts";
import { createCounter } from "../counter.ts";
import { isLoginNeeded, loginNeeded } from "../google/account.ts";
import { openPubSub } from "../google/pubsub.ts";
import type { RecordedEvidence } from "../lake/evidence.ts";
import { createOutlet, type Outlet } from "./outlet.ts";

export interface TopicName {
  project: string;
  /** Its short name. */
  topic: string;
}

export function createAlertsTopic({ project, topic: name }: TopicName, warn: (message: string) => void): Outlet {
  const counter = createCounter();
  let opening: Promise<Topic> | undefined;

  async function send(messages: readonly Message[]) {
    opening ??= openTopic(project, name);
    const topic = await opening.catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    const answers = await Promise.allSettled(messages.map((it) => topic.publishMessage(it)));
    const failed = answers.find((it) => it.status === "rejected");
    if (!failed) return counter.add("messages", messages.length);
    // The library holds back all further ones of an agent until it is told to go on.
    for (const key of new Set(messages.map((it) => it.orderingKey))) topic.resumePublishing(key);
    throw failed.reason;
  }

  return createOutlet({
    name: `pubsub:${project}/${name}`,
    begin: (lake) => lake.began.evidence,
    async read(lake, after) {
      const { records, seq } = await lake.evidenceAfter(after);
      return { items: records.flatMap(topicMessages), seq };
    },
    send,
    close: async () => void (await (await opening)?.pubsub.close()),
    problemOf: (error) => topicProblem(error, project, name),
    warn,
    counter,
  });
}

async function openTopic(project: string, name: string): Promise<Topic> {
  const batching = { maxMessages: 100, maxMilliseconds: 10 };
  return (await openPubSub(project)).topic(name, { messageOrdering: true, batching, gaxOpts: { timeout: answerMs } });
}

const answerMs = 10_000;

interface Message {
  json: object;
  attributes: Record<string, string>;
  orderingKey: string;
}

/** Audits are evidence too, and no news. */
function topicMessages({ kind, body, time }: RecordedEvidence): Message[] {
  if (kind === "finding" || typeof body !== "object" || body === null) return [];
  const word = (name: string) => {
    const value: unknown = Reflect.get(body, name);
    return typeof value === "string" ? value : undefined;
  };
  const agentId = word("agentId") ?? "";
  const details =
    kind === "alert"
      ? { alertId: word("id"), alertKind: word("kind"), status: word("status") }
      : { alertId: word("alertId"), signal: word("kind") };
  const attributes = { id: idOf(kind, word, Reflect.get(body, "updated")), kind, agentId, time: new Date(time).toISOString(), ...details };
  const known = Object.entries(attributes).flatMap(([key, value]) => (value ? [[key, value] as const] : []));
  return [{ json: { version: 1, kind, [kind]: body }, attributes: Object.fromEntries(known), orderingKey: agentId }];
}

/** Of what happened, not of when it was recorded: after a crash the same is recorded again. */
function idOf(kind: string, word: (name: string) => string | undefined, updated: unknown): string {
  const parts = kind === "alert" ? [word("id"), word("status"), updated] : [word("kind"), word("agentId"), word("alertId") ?? word("at")];
  return hash("sha256", JSON.stringify([kind, ...parts]), "base64url");
}

/** https://grpc.io/docs/guides/status-codes/ */
function topicProblem(error: unknown, project: string, topic: string): string {
  const said = messageOf(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === 5) return `there is no topic ${topic} in project ${project}; cockpit doctor --project ${project} prints how to make it`;
  if (code === 7) return `this account may not write to topic ${topic}; give it roles/pubsub.publisher on it`;
  if (code === 16 || isLoginNeeded(said)) return loginNeeded;
  return `Pub/Sub does not answer: ${said}`;
}
