/** Log In to Package Registries…, and out: questions, progress with a way out, and what came of it. */
import * as vscode from "vscode";
import { type Provider, providerNames, providers } from "../../server/protocol/auth.ts";
import type { KeptLogin, LoginAnswer, PrivateIndexes } from "../../server/protocol/auth-messages.ts";
import { sayServerFailed } from "../commands/audit-workspace.ts";
import type { CommandContext } from "../commands/commands.ts";
import { type Answer, askInTurn, type Place, pick } from "../scaffold/multi-step.ts";
import { showDeviceCode, waitingFor } from "./device-code.ts";
import { untrusted } from "./logins.ts";

type Ground = Pick<CommandContext, "server" | "logins">;

const title = "Log In to Package Registries";

/** Where each provider's credentials come from. */
const sources: Readonly<Record<Provider, string>> = {
  google: "application default credentials, a service account, workload identity or gcloud",
  aws: "a profile, single sign-on, a role or web identity, for CodeArtifact",
  azure: "the Azure CLI, a device code or a managed identity, for Azure Artifacts",
};

export async function logIn({ server, logins }: Ground): Promise<void> {
  if (!vscode.workspace.isTrusted) return void vscode.window.showWarningMessage(`Nobody was logged in: ${untrusted}`);
  const { indexesMethod, privateIndexesSchema } = await import("../../server/protocol/auth-messages.ts");
  const known = privateIndexesSchema.safeParse(await server.request(indexesMethod));
  if (!known.success) return sayServerFailed("Nobody was logged in");
  const draft = await askInTurn<Draft>({ indexes: [] }, [askProvider, askIndexes(known.data), askProfile]);
  if (!draft?.provider) return;
  const { provider, ...rest } = draft;
  const answer = await withProgress(provider, server, (token) => logins.logIn({ ...rest, provider }, token));
  if (answer) await say(provider, answer);
}

export async function logOut({ logins }: Ground): Promise<void> {
  const open = logins.all().map(({ provider, account }) => ({ label: providerNames[provider], description: account, provider }));
  const closed = (await logins.closed()).map((provider) => ({
    label: providerNames[provider],
    description: "could not be reopened",
    provider,
  }));
  const items = [...open, ...closed];
  if (items.length === 0) return void vscode.window.showInformationMessage("Nobody is logged in.");
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: "Log Out of Package Registries" });
  if (!chosen) return;
  await logins.logOut(chosen.provider);
  void vscode.window.showInformationMessage(
    `Logged out of ${chosen.label}. Terminals that are open keep what they were given until it expires.`,
  );
}

type Draft = Omit<KeptLogin, "provider" | "saved"> & { provider?: Provider };

async function askProvider(draft: Draft, place: Place): Promise<Answer<Draft>> {
  const items = providers.map((provider) => ({ label: providerNames[provider], detail: sources[provider], provider }));
  const preselected = [items.find((it) => it.provider === draft.provider) ?? items[0]].filter((it) => it !== undefined);
  const answer = await pick({ ...place, title, placeholder: "Where are your packages?", items, preselected });
  if (!Array.isArray(answer)) return answer;
  const [chosen] = answer;
  return chosen && { ...draft, provider: chosen.provider };
}

/** Only hosts that are not the provider's own: a token goes to such a host because a person said so here, never because a file in a repository does. */
const askIndexes =
  ({ indexes }: PrivateIndexes) =>
  async (draft: Draft, place: Place): Promise<Answer<Draft>> => {
    const strange = indexes.filter((it) => it.provider === null);
    if (strange.length === 0) return draft;
    const items = strange.map(({ url, from }) => ({ label: url, description: from, url }));
    const preselected = items.filter((it) => draft.indexes.includes(it.url));
    const placeholder = "Which hosts may get the credentials, too? None is fine";
    const answer = await pick({ ...place, title, placeholder, items, preselected, many: true, none: true });
    return Array.isArray(answer) ? { ...draft, indexes: answer.map((it) => it.url) } : answer;
  };

async function askProfile(draft: Draft, { step, totalSteps }: Place): Promise<Answer<Draft>> {
  if (draft.provider !== "aws") return draft;
  const value = await vscode.window.showInputBox({
    title: `${title} (${step}/${totalSteps})`,
    prompt: "AWS profile; empty for the default one",
    value: process.env.AWS_PROFILE ?? "",
    ignoreFocusOut: true,
  });
  return value === undefined ? undefined : { ...draft, ...(value.trim() ? { profile: value.trim() } : {}) };
}

function withProgress(
  provider: Provider,
  { onLoginPrompt }: Ground["server"],
  work: (token: vscode.CancellationToken) => Promise<LoginAnswer | undefined>,
): Thenable<LoginAnswer | undefined> {
  const title = `Logging in to ${providerNames[provider]}`;
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const listening = onLoginPrompt((prompt) => {
        progress.report({ message: waitingFor(prompt) });
        void showDeviceCode(prompt);
      });
      try {
        return await work(token);
      } finally {
        listening.dispose();
      }
    },
  );
}

async function say(provider: Provider, answer: LoginAnswer): Promise<void> {
  const name = providerNames[provider];
  if ("problem" in answer) return void vscode.window.showErrorMessage(`Not logged in to ${name}: ${answer.problem}`);
  void vscode.window.showInformationMessage(
    `Logged in to ${name} as ${answer.account} (${answer.method}). New terminals can install from its registries.`,
  );
}
