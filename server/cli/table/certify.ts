/** What says whether an agent is fit to run, and mends it. */
import { severities } from "../../engine/finding.ts";
import type { CommandSpec } from "./command.ts";
import { format, id, noCache, noColor, quiet, rule, target, usageExit } from "./flags.ts";

export const certify: readonly CommandSpec[] = [
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
    load: () => import("../commands/audit.ts"),
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
    load: () => import("../commands/fix.ts"),
  },
];
