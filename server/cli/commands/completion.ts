/** `cockpit completion`. */
import { rules } from "../../engine/rules/index.ts";
import { completionScript } from "../completion.ts";
import { type Flags, UsageError } from "../flags.ts";
import { shells } from "../table/govern.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const shell = shells.find((it) => it === flags.text("shell"));
  if (!shell) throw new UsageError(`name a shell: ${shells.join(", ")}`);
  await terminal.out(
    completionScript(
      shell,
      rules.map(({ meta }) => meta.id),
    ),
  );
  return 0;
}
