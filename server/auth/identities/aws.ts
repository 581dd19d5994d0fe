/**
 * AWS: credentials as its SDK finds them (environment, profiles with SSO or a role to assume, web identity, the machine's role), which become a CodeArtifact token of each domain:
 * https://docs.aws.amazon.com/codeartifact/latest/ug/tokens-authentication.html
 */
import { Agent } from "node:https";
import { CodeartifactClient, GetAuthorizationTokenCommand, GetRepositoryEndpointCommand } from "@aws-sdk/client-codeartifact";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { AuthError, type Identity, type LoginIndex, type LoginOptions } from "../identity.ts";
import { codeArtifactOf } from "../provider-of.ts";
import { unlessAborted } from "../unless-aborted.ts";
import { type AwsContext, explainAws } from "./aws-problems.ts";
import { type KeptCredential, keptCredential } from "./kept-credential.ts";
import type { OpenOptions } from "./open.ts";

type Credentials = ReturnType<typeof fromNodeProviderChain>;
type SourceOf = Awaited<ReturnType<Credentials>> & { $source?: object };

export async function openAws(options: LoginOptions, { signal }: OpenOptions): Promise<Identity> {
  const clients = awsClients(options);
  const who = await unlessAborted(clients.whoAmI(), signal);
  const indexes = await unlessAborted(repositoryIndexes(options, clients), signal);
  const tokens = new Map<string, KeptCredential>();
  return {
    provider: "aws",
    ...who,
    indexes,
    expiresAt: () => latest([...tokens.values()].map((it) => it.expiresAt())),
    async credential({ url, format }, signal) {
      const place = placeOf(url, options);
      const key = `${place.owner}/${place.domain}/${place.region}`;
      const kept = tokens.get(key) ?? keptCredential("AWS", () => clients.token(place));
      tokens.set(key, kept);
      return { ...(await kept.get(signal)), username: format === "npm" ? "" : "aws" };
    },
  };
}

const latest = (times: (number | undefined)[]) => times.reduce((a, b) => (a === undefined || (b ?? 0) > a ? b : a), undefined);

/** A domain of CodeArtifact. */
interface Place {
  domain: string;
  owner: string | undefined;
  region: string | undefined;
}

/** As the index's host says, else as the login does. */
function placeOf(url: string, { domain, domainOwner, region }: LoginOptions): Place {
  const said = codeArtifactOf(url);
  if (said) return said;
  if (domain) return { domain, owner: domainOwner, region };
  throw new AuthError(`the address ${url} names no CodeArtifact domain; log in with --domain`);
}

function awsClients(options: LoginOptions) {
  const profile = options.profile ? { profile: options.profile } : {};
  // The SDK takes no proxy from the environment by itself.
  const requestHandler = {
    httpsAgent: new Agent({ keepAlive: true, proxyEnv: process.env }),
    connectionTimeout: 10_000,
    requestTimeout: 30_000,
  };
  const credentials = fromNodeProviderChain({ ...profile, ignoreCache: true, clientConfig: { ...region(options.region), requestHandler } });
  const settings = { ...profile, credentials, requestHandler };
  const context = (what: Partial<AwsContext>): AwsContext => ({ profile: options.profile ?? process.env.AWS_PROFILE, ...what });
  const codeArtifact = (place: Pick<Place, "region">) => new CodeartifactClient({ ...settings, ...region(place.region ?? options.region) });

  return {
    async whoAmI(): Promise<Pick<Identity, "account" | "method">> {
      try {
        const found: SourceOf = await credentials();
        const sts = new STSClient({ ...settings, region: await regionOf(options) });
        const { Arn, Account } = await sts.send(new GetCallerIdentityCommand({}));
        return { account: Arn ?? Account ?? "an AWS account", method: methodOf(found.$source ?? {}, context({}).profile) };
      } catch (error) {
        throw explainAws(error, context({ whom: "AWS" }));
      }
    },
    async token(place: Place) {
      try {
        const command = new GetAuthorizationTokenCommand({ domain: place.domain, ...owner(place.owner) });
        const { authorizationToken, expiration } = await codeArtifact(place).send(command);
        if (!authorizationToken || !expiration) throw new AuthError("CodeArtifact answered without a token; try again");
        return { username: "aws", secret: authorizationToken, expiresAt: expiration.getTime() };
      } catch (error) {
        throw explainAws(error, context({ whom: "CodeArtifact", ...place }));
      }
    },
    async endpoint(place: Place, repository: string, format: "pypi" | "npm"): Promise<string> {
      try {
        const command = new GetRepositoryEndpointCommand({ domain: place.domain, ...owner(place.owner), repository, format });
        const { repositoryEndpoint } = await codeArtifact(place).send(command);
        if (repositoryEndpoint) return repositoryEndpoint;
        throw new AuthError(`CodeArtifact has no address for the repository ${repository}; check --repository`);
      } catch (error) {
        throw explainAws(error, context({ whom: "CodeArtifact", repository, ...place }));
      }
    },
  };
}

const region = (it: string | undefined) => (it === undefined ? {} : { region: it });
const owner = (it: string | undefined) => (it === undefined ? {} : { domainOwner: it });

/** Where no region is configured, that of the global endpoint: who somebody is, is the same everywhere. */
async function regionOf(options: LoginOptions): Promise<string> {
  if (options.region) return options.region;
  const client = new STSClient(options.profile ? { profile: options.profile } : {});
  return client.config.region().catch(() => "us-east-1");
}

async function repositoryIndexes(options: LoginOptions, clients: ReturnType<typeof awsClients>): Promise<LoginIndex[]> {
  const { domain, domainOwner, repositories = [], formats = ["pypi"] } = options;
  if (repositories.length === 0) return [];
  if (!domain) throw new AuthError("a repository is in a domain; name it with --domain");
  const place = { domain, owner: domainOwner, region: options.region };
  const wanted = repositories.flatMap((repository) => formats.map((format) => ({ repository, format })));
  return Promise.all(
    wanted.map(async ({ repository, format }) => {
      if (format === "go") throw new AuthError("CodeArtifact has no Go modules; choose pypi or npm");
      const endpoint = await clients.endpoint(place, repository, format);
      const url = format === "pypi" ? new URL("simple/", endpoint.endsWith("/") ? endpoint : `${endpoint}/`).href : endpoint;
      return { name: `${domain}-${repository}`, url, format };
    }),
  );
}

/** Which of its ways the SDK took, by the features that it notes in the credentials. */
function methodOf(source: object, profile: string | undefined): string {
  const noted = Object.keys(source).join(" ");
  const way = ways.find(([mark]) => noted.includes(mark))?.[1];
  if (profile) return way ? `profile ${profile} (${way})` : `profile ${profile}`;
  return way ?? "default credentials";
}

const ways = [
  ["SSO", "SSO"],
  ["WEB_ID", "web identity"],
  ["ASSUME_ROLE", "assumed role"],
  ["PROCESS", "process"],
  ["IMDS", "instance role"],
  ["HTTP", "container role"],
  ["ENV_VARS", "environment"],
] as const;
