/** What the `keyring` command of `auth exec` answers: credentials of ours, and for all else what the person's own keyring says. */
import { basename, dirname } from "node:path";
import spawn from "cross-spawn";
import { keyringAnswer, keyringQuestion } from "./environment/keyring.ts";
import type { CredentialsFor } from "./exec.ts";
import { AuthError, type TimedCredential } from "./identity.ts";
import type { Environment } from "./indexes/machine.ts";
import { onPath } from "./on-path.ts";

export interface KeyringOptions {
  credentialsFor: CredentialsFor;
  env: Environment;
  out(text: string): Promise<void>;
  note(text: string): void;
}

/** Returns an exit code. */
export async function keyring(args: readonly string[], { credentialsFor, env, out, note }: KeyringOptions): Promise<number> {
  const question = keyringQuestion(args);
  const found = question && (await ours(question.address, credentialsFor));
  if (found instanceof AuthError) note(`cockpit: ${found.message}`);
  else if (question && found && isFor(found, question.username)) {
    await out(keyringAnswer(question, found.username || (question.username ?? ""), found.secret));
    return 0;
  }
  return askNext(args, env);
}

/** Nothing is known of a host alone: it may be reached without encryption. */
const ours = async (url: string, credentialsFor: CredentialsFor): Promise<TimedCredential | AuthError | undefined> =>
  (await credentialsFor([{ url, format: "pypi" }])).get(url);

/** Somebody else's user name has somebody else's password. */
const isFor = ({ username }: TimedCredential, asked: string | undefined) => asked === undefined || username === "" || asked === username;

/** The next one on the PATH that is not ours. As with keyring itself, nothing and exit code 1 is a password that is not there. */
function askNext(args: readonly string[], env: Environment): number {
  const next = onPath("keyring", env).find((it) => !basename(dirname(it)).startsWith("cockpit-auth-"));
  return next === undefined ? 1 : (spawn.sync(next, [...args], { stdio: "inherit" }).status ?? 1);
}
