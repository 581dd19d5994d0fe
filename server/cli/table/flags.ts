/** Flags that several commands have. */
import type { FlagSpec } from "./command.ts";

export const target: FlagSpec = {
  flags: "-t, --target <path>",
  description: "file or folder to look at",
  default: ".",
  completes: "path",
};
export const id: FlagSpec = { flags: "--id <agent>", description: "only this agent, by the id that discover shows" };
export const rule: FlagSpec = {
  flags: "--rule <id>",
  description: "only this rule, even if the configuration turns it off; may be repeated",
  repeatable: true,
  completes: "rule",
};
export const publicNames: FlagSpec = {
  flags: "--public <names>",
  description: "packages that are public, besides publicPackages of cockpit.json; commas between them, may be repeated",
  repeatable: true,
};
export const noCache: FlagSpec = { flags: "--no-cache", description: "read every file again" };
export const quiet: FlagSpec = { flags: "-q, --quiet", description: "the result alone: no progress, hints or summary" };
export const noColor: FlagSpec = { flags: "--no-color", description: "no colours (NO_COLOR and FORCE_COLOR are honoured too)" };
export const maxGigabytes: FlagSpec = {
  flags: "--max-gigabytes <number>",
  description: "a query in BigQuery that would read more is refused (default: fleet.google.maxGigabytes of cockpit.json, or 10)",
};
export const format = (...choices: string[]): FlagSpec => ({
  flags: "--format <name>",
  description: "how to show the result",
  choices,
  default: choices[0] ?? "",
});

export const usageExit = "2: the command line or cockpit.json is wrong, or the target cannot be read";
