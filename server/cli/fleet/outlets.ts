/** Where a watch hands on what it keeps, besides the lake here: `--lake`, `--alerts-topic`, or cockpit.json. */
import { type FleetInput, topicAddress } from "../../protocol/config-schema.ts";
import { bigQueryName } from "../../telemetry/lake/bigquery/table.ts";
import { createAlertsTopic } from "../../telemetry/outlets/alerts-topic.ts";
import { createBigQueryOutlet } from "../../telemetry/outlets/bigquery.ts";
import type { Outlet } from "../../telemetry/outlets/outlet.ts";
import { type Flags, UsageError } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { isBigQuery, tableOf } from "./bigquery.ts";

export function outletsOf(flags: Flags, fleet: FleetInput, { note }: Terminal): Outlet[] {
  const warn = (message: string) => note(`cockpit: ${message}`);
  const outlets: Outlet[] = [];
  const lake = flags.text("lake") ?? fleet.lake;
  if (lake !== undefined && isWritten(lake, flags, fleet)) outlets.push(createBigQueryOutlet(tableOf("--lake", lake, fleet), warn));
  const alerts = flags.text("alertsTopic") ?? fleet.alertsTopic;
  if (alerts !== undefined) outlets.push(createAlertsTopic(topicOf(alerts), warn));
  return outlets;
}

/** Who follows a table does not write to it: what comes from there would go back. */
function isWritten(lake: string, flags: Flags, fleet: FleetInput): boolean {
  if (!isBigQuery(lake)) throw new UsageError(`${JSON.stringify(lake)} is no lake; write --lake bigquery:PROJECT/DATASET`);
  const name = bigQueryName(tableOf("--lake", lake, fleet));
  const isFollowed = flags.list("source").some((it) => isBigQuery(it) && bigQueryName(tableOf("--source", it, fleet)) === name);
  if (isFollowed && flags.text("lake") !== undefined) throw new UsageError(`${name} cannot be followed and written to by the same watcher`);
  return !isFollowed;
}

function topicOf(address: string) {
  const [, project, topic] = topicAddress.exec(address) ?? [];
  if (project && topic) return { project, topic };
  throw new UsageError(`${JSON.stringify(address)} names no topic; write --alerts-topic PROJECT/TOPIC`);
}
