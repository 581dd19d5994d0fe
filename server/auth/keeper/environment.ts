/** What the keeper takes over from the command that logs in: the SDKs read their choices from the environment, whenever they like. */
import { type Provider, providers } from "../../protocol/auth.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that only one provider's SDK reads, by how they begin. */
const prefixes: Readonly<Record<Provider, RegExp>> = {
  google: /^(?:GOOGLE_|CLOUDSDK_|GCE_|GCLOUD_|METADATA_SERVER_)/i,
  aws: /^AWS_/i,
  azure: /^(?:AZURE_|IDENTITY_|IMDS_|MSI_)/i,
};

/** What could make a process write down what it holds: crash reports, profiles, debug logs, a debugger's port. */
const revealing =
  /^(?:NODE_OPTIONS|NODE_DEBUG|NODE_DEBUG_NATIVE|NODE_V8_COVERAGE|NODE_REPORT_.*|SSLKEYLOGFILE|DEBUG|DEBUG_AUTH|AZURE_LOG_LEVEL|GOOGLE_SDK_NODE_LOGGING)$/i;

/** The variables of a process that holds identities. */
export const withoutRevealing = (environment: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((it): it is [string, string] => it[1] !== undefined && !revealing.test(it[0])));

/** Makes `current` as the caller's is, but for what belongs to other providers: their logins go on with what they began with. */
export function adopt(caller: Environment, provider: Provider, current: Record<string, string | undefined> = process.env) {
  const isOthers = (name: string) => providers.some((it) => it !== provider && prefixes[it].test(name));
  for (const name of Object.keys(current)) if (prefixes[provider].test(name)) delete current[name];
  for (const [name, value] of Object.entries(withoutRevealing(caller))) if (!isOthers(name)) current[name] = value;
}
