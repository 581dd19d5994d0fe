/** `auth exec` and what tools call back under it, with credentials from a file: the whole domain but for who is logged in. The file named by DOOR_CREDENTIALS maps address prefixes to credentials. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { type CredentialsFor, exec } from "../../server/auth/exec.ts";
import { goAuth } from "../../server/auth/go-auth.ts";
import { AuthError } from "../../server/auth/identity.ts";
import { keyring } from "../../server/auth/keyring.ts";
import { listenForSignals, takeSignals } from "../../server/cli/signals.ts";

const schema = z.record(z.string(), z.union([z.string(), z.object({ username: z.string(), secret: z.string() })]));

const credentialsFor: CredentialsFor = async (indexes) => {
  const stored = schema.parse(JSON.parse(readFileSync(process.env.DOOR_CREDENTIALS ?? "", "utf8")));
  return new Map(
    indexes.flatMap(({ url }) => {
      const [, it] = Object.entries(stored).find(([prefix]) => url.startsWith(prefix)) ?? [];
      if (it === undefined) return [];
      return [[url, typeof it === "string" ? new AuthError(it) : { ...it, expiresAt: Date.now() + 3_600_000 }] as const];
    }),
  );
};

const env = process.env;
const note = (text: string) => void process.stderr.write(`${text}\n`);
const out = async (text: string) => void process.stdout.write(text);
const signal = listenForSignals();
const listed = env.DOOR_PUBLIC?.split(",") ?? [];

const [, verb, ...rest] = process.argv.slice(2);
const args = rest[0] === "--" ? rest.slice(1) : rest;
const cockpit = [process.execPath, import.meta.filename];
if (verb === "keyring") process.exitCode = await keyring(args, { credentialsFor, env, out, note });
else if (verb === "go") await out(await goAuth(args[0], credentialsFor, env));
else {
  const { exitCode } = await exec(args, { folder: process.cwd(), env, cockpit, credentialsFor, listed, takeSignals, signal, note });
  process.exitCode = exitCode;
}
