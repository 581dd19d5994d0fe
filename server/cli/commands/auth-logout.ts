/** `cockpit auth logout`: the keeper forgets, and the record too. */
import { runningKeeper } from "../../auth/keeper/client.ts";
import { forgetLogins } from "../../auth/logins.ts";
import { providers } from "../../protocol/auth.ts";
import { refusalAsUsage } from "../auth-refusal.ts";
import type { Flags } from "../flags.ts";
import type { Terminal } from "../terminal.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const provider = providers.find((it) => it === flags.text("provider"));
  await refusalAsUsage(async () => {
    const keeper = await runningKeeper();
    try {
      await (keeper ? keeper.logout(provider) : forgetLogins(provider));
    } finally {
      keeper?.close();
    }
  });
  if (!flags.on("quiet")) await terminal.out(`logged out of ${provider ?? "everything"}\n`);
  return 0;
}
