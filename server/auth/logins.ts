/**
 * Who is logged in, as a file in the user's configuration folder: choices and account names, no secret. What holds tokens is the keeper, in memory.
 */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { configFolder } from "../host/places.ts";
import { replaceFile } from "../host/replace-file.ts";
import { formats, type Provider, providers } from "../protocol/auth.ts";
import { AuthError, type LoginIndex, type LoginOptions } from "./identity.ts";
import type { TrustedIndex } from "./provider-of.ts";

export interface Login {
  options: Omit<LoginOptions, "saved">;
  account: string;
  method: string;
  /** Whether opening it again asks a person. */
  asks: boolean;
  indexes: readonly LoginIndex[];
}

/** Absolute path of the record. */
const loginsFile = () => join(configFolder(), "logins.json");

const text = z.string();
const words = text.exactOptional();

export const optionsSchema = z.strictObject({
  provider: z.enum(providers),
  profile: words,
  region: words,
  domain: words,
  domainOwner: words,
  repositories: z.array(text).exactOptional(),
  formats: z.array(z.enum(formats)).exactOptional(),
  tenant: words,
  clientId: words,
  method: words,
});

export const indexesSchema = z.array(z.strictObject({ name: text, url: z.url(), format: z.enum(formats) }));

const recordSchema = z.strictObject({
  version: z.literal(1),
  logins: z.array(z.strictObject({ options: optionsSchema, account: text, method: text, asks: z.boolean(), indexes: indexesSchema })),
});

/** One login a provider at most. Throws an AuthError when the record cannot be read. */
export async function readLogins(): Promise<Login[]> {
  const stored = await readFile(loginsFile(), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new AuthError(`${loginsFile()} cannot be read (${error.code}); make it readable, or remove it and log in again`);
  });
  return stored === undefined ? [] : parse(stored);
}

function parse(stored: string): Login[] {
  try {
    return recordSchema.parse(JSON.parse(stored)).logins;
  } catch {
    throw new AuthError(`${loginsFile()} is not a record of logins of this version; remove it and log in again`);
  }
}

/** Replaces the provider's login. */
export async function recordLogin(login: Login): Promise<void> {
  const others = (await readLogins().catch(() => [])).filter((it) => it.options.provider !== login.options.provider);
  await write([...others, login]);
}

/** Forgets the provider's login, or all; a record that cannot be read is emptied. */
export async function forgetLogins(provider?: Provider): Promise<void> {
  const stay = provider ? (await readLogins().catch(() => [])).filter((it) => it.options.provider !== provider) : [];
  await write(stay);
}

async function write(logins: readonly Login[]) {
  await mkdir(configFolder(), { recursive: true, mode: 0o700 });
  await replaceFile(loginsFile(), `${JSON.stringify({ version: 1, logins }, null, 2)}\n`, { mode: 0o600 });
}

/** The addresses that a person named when he logged in. */
export const trustedIndexes = (logins: readonly Login[]): TrustedIndex[] =>
  logins.flatMap(({ options, indexes }) => indexes.map(({ url }) => ({ url, provider: options.provider })));

export const notLoggedIn = (provider: Provider) =>
  new AuthError(`nobody is logged in to ${provider}; run \`cockpit auth login ${provider}\``);
