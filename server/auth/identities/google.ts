/**
 * Google: application-default credentials as google-auth-library finds them (a service account, workload identity federation, a person's own, the metadata server), else what gcloud is
 * logged in with. Artifact Registry takes the access token itself: https://cloud.google.com/artifact-registry/docs/python/authentication#token
 */
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { promisify } from "node:util";
import { GoogleAuth } from "google-auth-library";
import * as z from "zod";
import type { Format } from "../../protocol/auth.ts";
import { AuthError, type Identity, type LoginOptions, type TimedCredential } from "../identity.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { claimsOf } from "./claims.ts";
import { keptCredential } from "./kept-credential.ts";
import type { OpenOptions } from "./open.ts";
import { clockProblem, connectionProblem, isSkewed, messagesOf, quoted } from "./problems.ts";

export async function openGoogle({ method }: LoginOptions, { signal }: OpenOptions): Promise<Identity> {
  if (method !== "gcloud") {
    const identity = await unlessAborted(applicationDefault(), signal);
    if (identity) return identity;
    if (method) throw noCredentials;
  }
  return unlessAborted(fromGcloud(), signal);
}

const noCredentials = new AuthError(
  "no Google credentials were found; run `gcloud auth login`, or name a service account's file in GOOGLE_APPLICATION_CREDENTIALS",
);

interface Token {
  token: string;
  expiresAt: number;
}

/** Undefined where there are none. */
async function applicationDefault(): Promise<Identity | undefined> {
  // A project that is named already keeps the library from asking gcloud and the metadata server for one.
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform", projectId: "unused" });
  try {
    const client = await auth.getClient();
    const { method, account } = describe(auth.jsonContent);
    const fetch = async (): Promise<Token> => {
      const { token } = await client.getAccessToken();
      if (!token) throw new AuthError("Google answered without an access token; run `cockpit auth login google` again");
      return { token, expiresAt: client.credentials.expiry_date ?? Date.now() + unknownLifeMs };
    };
    const identity = googleIdentity(method, fetch, explain);
    await identity.prove();
    return { ...identity, account: account ?? claimsOf(client.credentials.id_token ?? "").email ?? "application default credentials" };
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Could not load the default credentials")) return undefined;
    throw explain(error);
  }
}

/** Gcloud does not say how long its token lasts; it renews one that has less than this. */
const unknownLifeMs = 10 * 60 * 1000;

const credentialFile = z.object({
  type: z.string(),
  client_email: z.string().optional(),
  account: z.string().optional(),
  audience: z.string().optional(),
  service_account_impersonation_url: z.string().optional(),
});

/** What a credential file says of itself. */
function describe(content: unknown): { method: string; account: string | undefined } {
  const file = credentialFile.safeParse(content).data;
  if (!file) return { method: "metadata server", account: "the machine's service account" };
  const impersonated = /serviceAccounts\/([^/:]+):/.exec(file.service_account_impersonation_url ?? "")?.[1];
  return {
    method: methodNames[file.type] ?? "application default credentials",
    account: impersonated ?? file.client_email ?? (file.account || undefined) ?? file.audience,
  };
}

const methodNames: Readonly<Record<string, string>> = {
  service_account: "service account",
  external_account: "workload identity federation",
  external_account_authorized_user: "workforce identity federation",
  impersonated_service_account: "impersonated service account",
};

async function fromGcloud(): Promise<Identity> {
  const fetch = async (): Promise<Token> => ({
    token: await gcloud("auth", "print-access-token"),
    expiresAt: Date.now() + unknownLifeMs,
  });
  const identity = googleIdentity("gcloud", fetch, (error) => error);
  await identity.prove();
  return { ...identity, account: (await gcloud("config", "get", "account").catch(() => "")) || "gcloud's account" };
}

async function gcloud(...args: string[]): Promise<string> {
  try {
    // On Windows it is a batch file, which only a shell runs, and looks for in the folder first: not in a repository. The arguments are constants.
    const { stdout } = await promisify(execFile)("gcloud", [...args, "--quiet"], {
      shell: process.platform === "win32",
      timeout: 30_000,
      cwd: homedir(),
    });
    if (stdout.trim() === "") throw noCredentials;
    return stdout.trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw noCredentials;
    throw connectionProblem(error, "Google") ?? new AuthError("gcloud gave no access token; run `gcloud auth login`, then log in again");
  }
}

function googleIdentity(method: string, fetch: () => Promise<Token>, explain: (error: unknown) => unknown) {
  const kept = keptCredential("Google", async () => {
    try {
      const { token, expiresAt } = await fetch();
      return { username: "", secret: token, expiresAt };
    } catch (error) {
      throw explain(error);
    }
  });
  return {
    provider: "google" as const,
    method,
    prove: kept.get,
    expiresAt: kept.expiresAt,
    async credential({ format }: { format: Format }, signal?: AbortSignal): Promise<TimedCredential> {
      return { ...(await kept.get(signal)), username: format === "npm" ? "" : "oauth2accesstoken" };
    },
  };
}

function explain(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const message = messagesOf(error);
  if (/invalid_grant/.test(message) && (/reasonable timeframe|\biat\b/.test(message) || isSkewed(dateOf(error))))
    return clockProblem("Google");
  const connection = connectionProblem(error, "Google");
  if (connection) return connection;
  if (/invalid_grant|invalid_rapt/.test(message))
    return new AuthError(
      "Google takes these credentials no longer; run `gcloud auth application-default login`, or renew the service account's key",
    );
  if (/does not exist, or it is not a file|Unable to read the credential file/.test(message))
    return new AuthError("the file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read; correct it or unset the variable");
  return new AuthError(`Google refused the login (${quoted(message)}); check the credentials, then log in again`);
}

/** The time at the server that refused. */
function dateOf(error: unknown): string | null {
  const response = error instanceof Error && "response" in error ? error.response : undefined;
  return response instanceof Response ? response.headers.get("date") : null;
}
