/** What Live Wire needs in Google Cloud so that log entries reach it and its lake is in BigQuery: as commands for a person, or made. */
import { messageOf } from "../../protocol/message-of.ts";
import { open } from "../lake/bigquery/table.ts";
import { isLoginNeeded, loginNeeded } from "./account.ts";
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
    const silent: Silent = new Map();
    for (const it of parts) done.push(await apply(it, tools, silent));
    return done;
  } finally {
    await pubsub.close();
  }
}

/** Who did not answer, and what is said of it: they are not asked again. */
type Silent = Map<Part["by"], string>;

async function apply({ make, by, ...step }: Part, tools: Tools, silent: Silent): Promise<DoneStep> {
  const before = silent.get(by);
  if (before !== undefined) return { ...step, state: "left", why: before };
  try {
    return { ...step, state: (await make(tools)) ? "made" : "found" };
  } catch (error) {
    const said = messageOf(error);
    if (isNoAnswer(error)) silent.set(by, `${by} does not answer: ${said}`);
    return { ...step, state: "left", why: silent.get(by) ?? (isLoginNeeded(said) ? loginNeeded : said) };
  }
}

/** Of gRPC (https://grpc.io/docs/guides/status-codes/: too late, out of reach) and of Node's sockets. */
const noAnswer: ReadonlySet<unknown> = new Set([4, 14, "ETIMEDOUT", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);
const isNoAnswer = (error: unknown) => error instanceof Error && "code" in error && noAnswer.has(error.code);
