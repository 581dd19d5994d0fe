/** What Google Cloud needs so that log entries reach us: as commands for a person, or made with the library as far as that can. */
import type { PubSub } from "@google-cloud/pubsub";

export interface GoogleNames {
  project: string;
  /** Topic; also the first part of every other name. `cockpit-events` by default. */
  topic?: string;
  /** Which entries are sent, in Logging's query language. */
  filter?: string;
}

export interface SetupStep {
  /** What for, a few words. */
  title: string;
  /** One line of shell. */
  command: string;
}

/** Entries that name a model or an operation of an agent, however deep. */
const defaultFilter =
  'jsonPayload."gen_ai.operation.name":* OR jsonPayload.attributes."gen_ai.operation.name":* OR labels."gen_ai.operation.name":* OR jsonPayload.agentId:* OR jsonPayload.agent_id:*';

/** All of them, in the order to run them. */
export function setupSteps(names: GoogleNames): SetupStep[] {
  const { project, topic, dead, subscription, filter } = resolved(names);
  const inProject = `--project=${project}`;
  const serviceAgent = `service-$(gcloud projects describe ${project} --format='value(projectNumber)')@gcp-sa-pubsub.iam.gserviceaccount.com`;
  return [
    { title: "topic for the entries", command: `gcloud pubsub topics create ${topic} ${inProject}` },
    { title: "topic for what cannot be read", command: `gcloud pubsub topics create ${dead} ${inProject}` },
    { title: "keep what cannot be read", command: `gcloud pubsub subscriptions create ${dead} --topic=${dead} ${inProject}` },
    {
      title: "subscription for the cockpit",
      command: `gcloud pubsub subscriptions create ${subscription} --topic=${topic} --ack-deadline=60 --enable-message-ordering --message-retention-duration=7d --min-retry-delay=10s --max-retry-delay=600s --dead-letter-topic=${dead} --max-delivery-attempts=5 ${inProject}`,
    },
    {
      title: "let Pub/Sub write to the dead-letter topic",
      command: `gcloud pubsub topics add-iam-policy-binding ${dead} --member="serviceAccount:${serviceAgent}" --role=roles/pubsub.publisher ${inProject}`,
    },
    {
      title: "let Pub/Sub take from the subscription what it dead-letters",
      command: `gcloud pubsub subscriptions add-iam-policy-binding ${subscription} --member="serviceAccount:${serviceAgent}" --role=roles/pubsub.subscriber ${inProject}`,
    },
    {
      title: "send log entries to the topic",
      command: `gcloud logging sinks create ${topic} pubsub.googleapis.com/projects/${project}/topics/${topic} --log-filter=${quoted(filter)} ${inProject}`,
    },
    {
      title: "let Logging write to the topic",
      command: `gcloud pubsub topics add-iam-policy-binding ${topic} --member="$(gcloud logging sinks describe ${topic} --format='value(writerIdentity)' ${inProject})" --role=roles/pubsub.publisher ${inProject}`,
    },
  ];
}

export interface Applied {
  made: string[];
  /** Were there before; they are left as they are. */
  found: string[];
  /** What the library cannot make: Logging's sinks, and rights for accounts that Google made. */
  left: SetupStep[];
}

/** Makes topics and subscriptions that are not there. Running it again changes nothing. */
export async function applySetup(names: GoogleNames): Promise<Applied> {
  const { PubSub } = await import("./google-pubsub.ts");
  const pubsub = new PubSub({ projectId: names.project });
  try {
    return await makeParts(pubsub, names);
  } finally {
    await pubsub.close();
  }
}

async function makeParts(pubsub: PubSub, names: GoogleNames): Promise<Applied> {
  const { topic, dead, subscription } = resolved(names);
  const made: string[] = [];
  const found: string[] = [];
  const make = async (what: string, call: () => Promise<unknown>) => ((await isNew(call)) ? made : found).push(what);
  await make(`topic ${topic}`, () => pubsub.createTopic(topic));
  await make(`topic ${dead}`, () => pubsub.createTopic(dead));
  await make(`subscription ${dead}`, () => pubsub.createSubscription(pubsub.topic(dead), dead));
  await make(`subscription ${subscription}`, () =>
    pubsub.createSubscription(pubsub.topic(topic), subscription, {
      ackDeadlineSeconds: 60,
      enableMessageOrdering: true,
      messageRetentionDuration: { seconds: 7 * 24 * 60 * 60 },
      retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } },
      deadLetterPolicy: { deadLetterTopic: `projects/${names.project}/topics/${dead}`, maxDeliveryAttempts: 5 },
    }),
  );
  return { made, found, left: setupSteps(names).slice(made.length + found.length) };
}

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

/** Names go into a shell's line: only what Google allows in them passes (https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names). */
function resolved({ project, topic = "cockpit-events", filter = defaultFilter }: GoogleNames) {
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)) throw new Error(`${JSON.stringify(project)} is no id of a Google Cloud project`);
  if (!/^(?!goog)[A-Za-z][\w.-]{2,200}$/.test(topic))
    throw new Error(`${JSON.stringify(topic)} is no name of a topic: letters, digits, - _ and .`);
  return { project, topic, filter, dead: `${topic}-dead`, subscription: `${topic}-cockpit` };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
