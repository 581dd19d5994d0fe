/**
 * Azure: what `az` is logged in with, the machine's managed identity, else a code that a person types in a browser. Azure Artifacts takes the access token as a password under any user name:
 * https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity
 */
import {
  type AccessToken,
  type AuthenticationRecord,
  AzureCliCredential,
  DeviceCodeCredential,
  deserializeAuthenticationRecord,
  ManagedIdentityCredential,
  serializeAuthenticationRecord,
} from "@azure/identity";
import * as z from "zod";
import { AuthError, type Identity, type LoginOptions, type Prompt, type TimedCredential } from "../identity.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { memoryCache } from "./azure-cache.ts";
import { claimsOf } from "./claims.ts";
import { keptCredential } from "./kept-credential.ts";
import type { OpenOptions } from "./open.ts";
import { connectionProblem, messagesOf, quoted } from "./problems.ts";

/** Azure DevOps, whose feeds these are: https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity */
const scope = "499b84ac-1321-427f-aa17-267ca6975798/.default";

export async function openAzure(options: LoginOptions, { prompt, signal }: OpenOptions): Promise<Identity> {
  const { method } = options;
  if (options.saved !== undefined) return unlessAborted(deviceCode(options, undefined), signal);
  if (method === "cli") return unlessAborted(cli(options), signal);
  if (method === "managed-identity") return unlessAborted(managedIdentity(options), signal);
  if (method === undefined) {
    const silent = await unlessAborted(silently(options), signal);
    if (silent) return silent;
  }
  if (!prompt) throw method ? again : noCredentials;
  return deviceCode(options, prompt, signal);
}

const noCredentials = new AuthError(
  "no Azure credentials were found; run `az login`, or log in with --method device-code where somebody can type a code",
);
const again = new AuthError("the Azure login has ended; run `cockpit auth login azure` again");

/** The first that asks nobody; what is wrong with the others is told only when they are asked for by name. */
async function silently(options: LoginOptions): Promise<Identity | undefined> {
  for (const open of [cli, managedIdentity]) {
    const identity = await open(options).catch(() => undefined);
    if (identity) return identity;
  }
  return undefined;
}

function cli({ tenant }: LoginOptions) {
  const credential = new AzureCliCredential(tenant ? { tenantId: tenant } : {});
  return azureIdentity(
    "Azure CLI",
    () => credential.getToken(scope),
    (error) => explainCli(error),
  );
}

function managedIdentity({ clientId }: LoginOptions) {
  const credential = new ManagedIdentityCredential(clientId ? { clientId } : {});
  return azureIdentity("managed identity", () => credential.getToken(scope), explainManaged);
}

const savedSchema = z.object({ cache: z.string(), record: z.string() });

/** With `saved` it asks nobody and is as it was; else it shows the code and waits until somebody has typed it. */
async function deviceCode({ tenant, clientId, saved }: LoginOptions, prompt: Prompt | undefined, signal?: AbortSignal): Promise<Identity> {
  const before = saved === undefined ? undefined : parseSaved(saved);
  const cache = memoryCache(before?.cache ?? "");
  const credential = new DeviceCodeCredential({
    ...(tenant ? { tenantId: tenant } : {}),
    ...(clientId ? { clientId } : {}),
    ...(before ? { authenticationRecord: before.record } : {}),
    tokenCachePersistenceOptions: { enabled: true, name: cache.name },
    disableInstanceDiscovery: hasOwnAuthority(),
    disableAutomaticAuthentication: true,
    userPromptCallback: (info) =>
      prompt?.({ url: info.verificationUri, code: info.userCode, message: info.message, expiresAt: expiryOf(info) }),
  });
  const record = before?.record ?? (await ask(credential, signal));
  const identity = await azureIdentity("device code", () => credential.getToken(scope), explain, record.username);
  return { ...identity, asks: true, save: () => JSON.stringify({ cache: cache.text, record: serializeAuthenticationRecord(record) }) };
}

