/** What Go asks the cockpit for credentials: of every proxy of ours before the first request, of the one that refused afterwards. */
import { goAnswer } from "./environment/go.ts";
import type { CredentialsFor } from "./exec.ts";
import { AuthError, type TimedCredential } from "./identity.ts";
import { readGo } from "./indexes/go.ts";
import { type Environment, thisMachine } from "./indexes/machine.ts";

export async function goAuth(refused: string | undefined, credentialsFor: CredentialsFor, env: Environment): Promise<string> {
  const { indexes } = await readGo(thisMachine(env));
  const asked = indexes.filter((it) => !it.credential && (refused === undefined || refused.startsWith(it.url)));
  const found = await credentialsFor(asked);
  return goAnswer([...found].filter((it): it is [string, TimedCredential] => !(it[1] instanceof AuthError)));
}
