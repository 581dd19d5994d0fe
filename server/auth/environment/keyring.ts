/** A `keyring` command first on the PATH: uv and pip ask it for the password of a user name, each time that they start. */
import { delimiter, dirname } from "node:path";
import type { Variables } from "../environment.ts";
import type { Environment } from "../indexes/machine.ts";
import type { Temporary } from "../temporary.ts";

export function keyringVariables(temporary: Temporary, env: Environment, cockpit: readonly string[]): Variables {
  const words = cockpit.map((it) => `'${it.replaceAll("'", "'\\''")}'`).join(" ");
  const program = temporary.write("keyring", `#!/bin/sh\nexec ${words} auth keyring -- "$@"\n`, { isProgram: true });
  const path = [dirname(program), env.PATH].filter(Boolean).join(delimiter);
  return { PATH: path, UV_KEYRING_PROVIDER: "subprocess", PIP_KEYRING_PROVIDER: "subprocess" };
}

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
