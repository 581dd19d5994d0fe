/** One thing that Live Wire needs in Google Cloud: the command that makes it, and how it is made where it is not there. */
import type { PubSub } from "@google-cloud/pubsub";
import type { Opened } from "../lake/bigquery/table.ts";

export interface SetupStep {
  /** What for, a few words. */
  title: string;
  /** `topic cockpit-events`. */
  what: string;
  /** One line of shell. */
  command: string;
}

export interface Part extends SetupStep {
  /** Who makes it. Where one does not answer, the others may. */
  by: "Pub/Sub" | "BigQuery" | "gcloud";
  /** Whether it had to be made. Rejects when it could not be. */
  make(tools: Tools): Promise<boolean>;
}

export interface Tools {
  pubsub: PubSub;
  bigquery: Opened;
  /** Its output. Rejects with what it said when it fails. */
  gcloud(...args: string[]): Promise<string>;
}

/** Milliseconds in which something has been made, or its maker does not answer. */
export const answerMs = 10_000;

/** As an argument in a shell. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
