/**
 * A `keyring` command first on the PATH: uv and pip ask it for the password of a user name. They name the address, so a repository that gives its own index the name of ours, or
 * writes one of our variables into a requirements file, gets nothing; and pip, which passes addresses on as arguments, has no password in them.
 */
import { delimiter, dirname } from "node:path";
import type { Variables } from "../environment.ts";
import type { Environment } from "../indexes/machine.ts";
import type { Credential } from "../package-index.ts";
import type { Temporary } from "../temporary.ts";

export interface KeyringOptions {
  temporary: Temporary;
  env: Environment;
  /** Empty where there is no command to ask: then it knows `answers` alone. */
  cockpit: readonly string[];
  /** By address: what it answers at once, from variables. The rest is asked of the cockpit each time. */
  answers: ReadonlyMap<string, Credential>;
  secretName(number: number): string;
}

export function keyringVariables({ temporary, env, cockpit, answers, secretName }: KeyringOptions): Variables {
  const known = [...answers];
  const cases = known.map(([url, { username }], i) => {
    const patterns = [...new Set([url, url.replace(/\/$/, ""), `${url.replace(/\/$/, "")}/`])].map((it) => quoted(`get ${it} ${username}`));
    return `${patterns.join("|")}) printf '%s\\n' "$${secretName(i + 1)}"; exit;;\n`;
  });
  const atOnce = cases.length > 0 ? `case "$*" in\n${cases.join("")}esac\n` : "";
  const next = cockpit.length > 0 ? `exec ${cockpit.map(quoted).join(" ")} auth keyring -- "$@"\n` : ownKeyring;
  const program = temporary.write("keyring", `#!/bin/sh\n${atOnce}${next}`, { isProgram: true });
  const path = [dirname(program), env.PATH].filter(Boolean).join(delimiter);
  const secrets = known.map(([, { secret }], i) => [secretName(i + 1), secret]);
  return { PATH: path, UV_KEYRING_PROVIDER: "subprocess", PIP_KEYRING_PROVIDER: "subprocess", ...Object.fromEntries(secrets) };
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** Asks the next one on the PATH, once. */
const ownKeyring =
  '[ -z "$COCKPIT_KEYRING" ] || exit 1\nexport COCKPIT_KEYRING=1\nPATH=$(printf %s "$PATH" | sed "s|$(dirname "$0"):||")\nexec keyring "$@"\n';

export interface KeyringQuestion {
  /** An address; pip also asks about a host alone. */
  address: string;
  username?: string;
  isJson: boolean;
  /** Whether the user name is wanted, too. */
  wantsBoth: boolean;
}

/** `[--mode=creds] [--output=json] get ADDRESS [USER]`: https://github.com/jaraco/keyring. Undefined for all else that keyring does. */
export function keyringQuestion(args: readonly string[]): KeyringQuestion | undefined {
  const words: string[] = [];
  let mode = "password";
  let output = "plain";
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const [, name, value] = /^--(mode|output)(?:=(.*))?$/.exec(arg) ?? [];
    if (name === undefined) words.push(arg);
    else if (name === "mode") mode = value ?? args[++i] ?? "";
    else output = value ?? args[++i] ?? "";
  }
  const [verb, address, username, ...more] = words;
  if (verb !== "get" || address === undefined || more.length > 0) return undefined;
  return { address, ...(username === undefined ? {} : { username }), isJson: output === "json", wantsBoth: mode === "creds" };
}

export function keyringAnswer({ isJson, wantsBoth }: KeyringQuestion, username: string, secret: string): string {
  if (isJson) return `${JSON.stringify(wantsBoth ? { username, password: secret } : { password: secret })}\n`;
  return wantsBoth ? `${username}\n${secret}\n` : `${secret}\n`;
}
