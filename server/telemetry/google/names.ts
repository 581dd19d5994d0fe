/** Names go into a shell's line: only what Google allows in them passes (https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names). */
import type { BigQueryNames } from "../lake/bigquery/table.ts";

export interface GoogleNames {
  project: string;
  /** Topic; also the first part of every other name. `cockpit-events` by default. */
  topic?: string;
  /** Which entries are sent, in Logging's query language. */
  filter?: string;
  /** Where alerts are published, if anywhere. */
  alertsTopic?: string;
  /** The lake in BigQuery; `cockpit.events` of the project by default. */
  lake?: BigQueryNames;
}

export interface ResolvedNames {
  project: string;
  topic: string;
  dead: string;
  subscription: string;
  filter: string;
  alertsTopic: string | undefined;
  lake: BigQueryNames & { dataset: string; table: string };
}

/** Entries that name an operation of an agent, flat or nested, or an agent of ours. */
const defaultFilter =
  'jsonPayload."gen_ai.operation.name":* OR jsonPayload.gen_ai.operation.name:* OR jsonPayload.attributes."gen_ai.operation.name":* OR labels."gen_ai.operation.name":* OR jsonPayload.agentId:* OR jsonPayload.agent_id:*';

export function resolved({ project, topic = "cockpit-events", filter = defaultFilter, alertsTopic, lake }: GoogleNames): ResolvedNames {
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)) throw new Error(`${JSON.stringify(project)} is no id of a Google Cloud project`);
  for (const it of [topic, ...(alertsTopic === undefined ? [] : [alertsTopic])])
    if (!/^(?!goog)[A-Za-z][\w.-]{2,200}$/.test(it))
      throw new Error(`${JSON.stringify(it)} is no name of a topic: letters, digits, - _ and .`);
  if (/\p{Cc}/u.test(filter)) throw new Error("the filter of log entries has to be one line");
  const table = { project, dataset: "cockpit", table: "events", ...lake };
  if (table.location !== undefined && !/^[A-Za-z][\w-]{1,60}$/.test(table.location))
    throw new Error(`${JSON.stringify(table.location)} is no location of BigQuery`);
  return { project, topic, filter, dead: `${topic}-dead`, subscription: `${topic}-cockpit`, alertsTopic, lake: table };
}
