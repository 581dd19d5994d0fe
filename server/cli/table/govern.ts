/** What the rest stands on: registries, rules, and the cockpit itself. */
import type { CommandSpec } from "./command.ts";
import { format, noColor, publicNames, quiet, target, usageExit } from "./flags.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;

export const govern: readonly CommandSpec[] = [
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
    load: () => import("../commands/registry-check.ts"),
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
    load: () => import("../commands/rules.ts"),
  },
  {
    name: "doctor",
    group: "Govern",
    summary: "Check the cockpit, the agents' policies and the evidence",
    description:
      "Checks Node.js, the parser and its grammars, the cache folder, the configuration that counts here, git, who is paused, whether the evidence in the lake is as it was written, and each agent's `.cockpit/policy.json`: a field that does not exist, a value of the wrong kind or a pattern that could take for ever is named with its line and column. When a Google Cloud project is named (`--project`, or `fleet.google.project` in cockpit.json), it also prints what Live Wire needs there as commands: topics, the subscription with its dead letters, the log sink, the table in BigQuery; with `--apply` it makes what is not there. Otherwise it speaks to no network.",
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
    load: () => import("../commands/doctor.ts"),
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
    load: () => import("../commands/completion.ts"),
  },
];
