/** Every command, flag and example, by the part of an agent's life: `--help`, docs/cli.md and shell completion are all made from this table. */
import { build } from "./table/build.ts";
import { certify } from "./table/certify.ts";
import type { CommandSpec, FlagSpec } from "./table/command.ts";
import { govern } from "./table/govern.ts";
import { run } from "./table/run.ts";

export const commands: readonly CommandSpec[] = [...build, ...certify, ...run, ...govern];

/** Those that a person calls. */
export const shownCommands = commands.filter((it) => !it.isHidden);

/** What a first word that several commands share is about. */
export const commandGroups: Readonly<Record<string, string>> = {
  fleet: "Watch the live fleet, and steer it",
  registry: "Check package indexes",
  auth: "Log in to the package indexes of Google, AWS and Azure, and use them",
};

/** Flags of earlier tools and what they are called now. Accepted everywhere the new one is, shown nowhere. */
export const oldFlags: Readonly<Record<string, string>> = { path: "target", agent: "id", name: "id" };

/** `-t, --target <path>` → `target`. */
export function flagName({ flags }: FlagSpec): string {
  return /--(?:no-)?([\w-]+)/.exec(flags)?.[1] ?? flags;
}
