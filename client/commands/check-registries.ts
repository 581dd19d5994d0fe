/** Check Package Registries: asks every configured index how it is, and says what stands in the way and the next step. */
import * as vscode from "vscode";
import { plural } from "../../server/fleet/model/plural.ts";
import { untrusted } from "../auth/logins.ts";
import { withoutLinks } from "../without-links.ts";
import { sayServerFailed } from "./audit-workspace.ts";
import type { CommandContext } from "./commands.ts";

/** `argument` is `{ onlyProblems: true }` where nobody asked: then only private registries are asked, and silence means that none is closed. */
export async function checkRegistries({ server, log }: Pick<CommandContext, "server" | "log">, argument: unknown): Promise<void> {
  if (!vscode.workspace.isTrusted) return void vscode.window.showWarningMessage(`The registries were not checked: ${untrusted}`);
  const { checkRegistriesMethod, registryStatesSchema } = await import("../../server/protocol/auth-messages.ts");
  const quiet = typeof argument === "object" && argument !== null && "onlyProblems" in argument;
  const states = registryStatesSchema.safeParse(await server.request(checkRegistriesMethod, { atStart: quiet }));
  if (!states.success) return quiet ? undefined : sayServerFailed("The registries were not checked");
  const { indexes } = states.data;
  for (const it of indexes) log.info(`${it.verdict}: ${it.tool} index ${it.name}, ${it.url}: ${it.detail}. ${it.next}`.trim());
  const [first, ...others] = indexes.filter(({ verdict }) => verdict !== "reachable" && !(quiet && verdict === "offline"));
  if (!first) {
    if (!quiet)
      void vscode.window.showInformationMessage(`${plural(indexes.length, "registry", "registries")} checked: all can be reached.`);
    return;
  }
  const more = others.length > 0 ? ` The log has ${others.length} more.` : "";
  const choices = first.verdict === "needs-login" ? ["Log In", "Show Log"] : ["Show Log"];
  const message = withoutLinks(`${first.name}: ${first.detail}. Next: ${first.next}.${more}`);
  const chosen = await vscode.window.showWarningMessage(message, ...choices);
  if (chosen === "Log In") await vscode.commands.executeCommand("cockpit.logIn");
  if (chosen === "Show Log") log.show();
}
