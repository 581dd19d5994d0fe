/** Opens a person's or a machine's identity with a cloud. A cloud's SDK is loaded only here, when it is needed. */
import type { Provider } from "../../protocol/auth.ts";
import { AuthError, type Identity, type LoginOptions, type Prompt } from "../identity.ts";

export interface OpenOptions {
  /** Without it nobody is asked anything. */
  prompt?: Prompt;
  signal?: AbortSignal;
}

export type Open = (options: LoginOptions, how: OpenOptions) => Promise<Identity>;

/** Throws an AuthError. What the SDKs read from the environment is read from this process's. */
export async function openIdentity(options: LoginOptions, how: OpenOptions = {}): Promise<Identity> {
  const { method, provider } = options;
  if (method !== undefined && !methods[provider].includes(method))
    throw new AuthError(`${provider} has no method ${JSON.stringify(method)}; ${methodsOf(provider)}`);
  const open = await load(provider);
  return open(options, how);
}

/** The ways to prove who one is that `LoginOptions.method` can name. */
const methods: Readonly<Record<Provider, readonly string[]>> = {
  google: ["application-default", "gcloud"],
  aws: [],
  azure: ["cli", "managed-identity", "device-code"],
};

const methodsOf = (provider: Provider) =>
  methods[provider].length > 0 ? `choose one of ${methods[provider].join(", ")}` : "leave --method out and name a profile with --profile";

async function load(provider: Provider): Promise<Open> {
  if (provider === "google") return (await import("./google.ts")).openGoogle;
  return provider === "aws" ? (await import("./aws.ts")).openAws : (await import("./azure.ts")).openAzure;
}
