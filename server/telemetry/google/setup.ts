/** What Live Wire needs in Google Cloud so that log entries reach it and its lake is in BigQuery: as commands for a person, or made. */
import { messageOf } from "../../protocol/message-of.ts";
import { open } from "../lake/bigquery/table.ts";
import { bigQueryParts } from "./bigquery-parts.ts";
import { gcloud } from "./gcloud.ts";
import { gcloudParts } from "./gcloud-parts.ts";
import { type GoogleNames, resolved } from "./names.ts";
import type { Part, SetupStep, Tools } from "./part.ts";
import { openPubSub } from "./pubsub.ts";
import { pubSubParts } from "./pubsub-parts.ts";

/** All of them, in the order to run them. Throws when a name is none. */
export const setupSteps = (names: GoogleNames): SetupStep[] => partsOf(names).map(({ title, what, command }) => ({ title, what, command }));

function partsOf(names: GoogleNames): Part[] {
  const all = resolved(names);
  return [...pubSubParts(all), ...gcloudParts(all), ...bigQueryParts(all)];
}

export interface DoneStep extends SetupStep {
  /** `found`: it was there before, and is left as it is. `left`: it could not be made. */
  state: "made" | "found" | "left";
  /** Why it was left. */
  why?: string;
}

/** Makes what is not there. Running it again changes nothing. */
export async function applySetup(names: GoogleNames, parts: readonly Part[] = partsOf(names)): Promise<DoneStep[]> {
  const pubsub = await openPubSub(names.project);
  try {
    const tools = { pubsub, gcloud, bigquery: await open(resolved(names).lake) };
    const done: DoneStep[] = [];
    for (const it of parts) done.push(await apply(it, tools));
    return done;
  } finally {
    await pubsub.close();
  }
}

async function apply({ make, ...step }: Part, tools: Tools): Promise<DoneStep> {
  try {
    return { ...step, state: (await make(tools)) ? "made" : "found" };
  } catch (error) {
    return { ...step, state: "left", why: messageOf(error) };
  }
}
