/** What the table says of a command. */
import type { Flags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";

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
