/** What only gcloud makes: Logging's sink, and rights of accounts that Google made. It is asked first what is there, because making a sink again fails and granting again says nothing. */
import * as z from "zod";
import type { ResolvedNames } from "./names.ts";
import { type Part, quoted, type Tools } from "./part.ts";

export function gcloudParts({ project, topic, dead, subscription, filter }: ResolvedNames): Part[] {
  const inProject = `--project=${project}`;
  const number = ["projects", "describe", project, "--format=value(projectNumber)"];
  const pubSubAgent = (projectNumber: string) => `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  const agentInShell = `"${pubSubAgent(`$(${shown(number)})`)}"`;
  const writer = ["logging", "sinks", "describe", topic, "--format=value(writerIdentity)", inProject];
  const grant = (
    title: string,
    what: string,
    on: Resource,
    role: string,
    member: string,
    memberOf: (tools: Tools) => Promise<string>,
  ): Part => ({
    by: "gcloud",
    title,
    what,
    command: `gcloud pubsub ${on.kind} add-iam-policy-binding ${on.name} --member=${member} --role=${role} ${inProject}`,
    make: async (tools) => isGranted(tools, on, role, await memberOf(tools), inProject),
  });
  const ofPubSub = async ({ gcloud }: Tools) => pubSubAgent(await gcloud(...number));
  return [
    grant(
      "let Pub/Sub write to the dead-letter topic",
      `right of Pub/Sub to write to topic ${dead}`,
      { kind: "topics", name: dead },
      "roles/pubsub.publisher",
      agentInShell,
      ofPubSub,
    ),
    grant(
      "let Pub/Sub take from the subscription what it dead-letters",
      `right of Pub/Sub to take from subscription ${subscription}`,
      { kind: "subscriptions", name: subscription },
      "roles/pubsub.subscriber",
      agentInShell,
      ofPubSub,
    ),
    {
      by: "gcloud",
      title: "send log entries to the topic",
      what: `log sink ${topic}`,
      command: `gcloud logging sinks create ${topic} pubsub.googleapis.com/projects/${project}/topics/${topic} --log-filter=${quoted(filter)} ${inProject}`,
      async make({ gcloud }) {
        if ((await gcloud("logging", "sinks", "list", `--filter=name=${topic}`, "--format=value(name)", inProject)) === topic) return false;
        const to = `pubsub.googleapis.com/projects/${project}/topics/${topic}`;
        await gcloud("logging", "sinks", "create", topic, to, `--log-filter=${filter}`, inProject);
        return true;
      },
    },
    grant(
      "let Logging write to the topic",
      `right of Logging to write to topic ${topic}`,
      { kind: "topics", name: topic },
      "roles/pubsub.publisher",
      `"$(${shown(writer)})"`,
      ({ gcloud }) => gcloud(...writer),
    ),
  ];
}

interface Resource {
  kind: "topics" | "subscriptions";
  name: string;
}

const policy = z.object({ bindings: z.array(z.object({ role: z.string(), members: z.array(z.string()).default([]) })).default([]) });

async function isGranted({ gcloud }: Tools, { kind, name }: Resource, role: string, member: string, inProject: string): Promise<boolean> {
  const text = await gcloud("pubsub", kind, "get-iam-policy", name, "--format=json", inProject);
  const { bindings } = policy.parse(JSON.parse(text));
  if (bindings.some((it) => it.role === role && it.members.includes(member))) return false;
  await gcloud("pubsub", kind, "add-iam-policy-binding", name, `--member=${member}`, `--role=${role}`, inProject);
  return true;
}

const shown = (args: readonly string[]) =>
  ["gcloud", ...args.map((it) => (/[()]/.test(it) ? it.replace(/=(.*)$/, "='$1'") : it))].join(" ");
