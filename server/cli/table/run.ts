/** What watches and steers agents that run. */
import type { CommandSpec } from "./command.ts";
import { format, id, maxGigabytes, noColor, quiet, target } from "./flags.ts";

export const run: readonly CommandSpec[] = [
  {
    name: "fleet watch",
    group: "Run",
    summary: "Take in what agents do as it happens, and tell what is abnormal",
    description:
      "Listens for OpenTelemetry (OTLP over HTTP) on this machine, keeps every event in the Evidence Lake below `.cockpit`, learns what is normal for each agent and tells what is not. Agents stream in with `OTEL_EXPORTER_OTLP_ENDPOINT`. A file is replayed in its own time, as fast as it can be read, and nothing of it is kept; with `--follow` it is one more source that is kept. In a terminal a table shows every agent's health and what it does now, and alerts appear above it; Ctrl-C leaves a report. See docs/live-wire.md.",
    flags: [
      { ...target, description: "the workspace" },
      { flags: "--live", description: "listen, also beside other sources; that is what happens without --source" },
      {
        flags: "--source <name>",
        description: "`otlp`, `file:PATH` (NDJSON, CSV), `gcp:PROJECT/SUBSCRIPTION` or `bigquery:PROJECT/DATASET[/TABLE]`; may be repeated",
        repeatable: true,
      },
      { flags: "--follow", description: "go on with a file as it grows" },
      { flags: "--host <address>", description: "where to listen; one beyond this machine needs COCKPIT_OTLP_TOKEN", default: "127.0.0.1" },
      { flags: "--port <number>", description: "where to listen; 0 for any that is free", default: "4318" },
      {
        flags: "--poll <span>",
        description: "how often a table in BigQuery is asked for what is new; what that costs is said before the first time",
        default: "30s",
      },
      maxGigabytes,
      {
        flags: "--lake <name>",
        description: "write events to BigQuery too: `bigquery:PROJECT/DATASET[/TABLE]` (default: fleet.lake of cockpit.json)",
      },
      {
        flags: "--alerts-topic <name>",
        description: "publish alerts to a Pub/Sub topic: `PROJECT/TOPIC` (default: fleet.alertsTopic of cockpit.json)",
      },
      { flags: "--webhook <url>", description: "post alerts there, signed with COCKPIT_WEBHOOK_SECRET" },
      { flags: "--scores", description: "of a replay: the score of each event too, from 0 to 1" },
      {
        flags: "--agents",
        description: "for programs, with --format json: what each agent does, ten lines a second at most, and who is paused",
      },
      format("pretty", "json"),
      { flags: "--verbose", description: "every agent in full in the report that is left" },
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit fleet watch", does: "listens until Ctrl-C" },
      {
        run: "cockpit fleet watch --source gcp:acme-agents/cockpit-events-cockpit --lake bigquery:acme-agents/cockpit",
        does: "from Cloud Logging into BigQuery",
      },
      { run: "cockpit fleet watch --source file:events.ndjson --format json --scores", does: "scores a recorded stream" },
    ],
    exitCodes: [
      "0: the file was read, or the program that started it or reads its output has ended",
      "2: the command line, cockpit.json, the port or the lake is wrong",
    ],
    load: () => import("../commands/fleet-watch.ts"),
  },
  {
    name: "fleet status",
    group: "Run",
    summary: "Show how each agent is and why, and what it did lately",
    description:
      "Health is the worst of findings and open alerts (docs/fleet.md): critical agents are told in full, those with warnings in a row each, all others in one line. The Evidence Lake gives calls, errors, tokens, cost and latency of each agent over a window of time; who was last heard before it is shown, too, with when that was. Cost of unknown price is said to be unknown. Findings are those of an audit, which reads what has changed since the last. With `--lake` the figures are computed in BigQuery, and what that costs is said; alerts, pauses and who was heard before are always those of this workspace.",
    flags: [
      { ...target, description: "the workspace" },
      { ...id, description: "only this agent" },
      { flags: "--since <span>", description: "how far back: 15m, 1h, 7d", default: "1h" },
      { flags: "--lake <name>", description: "figures from `bigquery:PROJECT/DATASET[/TABLE]`; `bigquery` is fleet.lake of cockpit.json" },
      maxGigabytes,
      { flags: "--no-audit", description: "leave findings out, and look at live data alone" },
      format("pretty", "json", "markdown", "html"),
      { flags: "--verbose", description: "every agent in full" },
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit fleet status --since 24h", does: "the last day" },
      { run: "cockpit fleet status --lake bigquery:acme-agents/cockpit --since 7d", does: "the last week of all watchers" },
      { run: "cockpit fleet status --format html > fleet.html", does: "a page to pass on" },
    ],
    exitCodes: [
      "0: no alert is open, whatever an audit found",
      "1: there are open alerts",
      "2: the command line, cockpit.json or BigQuery is wrong, or the target or the lake cannot be read",
    ],
    load: () => import("../commands/fleet-status.ts"),
  },
  {
    name: "fleet export",
    group: "Run",
    summary: "Write the events of the lake into a file or to BigQuery",
    description:
      "NDJSON holds every event exactly and can be read again with `fleet watch --source file:PATH`. CSV is for spreadsheets: texts that one would take for formulas get a quotation mark in front. Parquet is for data warehouses and notebooks. The file appears when it is whole; one that is there is replaced. With `--to` a table in BigQuery gets the events that it does not have yet, day by day, so an export may be repeated.",
    flags: [
      { ...target, description: "the workspace" },
      { ...id, description: "only this agent" },
      { flags: "--since <span>", description: "how far back: 1h, 7d; default: everything" },
      {
        flags: "--format <name>",
        description: "how the events are written; default: as the file is named, .csv or .parquet, else ndjson",
        choices: ["ndjson", "csv", "parquet"],
      },
      { flags: "-o, --output <file>", description: "where to; without it to the standard output", completes: "path" },
      {
        flags: "--to <table>",
        description: "instead of a file: `bigquery:PROJECT/DATASET[/TABLE]`; `bigquery` is fleet.lake of cockpit.json",
      },
      maxGigabytes,
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit fleet export --since 7d -o week.ndjson", does: "the last week" },
      { run: "cockpit fleet export -o fleet.parquet", does: "everything, for a warehouse" },
      { run: "cockpit fleet export --to bigquery:acme-agents/cockpit", does: "what is not there yet" },
    ],
    exitCodes: ["0: done", "2: the command line is wrong, there is no lake, or the file or table cannot be written"],
    load: () => import("../commands/fleet-export.ts"),
  },
  {
    name: "fleet mothball",
    group: "Run",
    summary: "Pause an agent",
    description:
      "Its next call of a model is refused, with an error that says who paused it, when and why. It is reversible, needs no restart, and is kept as evidence. Without `--apply` it is only planned.",
    flags: [
      { ...target, description: "the workspace" },
      { flags: "--id <agent>", description: "the agent, or `*` for all" },
      { flags: "--reason <text>", description: "why: the agent's own error says it" },
      { flags: "--by <name>", description: "who says so; default: you" },
      { flags: "-f, --apply", description: "do it; without it nothing is written" },
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [{ run: 'cockpit fleet mothball --id billing --reason "runaway loop" -f', does: "pauses one agent" }],
    exitCodes: ["0: it is paused", "1: it would be", "2: the command line or mothball.json is wrong"],
    load: () => import("../commands/fleet-mothball.ts"),
  },
  {
    name: "fleet resume",
    group: "Run",
    summary: "Let a paused agent go on",
    description:
      "Takes the pause back; the agent's next call goes through, without a restart. The pause of all agents and that of one are apart: who was paused by both stays so until both are taken back. Kept as evidence. Without `--apply` it is only planned.",
    flags: [
      { ...target, description: "the workspace" },
      { flags: "--id <agent>", description: "the agent, or `*` for the pause of all" },
      { flags: "--reason <text>", description: "why: kept as evidence" },
      { flags: "--by <name>", description: "who says so; default: you" },
      { flags: "-f, --apply", description: "do it; without it nothing is written" },
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [{ run: 'cockpit fleet resume --id billing --reason "the loop is mended" -f', does: "one agent goes on" }],
    exitCodes: [
      "0: it is not paused",
      "1: it would be resumed, or stays paused with all agents",
      "2: the command line or mothball.json is wrong",
    ],
    load: () => import("../commands/fleet-resume.ts"),
  },
];
