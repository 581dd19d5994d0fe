/** Topics and subscriptions. */
import type { ResolvedNames } from "./names.ts";
import { answerMs, type Part } from "./part.ts";

export function pubSubParts({ project, topic, dead, subscription, alertsTopic }: ResolvedNames): Part[] {
  const inProject = `--project=${project}`;
  const topicPart = (title: string, name: string): Part => ({
    by: "Pub/Sub",
    title,
    what: `topic ${name}`,
    command: `gcloud pubsub topics create ${name} ${inProject}`,
    make: ({ pubsub }) => isNew(() => pubsub.createTopic(name, gaxOpts)),
  });
  return [
    topicPart("topic for the entries", topic),
    topicPart("topic for what cannot be read", dead),
    {
      by: "Pub/Sub",
      title: "keep what cannot be read",
      what: `subscription ${dead}`,
      command: `gcloud pubsub subscriptions create ${dead} --topic=${dead} --expiration-period=never ${inProject}`,
      make: ({ pubsub }) => isNew(() => pubsub.createSubscription(pubsub.topic(dead), dead, { expirationPolicy: never, gaxOpts })),
    },
    {
      by: "Pub/Sub",
      title: "subscription for the cockpit",
      what: `subscription ${subscription}`,
      command: `gcloud pubsub subscriptions create ${subscription} --topic=${topic} --ack-deadline=60 --enable-message-ordering --message-retention-duration=7d --expiration-period=never --min-retry-delay=10s --max-retry-delay=600s --dead-letter-topic=${dead} --max-delivery-attempts=5 ${inProject}`,
      make: ({ pubsub }) =>
        isNew(() =>
          pubsub.createSubscription(pubsub.topic(topic), subscription, {
            ackDeadlineSeconds: 60,
            enableMessageOrdering: true,
            messageRetentionDuration: { seconds: 7 * 24 * 60 * 60 },
            expirationPolicy: never,
            retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } },
            deadLetterPolicy: { deadLetterTopic: `projects/${project}/topics/${dead}`, maxDeliveryAttempts: 5 },
            gaxOpts,
          }),
        ),
    },
    ...(alertsTopic === undefined ? [] : [topicPart("topic for alerts", alertsTopic)]),
  ];
}

/** Without a word Pub/Sub removes a subscription that nobody has read for 31 days (https://docs.cloud.google.com/pubsub/docs/subscription-properties#expiration). */
const never = {};

const gaxOpts = { timeout: answerMs };

async function isNew(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === alreadyExists) return false;
    throw error;
  }
}

const alreadyExists = 6;
