/** What AWS's SDK and services say when they refuse, as what happened and what to do. */
import { AuthError } from "../identity.ts";
import { clockProblem, codesOf, connectionProblem, messagesOf, quoted } from "./problems.ts";

export interface AwsContext {
  whom?: string;
  profile?: string | undefined;
  domain?: string;
  owner?: string | undefined;
  region?: string | undefined;
  repository?: string;
}

export function explainAws(error: unknown, context: AwsContext): AuthError {
  if (error instanceof AuthError) return error;
  const text = `${namesOf(error)} ${messagesOf(error)}`;
  const known = causes.find(([pattern]) => pattern.test(text))?.[1](context);
  if (known) return known;
  const connection = unknownHost(error, context) ?? connectionProblem(error, context.whom ?? "AWS");
  return (
    connection ??
    new AuthError(
      `${context.whom ?? "AWS"} refused (${quoted(messagesOf(error))}); check the profile and its permissions, then log in again`,
    )
  );
}

/** The services tell errors apart by name. */
function namesOf(error: unknown): string {
  const names: string[] = [];
  for (let it = error, depth = 0; it instanceof Error && depth < 8; it = it.cause, depth++) names.push(it.name);
  return names.join(" ");
}

const causes: readonly (readonly [RegExp, (context: AwsContext) => AuthError])[] = [
  [/RequestTimeTooSkewed|RequestExpired|Signature (?:expired|not yet current)|RequestInTheFuture/, () => clockProblem("AWS")],
  [/Could not resolve credentials using profile|Profile '?[^']*'? could not be found/, ({ profile }) => noProfile(profile)],
  [/SSO|Session token not found or invalid|Token is expired/i, ({ profile }) => expiredSso(profile)],
  [
    /Could not load credentials from any providers|Credential is missing|No credentials/,
    ({ profile }) => (profile ? noProfile(profile) : noCredentials),
  ],
  [/ExpiredToken/, () => new AuthError("the AWS credentials have expired; renew them, then log in again")],
  [
    /InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature/,
    () => new AuthError("AWS does not know these credentials; check the access key, then log in again"),
  ],
  [
    /InvalidIdentityToken/,
    () => new AuthError("AWS refused the web identity token; renew the file that AWS_WEB_IDENTITY_TOKEN_FILE names"),
  ],
  [/AccessDenied/, refused],
  [/ResourceNotFound/, notThere],
  [/Region is missing/, () => new AuthError("no AWS region is configured; name the one of your domain with --region")],
];

const noCredentials = new AuthError("no AWS credentials were found; run `aws configure sso`, then log in with --profile");

const noProfile = (profile = "default") =>
  new AuthError(
    `the AWS profile ${JSON.stringify(profile)} is not there, or has no credentials; \`aws configure list-profiles\` shows which there are`,
  );

const expiredSso = (profile = "default") =>
  new AuthError(`the SSO session of the AWS profile ${JSON.stringify(profile)} has expired; run \`aws sso login --profile ${profile}\``);

function refused({ domain, repository }: AwsContext): AuthError {
  if (!domain) return new AuthError("AWS does not let these credentials log in; ask for the right to assume the role");
  const right = repository ? "codeartifact:GetRepositoryEndpoint" : "codeartifact:GetAuthorizationToken and sts:GetServiceBearerToken";
  return new AuthError(`these AWS credentials may not use the CodeArtifact domain ${domain}; ask for ${right}`);
}

function notThere({ domain, repository, region }: AwsContext): AuthError {
  const what = repository ? `repository ${repository} in the domain ${domain}` : `domain ${domain}`;
  return new AuthError(
    `CodeArtifact has no ${what}${region ? ` in ${region}` : ""}; check the names, and name the domain's own region with --region`,
  );
}

/** A region is part of the host's name: a wrong one is a host that does not exist. */
function unknownHost(error: unknown, { region, whom }: AwsContext): AuthError | undefined {
  if (!region || !codesOf(error).includes("ENOTFOUND")) return undefined;
  return new AuthError(`there is no ${whom} in ${region}, or no network; check --region, then the network`);
}
