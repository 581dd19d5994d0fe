/** A client for Pub/Sub. */
import type { PubSub } from "@google-cloud/pubsub";

/** Rejects when Google knows no account here: the library itself would end the process for it, by a rejection that nobody can handle. */
export async function openPubSub(project: string): Promise<PubSub> {
  const { PubSub } = await import("../connectors/gcp-logging/google-pubsub.ts");
  const pubsub = new PubSub({ projectId: project });
  if (!process.env.PUBSUB_EMULATOR_HOST) await pubsub.auth.getClient();
  return pubsub;
}
