/** What `cockpit doctor` says of Google Cloud, when a project is named: the set-up as commands, or what became of each with `--apply`. */
import { bigQueryAddress, type FleetInput, topicAddress } from "../protocol/config-schema.ts";
import { messageOf } from "../protocol/message-of.ts";
import { isLoginNeeded, loginNeeded } from "../telemetry/google/account.ts";
import type { GoogleNames } from "../telemetry/google/names.ts";
import { applySetup, type DoneStep, setupSteps } from "../telemetry/google/setup.ts";
import type { BigQueryNames } from "../telemetry/lake/bigquery/table.ts";
import { type Flags, UsageError } from "./flags.ts";
import { printable, type Terminal } from "./terminal.ts";

export interface GoogleSetup {
  project: string;
  /** `planned` without `--apply`: nothing was asked. */
  steps: (Omit<DoneStep, "state"> & { state: DoneStep["state"] | "planned" })[];
  /** What to run then. */
  watch: string;
}

/** Undefined when no project is named, on the command line or in cockpit.json. */
export async function googleSetup(flags: Flags, fleet: FleetInput = {}): Promise<GoogleSetup | undefined> {
  const project = flags.text("project") ?? fleet.google?.project;
  if (project === undefined) {
    if (flags.on("apply")) throw new UsageError("--apply makes what Live Wire needs in Google Cloud; name the project with --project");
    return undefined;
  }
  const names = namesOf(project, fleet);
  const watch = `cockpit fleet watch --source gcp:${project}/${names.topic ?? "cockpit-events"}-cockpit --lake ${lakeText(names)}`;
  try {
    const planned = setupSteps(names).map((it) => ({ ...it, state: "planned" as const }));
    return { project, steps: flags.on("apply") ? await applySetup(names) : planned, watch };
  } catch (error) {
    const said = messageOf(error);
    throw new UsageError(isLoginNeeded(said) ? loginNeeded : said);
  }
}

function namesOf(project: string, { google = {}, lake, alertsTopic }: FleetInput): GoogleNames {
  const { topic, filter, location, keepDays } = google;
  const [, lakeProject, dataset, table] = bigQueryAddress.exec(lake ?? "") ?? [];
  const [, topicProject, alerts] = topicAddress.exec(alertsTopic ?? "") ?? [];
  const names: BigQueryNames = { project: lakeProject ?? project };
  if (dataset) names.dataset = dataset;
  if (table) names.table = table;
  if (location) names.location = location;
  if (keepDays) names.keepDays = keepDays;
  return {
    project,
    ...(topic ? { topic } : {}),
    ...(filter ? { filter } : {}),
    lake: names,
    ...(alerts && topicProject === project ? { alertsTopic: alerts } : {}),
  };
}

const lakeText = ({ project, lake }: GoogleNames) =>
  `bigquery:${lake?.project ?? project}/${lake?.dataset ?? "cockpit"}${lake?.table ? `/${lake.table}` : ""}`;

export function setupText({ project, steps, watch }: GoogleSetup, { colors }: Terminal): string {
  const isPlanned = steps.some((it) => it.state === "planned");
  const head = `Google Cloud, project ${project}${isPlanned ? ": what Live Wire needs; --apply makes what is missing" : ""}`;
  const lines = steps.flatMap((it) => (isPlanned ? [colors.dim(`# ${it.title}`), it.command] : doneLines(it, { colors })));
  return ["", head, "", ...lines, ...(isPlanned ? [colors.dim("# then")] : [""]), watch].map((it) => `${it}\n`).join("");
}

function doneLines({ state, what, why, command }: GoogleSetup["steps"][number], { colors }: Pick<Terminal, "colors">): string[] {
  if (state !== "left") return [`${state === "made" ? colors.green("made   ") : colors.dim("found  ")}  ${what}`];
  return [`${colors.red("left   ")}  ${what}: ${printable((why ?? "").replace(/\s+/g, " "))}`, `         ${command}`];
}
