/** Every command, flag and example: `--help`, docs/cli.md and shell completion are all made from this table. */
import { severities } from "../engine/finding.ts";
import { formats, providers } from "../protocol/auth.ts";
import { partIds, scaffoldLanguages } from "../protocol/scaffold.ts";
import type { Flags } from "./flags.ts";
import type { Terminal } from "./terminal.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;

export interface FlagSpec {
  /** As commander writes them: `-t, --target <path>`. */
  flags: string;
  description: string;
  choices?: readonly string[];
  default?: string;
  repeatable?: boolean;
  /** What a value is, for completion. */
  completes?: "path" | "rule";
}

export interface ArgumentSpec {
  name: string;
  description: string;
  required: boolean;
  choices?: readonly string[];
  completes?: "rule";
  /** One or more words; `command` is a whole command line with flags of its own, after `--`. */
  many?: "words" | "command";
}

export interface CommandSpec {
  /** One word, or two: those with the same first word are its subcommands. */
  name: string;
  /** The part of an agent's life that it belongs to. */
  group: "Build" | "Certify" | "Run" | "Govern";
  summary: string;
  /** More than the summary, in Markdown. */
  description: string;
  argument?: ArgumentSpec;
  flags: readonly FlagSpec[];
  examples: readonly { run: string; does: string }[];
  exitCodes: readonly string[];
  /** For other programs to call: in no help, page or completion. */
  isHidden?: boolean;
  /** Loads the command's own code only when it runs. */
  load(): Promise<{ run(flags: Flags, terminal: Terminal): Promise<number> }>;
}

const target: FlagSpec = {
  flags: "-t, --target <path>",
  description: "file or folder to look at",
  default: ".",
  completes: "path",
};
const id: FlagSpec = { flags: "--id <agent>", description: "only this agent, by the id that discover shows" };
const rule: FlagSpec = {
  flags: "--rule <id>",
  description: "only this rule, even if the configuration turns it off; may be repeated",
  repeatable: true,
  completes: "rule",
};
const publicNames: FlagSpec = {
  flags: "--public <names>",
  description: "packages that are public, besides publicPackages of cockpit.json; commas between them, may be repeated",
  repeatable: true,
};
const noCache: FlagSpec = { flags: "--no-cache", description: "read every file again" };
const quiet: FlagSpec = { flags: "-q, --quiet", description: "the result alone: no progress, hints or summary" };
const noColor: FlagSpec = { flags: "--no-color", description: "no colours (NO_COLOR and FORCE_COLOR are honoured too)" };
const maxGigabytes: FlagSpec = {
  flags: "--max-gigabytes <number>",
  description: "a query in BigQuery that would read more is refused (default: fleet.google.maxGigabytes of cockpit.json, or 10)",
};
const format = (...choices: string[]): FlagSpec => ({
  flags: "--format <name>",
  description: "how to show the result",
  choices,
  default: choices[0] ?? "",
});

const usageExit = "2: the command line or cockpit.json is wrong, or the target cannot be read";