function parseSaved(saved: string): { cache: string; record: AuthenticationRecord } {
  try {
    const { cache, record } = savedSchema.parse(JSON.parse(saved));
    return { cache, record: deserializeAuthenticationRecord(record) };
  } catch {
    throw again;
  }
}

async function ask(credential: DeviceCodeCredential, signal: AbortSignal | undefined): Promise<AuthenticationRecord> {
  try {
    const record = await unlessAborted(credential.authenticate(scope, signal ? { abortSignal: signal } : {}), signal);
    if (record) return record;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw explain(error);
  }
  throw again;
}

/** A private cloud's authority is unknown to Microsoft's list of them, and need not reach it. */
function hasOwnAuthority(): boolean {
  const host = process.env.AZURE_AUTHORITY_HOST;
  return (
    host !== undefined &&
    !/^https:\/\/login\.(?:microsoftonline\.(?:com|us|de)|partner\.microsoftonline\.cn|chinacloudapi\.cn)\/?$/.test(host)
  );
}

/** @azure/identity passes on how many seconds the code lasts, though its type does not say so. */
function expiryOf(info: object): number {
  const seconds = "expiresIn" in info && typeof info.expiresIn === "number" ? info.expiresIn : 15 * 60;
  return Date.now() + seconds * 1000;
}

type Explain = (error: unknown) => AuthError;

/** Proves itself at once. */
async function azureIdentity(
  method: string,
  getToken: () => Promise<AccessToken | null>,
  explain: Explain,
  known?: string,
): Promise<Identity> {
  const kept = keptCredential("Azure", async () => {
    const token = await getToken().catch((error) => {
      throw explain(error);
    });
    if (!token) throw again;
    return { username: "VssSessionToken", secret: token.token, expiresAt: token.expiresOnTimestamp };
  });
  const { secret } = await kept.get();
  const claims = claimsOf(secret);
  const application = claims.appid && `application ${claims.appid}`;
  return {
    provider: "azure",
    account: known || claims.upn || claims.preferred_username || claims.unique_name || claims.email || application || "an Azure account",
    method,
    expiresAt: kept.expiresAt,
    async credential({ format }, signal): Promise<TimedCredential> {
      const credential = await kept.get(signal);
      return format === "npm" ? { ...credential, username: "" } : credential;
    },
  };
}

function explain(error: unknown): AuthError {
  const message = messagesOf(error);
  const connection = connectionProblem(error, "Azure");
  if (connection) return connection;
  if (/expired_token|code_expired|device_code_expired|AADSTS70020|user_timeout/i.test(message))
    return new AuthError("nobody typed the code in time; run `cockpit auth login azure` again");
  if (/authorization_declined|access_denied/i.test(message))
    return new AuthError("the login was declined in the browser; run `cockpit auth login azure` again");
  if (/AADSTS90002|tenant .*not found/i.test(message)) return new AuthError("Azure knows no such directory; correct --tenant");
  if (/invalid_grant|interaction_required|Automatic authentication has been disabled/i.test(message)) return again;
  return new AuthError(`Azure refused the login (${quoted(message)}); check the account, then log in again`);
}

function explainCli(error: unknown): AuthError {
  const message = messagesOf(error);
  const connection = connectionProblem(error, "Azure");
  if (connection) return connection;
  if (/could not be found|not found/.test(message))
    return new AuthError("the Azure CLI is not installed; install it, or log in with --method device-code");
  return new AuthError("the Azure CLI is not logged in; run `az login`, then log in again");
}

function explainManaged(error: unknown): AuthError {
  const message = messagesOf(error);
  if (/not available|Network unreachable/.test(message))
    return new AuthError("this machine has no managed identity; run `az login`, or log in with --method device-code");
  return connectionProblem(error, "the managed identity's endpoint") ?? explain(error);
}
