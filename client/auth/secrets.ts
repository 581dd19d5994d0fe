/** What is kept of logins between two starts: in VS Code's secret storage and nowhere else. */
import type * as vscode from "vscode";
import type { KeptLogin } from "../../server/protocol/auth-messages.ts";

const key = "cockpit.logins";

/** One a provider. What another version left in another shape counts as nothing. */
export async function keptLogins(secrets: vscode.SecretStorage): Promise<KeptLogin[]> {
  const { keptLoginSchema } = await import("../../server/protocol/auth-messages.ts");
  try {
    return keptLoginSchema.array().parse(JSON.parse((await secrets.get(key)) ?? "[]"));
  } catch {
    return [];
  }
}

export async function keepLogin(secrets: vscode.SecretStorage, login: KeptLogin): Promise<void> {
  await store(secrets, [...(await others(secrets, login.provider)), login]);
}

/** After a renewal, of who is still logged in. */
export async function keepRenewed(secrets: vscode.SecretStorage, renewed: readonly Pick<KeptLogin, "provider" | "saved">[]): Promise<void> {
  const kept = await keptLogins(secrets);
  const savedOf = (it: KeptLogin) => renewed.find(({ provider }) => provider === it.provider)?.saved ?? it.saved;
  if (kept.every((it) => savedOf(it) === it.saved)) return;
  await store(
    secrets,
    kept.map((it) => ({ ...it, saved: savedOf(it) })),
  );
}

export async function forgetLogin(secrets: vscode.SecretStorage, provider: string): Promise<void> {
  await store(secrets, await others(secrets, provider));
}

const others = async (secrets: vscode.SecretStorage, provider: string) =>
  (await keptLogins(secrets)).filter((it) => it.provider !== provider);

async function store(secrets: vscode.SecretStorage, logins: readonly KeptLogin[]) {
  if (logins.length === 0) await secrets.delete(key);
  else await secrets.store(key, JSON.stringify(logins));
}