export const commands: readonly CommandSpec[] = [
  {
    name: "discover",
    group: "Build",
    summary: "List the agents of a workspace",
    description:
      "Shows every agent: its id, folder, dominant language, the frameworks and model SDKs that its code imports, and the files to start it by; in JSON also its owners, as CODEOWNERS names them.",
    flags: [target, id, format("pretty", "json"), quiet, noColor],
    examples: [
      { run: "cockpit discover", does: "the agents below this folder" },
      { run: "cockpit discover -t fleet --format json", does: "the same for other programs" },
    ],
    exitCodes: ["0: done, even when there are no agents", usageExit],
    load: () => import("./commands/discover.ts"),
  },
  {
    name: "scaffold",
    group: "Build",
    summary: "Generate what an agent lacks, in its own language",
    description:
      "Plans the files and the dependencies of each part and shows them as a unified diff; with `--apply` it writes them, all or none. A file that was there before is never overwritten: what would be generated is shown beside it. Run again, it brings what it generated up to date and keeps what you changed, or says why it cannot.",
    flags: [
      target,
      { ...id, description: "the agent, by the id that discover shows; needed where there are several" },
      { flags: "--language <name>", description: "in which language (default: the agent's dominant one)", choices: scaffoldLanguages },
      {
        flags: "--with <part>",
        description: "only this part; may be repeated",
        choices: partIds,
        repeatable: true,
      },
      { flags: "-f, --apply", description: "write the files; without it nothing is written" },
      format("diff", "json"),
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit scaffold -t agents/billing", does: "what would be written, as a diff" },
      { run: "cockpit scaffold --id billing --with runtime -f", does: "writes one part" },
    ],
    exitCodes: [
      "0: there is nothing to do, or all of it was written",
      "1: something would be written, or a file was left alone",
      "2: the command line or cockpit.json is wrong, the target has no agent or several, or its manifest is broken",
    ],
    load: () => import("./commands/scaffold.ts"),
  },
  {
    name: "auth login",
    group: "Build",
    summary: "Log in to a cloud's package indexes",
    description:
      "Proves who you are to Google, AWS or Azure with what is on this machine already, or with a code that you type in a browser (Azure). The token is kept in the memory of a background process and renewed there; nothing secret is written to disk. It goes to the cloud's own package indexes and to those named with `--index`, to no other address.",
    argument: { name: "provider", description: "which cloud", required: true, choices: providers },
    flags: [
      { flags: "--index <url>", description: "an index that this login is for, whatever its host; may be repeated", repeatable: true },
      {
        flags: "--serves <packages>",
        description: "what the named indexes and repositories serve (default: as the address says, else pypi)",
        choices: formats,
        repeatable: true,
      },
      {
        flags: "--method <name>",
        description: "only this way: application-default or gcloud (Google), cli, managed-identity or device-code (Azure)",
      },
      { flags: "--profile <name>", description: "AWS: the profile in ~/.aws" },
      { flags: "--region <name>", description: "AWS: the region of the CodeArtifact domain" },
      { flags: "--domain <name>", description: "AWS: the CodeArtifact domain" },
      { flags: "--domain-owner <account>", description: "AWS: the account that owns the domain" },
      {
        flags: "--repository <name>",
        description: "AWS: a repository of the domain that is to be used; may be repeated",
        repeatable: true,
      },
      { flags: "--tenant <id>", description: "Azure: the directory" },
      { flags: "--client-id <id>", description: "Azure: the application that asks, or the managed identity" },
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit auth login google", does: "with gcloud's login or application-default credentials" },
      { run: "cockpit auth login aws --profile dev --domain acme --repository agents", does: "a CodeArtifact repository" },
      { run: "cockpit auth login azure --method device-code", does: "with a code typed in a browser" },
    ],
    exitCodes: ["0: logged in", "2: the command line is wrong, or the login failed: the message says what to do"],
    load: () => import("./commands/auth-login.ts"),
  },
  {
    name: "auth status",
    group: "Build",
    summary: "Show who is logged in",
    description:
      "Shows the account, the method and the expiry of each login, and the indexes that were named for it. It asks no cloud anything.",
    flags: [format("pretty", "json"), quiet, noColor],
    examples: [{ run: "cockpit auth status", does: "one line a login" }],
    exitCodes: ["0: somebody is logged in", "1: nobody is, or somebody has to log in again", "2: the record of logins cannot be read"],
    load: () => import("./commands/auth-status.ts"),
  },
  {
    name: "auth logout",
    group: "Build",
    summary: "Forget a login, or all",
    description:
      "Drops the tokens from memory and forgets the login and its indexes. What your cloud's own tool is logged in with (`gcloud`, `aws sso`, `az`) stays as it is.",
    argument: { name: "provider", description: "which cloud; all when left out", required: false, choices: providers },
    flags: [quiet, noColor],
    examples: [
      { run: "cockpit auth logout azure", does: "one cloud" },
      { run: "cockpit auth logout", does: "all" },
    ],
    exitCodes: ["0: nobody is logged in there any more", "2: the command line is wrong"],
    load: () => import("./commands/auth-logout.ts"),
  },
  {
    name: "auth exec",
    group: "Build",
    summary: "Run a command whose package tools are logged in",
    description:
      "Runs the command with credentials for the private indexes that uv, pip, npm and Go are configured to use, in its environment alone: none is on the command line or in a file. A command that may run for long, such as a shell, gets fresh ones as it goes. See docs/auth.md.",
    argument: { name: "command", description: "the command and its arguments, after `--`", required: true, many: "command" },
    flags: [
      {
        flags: "--public <package>",
        description: "a package that is public: when a private index lets nobody in, it may be asked of the public one; may be repeated",
        repeatable: true,
      },
      { flags: "--report <file>", description: "write what was decided when an index let nobody in, and why, as JSON", completes: "path" },
    ],
    examples: [
      { run: "cockpit auth exec -- uv sync", does: "installs from private indexes" },
      { run: "cockpit auth exec -- bash", does: "a shell in which every package tool is logged in" },
      { run: "cockpit auth exec --public httpx -- uv sync", does: "with one package that may come from PyPI" },
    ],
    exitCodes: [
      "the command's own, or 128 and the signal's number where one ended it",
      "126 or 127: the command cannot be run, or is not there",
      "2: nothing was run: the login record or the keeper cannot be used",
    ],
    load: () => import("./commands/auth-exec.ts"),
  },
  {
    name: "audit",
    group: "Certify",
    summary: "Find what is wrong with the agents of a workspace",
    description:
      "Reads every file that git does not ignore and reports findings by agent, the worst first: critical agents in full, a row for each with warnings, one line for all others. In a terminal a table shows how far it is while it runs. Without `--record` it writes nothing into the workspace; it sends nothing and opens no port. A check that could not run is listed as *not run* and never counts as passed: it weighs as much as a warning.",
    flags: [
      target,
      { flags: "--workspace", description: "the whole repository around the target" },
      id,
      rule,
      {
        flags: "--fail-on <severity>",
        description: "least severity that makes the exit code 1 (default: failOn of cockpit.json, or warning)",
        choices: severities,
      },
      {
        ...format("pretty", "compact", "json", "sarif", "github", "markdown", "html"),
        description: "how to show the result; compact is one line a finding, html one file that needs nothing else",
      },
      noCache,
      { flags: "--verbose", description: "every finding of every agent in full, and what was read" },
      { flags: "--record", description: "keep what was found as evidence in the lake below .cockpit" },
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit audit", does: "everything below this folder" },
      { run: "cockpit audit --workspace", does: "the whole repository, from anywhere in it" },
      { run: "cockpit audit --format html > fleet.html", does: "a page to pass on" },
      { run: "cockpit audit -t agents/billing --rule untracked-client", does: "one folder, one rule" },
      { run: "cockpit audit --format sarif > cockpit.sarif", does: "for code scanning" },
      { run: "cockpit audit --format github --fail-on error", does: "annotates a pull request, fails on errors only" },
    ],
    exitCodes: ["0: nothing at or above the threshold", "1: findings at or above the threshold, or checks that could not run", usageExit],
    load: () => import("./commands/audit.ts"),
  },
  {
    name: "fix",
    group: "Certify",
    summary: "Repair findings without touching another byte",
    description:
      "Shows the safe fixes as a unified diff and writes nothing; with `--apply` it writes them, each file in one step, and leaves alone what is read-only or changed meanwhile. A fix is safe when the program means the same and still compiles. What a person has to decide is a *suggestion*: it is never applied to many places at once, but `--at` makes the one at the place you name.",
    flags: [
      target,
      id,
      rule,
      { flags: "-f, --apply", description: "write the fixes; without it nothing is written" },
      { flags: "--at <line[:column]>", description: "the one fix at this place of the target file, a suggestion too" },
      format("diff", "json"),
      noCache,
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit fix", does: "what would change, as a diff" },
      { run: "cockpit fix --rule E701 -f", does: "writes the fixes of one rule" },
      { run: "cockpit fix -t src/app.tsx --at 12:7 -f", does: "makes one suggestion" },
    ],
    exitCodes: [
      "0: nothing to fix, or every fix was written",
      "1: there are fixes that were not written: without `--apply`, or because a file refused",
      usageExit,
    ],
    load: () => import("./commands/fix.ts"),
  },
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
    exitCodes: ["0: ended as asked, or the file was read", "2: the command line, cockpit.json, the port or the lake is wrong"],
    load: () => import("./commands/fleet-watch.ts"),
  },
  {
    name: "fleet status",
    group: "Run",
    summary: "Show how each agent is and why, and what it did lately",
    description:
      "Health is the worst of findings and open alerts (docs/fleet.md): critical agents are told in full, those with warnings in a row each, all others in one line. The Evidence Lake gives calls, errors, tokens, cost and latency of each agent over a window of time. Cost of unknown price is said to be unknown. Findings are those of an audit, which reads what has changed since the last. With `--lake` the figures are computed in BigQuery, and what that costs is said; alerts and pauses are always those of this workspace.",
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
      "2: the command line, cockpit.json or BigQuery is wrong, or the target cannot be read",
    ],
    load: () => import("./commands/fleet-status.ts"),
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
      { ...format("ndjson", "csv", "parquet"), description: "how the events are written" },
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
      { run: "cockpit fleet export --format parquet -o fleet.parquet", does: "everything, for a warehouse" },
      { run: "cockpit fleet export --to bigquery:acme-agents/cockpit", does: "what is not there yet" },
    ],
    exitCodes: ["0: done", "2: the command line is wrong, there is no lake, or the file or table cannot be written"],
    load: () => import("./commands/fleet-export.ts"),
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
    load: () => import("./commands/fleet-mothball.ts"),
  },
  {
    name: "fleet resume",
    group: "Run",
    summary: "Let a paused agent go on",
    description:
      "Takes the pause back; the agent's next call goes through, without a restart. Kept as evidence. Without `--apply` it is only planned.",
    flags: [
      { ...target, description: "the workspace" },
      { flags: "--id <agent>", description: "the agent, or `*` for the pause of all" },
      { flags: "--by <name>", description: "who says so; default: you" },
      { flags: "-f, --apply", description: "do it; without it nothing is written" },
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [{ run: "cockpit fleet resume --id billing -f", does: "one agent goes on" }],
    exitCodes: ["0: it is not paused", "1: it would be resumed", "2: the command line or mothball.json is wrong"],
    load: () => import("./commands/fleet-resume.ts"),
  },
  {
    name: "registry check",
    group: "Govern",
    summary: "Check the package indexes that are configured here",
    description:
      "Asks every index that uv, pip and npm would use here how it is: reachable, needs a login, forbidden, cordoned (a proxy or a login page answers in its place), offline, or not trusted; with the one next step. Then for each package: where it is, and what `cockpit auth exec` would do if an index locked out. Without names: `agentops-cockpit` and what the agents here depend on. A public index is asked for names only that are known to be public.",
    argument: { name: "packages", description: "names of packages; `npm:NAME` for one of npm", required: false, many: "words" },
    flags: [
      { ...target, description: "the agent or fleet whose configuration and dependencies count" },
      publicNames,
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit registry check", does: "the indexes, and what the agents here depend on" },
      { run: "cockpit registry check requests npm:express", does: "these packages alone" },
      { run: "cockpit registry check --public requests,httpx", does: "what would happen if these were known to be public" },
    ],
    exitCodes: ["0: every index is reachable", "1: one is not", usageExit],
    load: () => import("./commands/registry-check.ts"),
  },
  {
    name: "rules",
    group: "Govern",
    summary: "List the rules, or explain one",
    description:
      "Without an argument: each rule with its severity in this workspace, its languages and what it can repair. With a rule's id: its page.",
    argument: { name: "rule", description: "a rule's id", required: false, completes: "rule" },
    flags: [{ ...target, description: "whose configuration counts" }, format("pretty", "json"), quiet, noColor],
    examples: [
      { run: "cockpit rules", does: "all rules" },
      { run: "cockpit rules E701", does: "what, why, examples and how safe the fix is" },
    ],
    exitCodes: ["0: done", usageExit],
    load: () => import("./commands/rules.ts"),
  },
  {
    name: "doctor",
    group: "Govern",
    summary: "Check the cockpit, the agents' policies and the evidence",
    description:
      "Checks Node.js, the parser and its grammars, the cache folder, the configuration that counts here, git, whether the evidence in the lake is as it was written, and each agent's `.cockpit/policy.json`: a field that does not exist, a value of the wrong kind or a pattern that could take for ever is named with its line and column. When a Google Cloud project is named (`--project`, or `fleet.google.project` in cockpit.json), it also prints what Live Wire needs there as commands: topics, the subscription with its dead letters, the log sink, the table in BigQuery; with `--apply` it makes what is not there. Otherwise it speaks to no network.",
    flags: [
      target,
      { flags: "--project <id>", description: "a Google Cloud project: show what Live Wire needs there" },
      { flags: "-f, --apply", description: "make what is not there of it; without it nothing is asked or made" },
      format("pretty", "json"),
      quiet,
      noColor,
    ],
    examples: [
      { run: "cockpit doctor", does: "one line a check" },
      { run: "cockpit doctor --project acme-agents", does: "also the commands that set Google Cloud up" },
      { run: "cockpit doctor --project acme-agents -f", does: "runs them, where something is missing" },
    ],
    exitCodes: ["0: all is well", "2: something does not work, or could not be made"],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "completion",
    group: "Govern",
    summary: "Print a completion script for your shell",
    description:
      "Load it where your shell starts: `source <(cockpit completion bash)` in `~/.bashrc`, the same with zsh in `~/.zshrc` after `compinit`, `cockpit completion fish | source` in `config.fish`, or `cockpit completion powershell | Out-String | Invoke-Expression` in `$PROFILE`.",
    argument: { name: "shell", description: "which shell", required: true, choices: shells },
    flags: [],
    examples: [{ run: "source <(cockpit completion bash)", does: "complete in this shell" }],
    exitCodes: ["0: done", "2: an unknown shell"],
    load: () => import("./commands/completion.ts"),
  },
  hidden("auth keyring", () => import("./commands/auth-keyring.ts")),
  hidden("auth go", () => import("./commands/auth-go.ts")),
];

/** Those that a person calls. */
export const shownCommands = commands.filter((it) => !it.isHidden);

/** What a first word that several commands share is about. */
export const commandGroups: Readonly<Record<string, string>> = {
  fleet: "Watch the live fleet, and steer it",
  registry: "Check package indexes",
  auth: "Log in to the package indexes of Google, AWS and Azure, and use them",
};

/** What tools call back under `auth exec`. */
function hidden(name: string, load: CommandSpec["load"]): CommandSpec {
  const argument: ArgumentSpec = { name: "arguments", description: "as the tool passes them", required: false, many: "command" };
  return { name, group: "Build", summary: "", description: "", argument, flags: [], examples: [], exitCodes: [], isHidden: true, load };
}

/** Flags of earlier tools and what they are called now. Accepted everywhere the new one is, shown nowhere. */
export const oldFlags: Readonly<Record<string, string>> = { path: "target", agent: "id", name: "id" };

/** `-t, --target <path>` → `target`. */
export function flagName({ flags }: FlagSpec): string {
  return /--(?:no-)?([\w-]+)/.exec(flags)?.[1] ?? flags;
}
