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

export function keepLogin(secrets: vscode.SecretStorage, login: KeptLogin): Promise<void> {
  return change(secrets, (kept) => [...kept.filter(({ provider }) => provider !== login.provider), login]);
}

/** After a renewal, of who is still logged in. */
export function keepRenewed(secrets: vscode.SecretStorage, renewed: readonly Pick<KeptLogin, "provider" | "saved">[]): Promise<void> {
  const savedOf = (it: KeptLogin) => renewed.find(({ provider }) => provider === it.provider)?.saved ?? it.saved;
  return change(secrets, (kept) => kept.map((it) => ({ ...it, saved: savedOf(it) })));
}

export function forgetLogin(secrets: vscode.SecretStorage, provider: string): Promise<void> {
  return change(secrets, (kept) => kept.filter((it) => it.provider !== provider));
}

let last: Promise<void> = Promise.resolve();

/** One after the other: a renewal must not bring back what is forgotten at the same time. */
function change(secrets: vscode.SecretStorage, next: (kept: KeptLogin[]) => KeptLogin[]): Promise<void> {
  const changed = last.then(async () => {
    const kept = await keptLogins(secrets);
    const before = JSON.stringify(kept);
    const after = next(kept);
    if (after.length === 0) await secrets.delete(key);
    else if (JSON.stringify(after) !== before) await secrets.store(key, JSON.stringify(after));
  });
  last = changed.catch(() => undefined);
  return changed;
}
