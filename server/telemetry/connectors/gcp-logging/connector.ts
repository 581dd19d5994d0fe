/**
 * Cloud Logging entries through a Pub/Sub subscription. A message is acknowledged when its event is durable, and is held, its deadline extended by the library, until it is:
 * returning it would count as a failed delivery, and after a few of those it would be dead-lettered because our disk was full.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Message, Subscription } from "@google-cloud/pubsub";
import { createCounter } from "../../counter.ts";
import type { Connector, ConnectorHealth, Intake } from "../connector.ts";
import { createHolding, type Holding } from "./holding.ts";
import { readLogEntry } from "./log-entry.ts";
import { hasEnded, openSubscription, problemOf, subscriptionProblem } from "./subscription.ts";

export interface GcpLoggingOptions {
  project: string;
  /** Its short name. */
  subscription: string;
  /** Flow control: no more messages, nor bytes of them, are held at once. */
  maxMessages?: number;
  maxBytes?: number;
  /** For how long a message stays ours without a word from us: should this process die, it comes again after it. 10..600. */
  leaseSeconds?: number;
  /** Health shows a stall when a message waits longer for the disk. */
  stallMs?: number;
}

export function createGcpLoggingConnector(options: GcpLoggingOptions): Connector {
  const { project, subscription: name, stallMs = 10_000 } = options;
  const counter = createCounter();
  let state: ConnectorHealth["state"] = "starting";
  let problem = "";
  let holding: Holding | undefined;
  let subscription: Subscription | undefined;
  /** Its stream has closed; another one is about to be opened. */
  let broken: Subscription | undefined;
  let failures = 0;

  function becomeWell() {
    failures = 0;
    if (state === "failing") [state, problem] = ["running", ""];
  }

  /** Where no message comes, a stream that lasts is well. */
  async function restWell(opened: Subscription) {
    await delay(wellAfterMs, undefined, { ref: false });
    if (subscription === opened && broken !== opened) becomeWell();
  }

  function receive(message: Message) {
    becomeWell();
    if (message.deliveryAttempt > 1) counter.add("redelivered");
    const read = message.length > largest ? { malformed: "too large" } : readLogEntry(message.data.toString("utf8"));
    problem = "malformed" in read ? `a message cannot be read: ${read.malformed}` : "";
    if ("event" in read) return holding?.hold({ event: read.event, message });
    if ("skipped" in read) {
      counter.add("skipped");
      return message.ack();
    }
    giveUp(message);
  }

  /** Pub/Sub counts deliveries only where a dead-letter policy takes the message away in the end; elsewhere it would come for ever. */
  function giveUp(message: Message) {
    counter.add("malformed");
    if (message.deliveryAttempt === 0) return message.ack();
    counter.add("returned for the dead-letter topic");
    message.nack();
  }

  function listen(opened: Subscription) {
    subscription = opened;
    opened.on("message", receive);
    opened.on("error", failed);
    opened.on("close", () => {
      if (hasEnded(state) || subscription !== opened) return;
      broken = opened;
      void listenAgain();
    });
  }

  function failed(error: unknown) {
    if (hasEnded(state)) return;
    counter.add("errors");
    state = "failing";
    problem = problemOf(error, project, name);
  }

  async function listenAgain() {
    while (!hasEnded(state)) {
      await delay(Math.min(1000 * 2 ** failures++, 60_000), undefined, { ref: false });
      if (!hasEnded(state) && (await isListening())) return;
    }
  }

  async function isListening(): Promise<boolean> {
    try {
      const old = subscription;
      subscription = undefined;
      await old?.pubsub.close();
      const opened = await openSubscription(options);
      if (hasEnded(state)) await opened.pubsub.close();
      else listen(opened);
      void restWell(opened);
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  return {
    name: `gcp-logging:${project}/${name}`,
    async start(intake: Intake) {
      const opened = await openSubscription(options).catch((error: unknown) => {
        throw new Error(problemOf(error, project, name), { cause: error });
      });
      const wrong = await subscriptionProblem(opened, project, name);
      if (wrong) {
        await opened.pubsub.close();
        state = "failing";
        problem = wrong;
        throw new Error(wrong);
      }
      holding = createHolding(intake, counter);
      state = "running";
      listen(opened);
    },
    async stop() {
      state = "stopped";
      const closed = subscription?.close();
      await holding?.stop();
      await closed;
      await subscription?.pubsub.close();
    },
    health() {
      const stalledMs = holding?.oldestMs() ?? 0;
      const counts = counter.all();
      if (state === "running" && stalledMs > stallMs)
        return {
          state: "failing",
          detail: `nothing could be kept for ${Math.round(stalledMs / 1000)} s; ${holding?.size()} messages wait${holding?.problem()}`,
          counts,
        };
      return { state, detail: [`${state}, ${project}/${name}`, problem].filter(Boolean).join(": "), counts };
    },
  };
}

/** What is wrong with a subscription shows within moments. */
const wellAfterMs = 5000;
/** A log entry has at most 256 KiB (https://docs.cloud.google.com/logging/quotas). */
const largest = 1 << 20;
