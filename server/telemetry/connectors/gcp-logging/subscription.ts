/** The subscription as Google's library has it. The library is large: it is loaded when a connector starts, never before. */
import type { Subscription } from "@google-cloud/pubsub";
import { messageOf } from "../../../protocol/message-of.ts";
import { isLoginNeeded, loginNeeded } from "../../google/account.ts";
import { openPubSub } from "../../google/pubsub.ts";
import type { ConnectorHealth } from "../connector.ts";
import type { GcpLoggingOptions } from "./connector.ts";

export async function openSubscription({
  project,
  subscription,
  maxMessages = 2000,
  maxBytes = 64 << 20,
  leaseSeconds = 30,
}: GcpLoggingOptions): Promise<Subscription> {
  const { Duration, SubscriptionCloseBehaviors } = await import("./google-pubsub.ts");
  const pubsub = await openPubSub(project);
  return pubsub.subscription(subscription, {
    // Messages beyond what may be held are left with Pub/Sub, not in our memory.
    flowControl: { maxMessages, maxBytes, allowExcessMessages: false },
    // One stream takes more than the disk does, and keeps an ordering key's messages in order.
    streamingOptions: { maxStreams: 1 },
    minAckDeadline: Duration.from({ seconds: leaseSeconds }),
    maxAckDeadline: Duration.from({ seconds: leaseSeconds }),
    // What the library gives up is delivered again, held a second time, and in the end a dead letter. Pub/Sub keeps nothing longer.
    maxExtensionTime: Duration.from({ hours: 31 * 24 }),
    closeOptions: { behavior: SubscriptionCloseBehaviors.WaitForProcessing, timeout: Duration.from({ seconds: closeAfterSeconds }) },
  });
}

const closeAfterSeconds = 15;

/** What is wrong with it and what to do; undefined when it is there, or when we may only read from it. */
export async function subscriptionProblem(subscription: Subscription, project: string, name: string): Promise<string | undefined> {
  try {
    await subscription.getMetadata({ timeout: 20_000 });
    return undefined;
  } catch (error) {
    return codeOf(error) === permissionDenied ? undefined : problemOf(error, project, name);
  }
}

export function problemOf(error: unknown, project: string, name: string): string {
  const said = messageOf(error);
  const code = codeOf(error);
  if (code === notFound)
    return `there is no subscription ${name} in project ${project}; cockpit doctor --project ${project} prints how to make it`;
  if (code === permissionDenied) return `subscription ${name} may not be read; give this account roles/pubsub.subscriber on it`;
  if (code === unauthenticated || isLoginNeeded(said)) return loginNeeded;
  return `Pub/Sub does not answer for ${project}/${name}: ${said}`;
}

/** https://grpc.io/docs/guides/status-codes/ */
const notFound = 5;
const permissionDenied = 7;
const unauthenticated = 16;
const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? error.code : undefined);

export const hasEnded = (state: ConnectorHealth["state"]) => state === "stopped";
