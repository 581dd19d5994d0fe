/** What goes wrong with a login: one sentence of what happened and what to do, exit code 2, and nobody is logged in. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Clouds, openClouds } from "./clouds.ts";
import { authorizedUser, externalAccount, serviceAccount } from "./google-cloud.ts";
import { type Home, makeHome } from "./home.ts";

let clouds: Clouds;
before(async () => {
  clouds = await openClouds();
});
after(() => clouds.close());

interface Case {
  name: string;
  args: string[];
  prepare?(home: Home): Record<string, string> | Promise<Record<string, string>>;
  says: string;
}

const keys = { AWS_ACCESS_KEY_ID: "AKIDLOCALTEST0000001", AWS_SECRET_ACCESS_KEY: "local-secret" };
const region = "eu-central-1";
const domain = ["--domain", "acme", "--repository", "agents", "--region"];
const account = (home: Home) => ({ GOOGLE_APPLICATION_CREDENTIALS: home.write("sa.json", serviceAccount) });
const ssoProfile = `[profile dev]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Dev\nregion = ${region}\n\n[sso-session acme]\nsso_region = ${region}\nsso_start_url = https://acme.awsapps.com/start\n`;

/** SHA-1 of `acme`. */
const ssoCache = ".aws/sso/cache/293abb6b76d7791c0732cc517d38c4b5c734b87f.json";

const cases: Case[] = [
  {
    name: "an unknown provider",
    args: ["gogle"],
    says: "command-argument value 'gogle' is invalid for argument 'provider'. Did you mean google?",
  },
  { name: "no provider", args: [], says: "missing required argument 'provider'" },
  {
    name: "a flag of another provider",
    args: ["google", "--domain-owner", "1"],
    says: "--domain-owner is for aws, not for google; leave it out",
  },
  {
    name: "an unknown method",
    args: ["azure", "--method", "telepathy"],
    says: 'azure has no method "telepathy"; choose one of cli, managed-identity, device-code',
  },
  { name: "an index that is no address", args: ["google", "--index", "acme"], says: '"acme" is no address; write --index https://…' },
  {
    name: "an index in clear text",
    args: ["google", "--index", "http://pypi.acme.example/simple"],
    says: "pypi.acme.example would be sent a token that everybody on the way can read; name an https:// address",
  },
  {
    name: "an index with a password",
    args: ["google", "--index", "https://me:pass@pypi.acme.example/simple"],
    says: "an --index address holds a user name or password; leave it out, this login takes its place",
  },
  {
    name: "google: no credentials",
    args: ["google"],
    says: "no Google credentials were found; run `gcloud auth login`, or name a service account's file in GOOGLE_APPLICATION_CREDENTIALS",
  },
  {
    name: "google: gcloud that is not logged in",
    args: ["google"],
    prepare(home) {
      home.program("gcloud", "console.error('ERROR: You do not currently have an active account selected.'); process.exit(1);");
      return {};
    },
    says: "gcloud gave no access token; run `gcloud auth login`, then log in again",
  },
  {
    name: "google: a file that is not there",
    args: ["google"],
    prepare: () => ({ GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/sa.json" }),
    says: "the file that GOOGLE_APPLICATION_CREDENTIALS names cannot be read; correct it or unset the variable",
  },
  {
    name: "google: a login that was revoked",
    args: ["google"],
    prepare(home) {
      home.write(".config/gcloud/application_default_credentials.json", { ...authorizedUser, refresh_token: "old" });
      return {};
    },
    says: "Google takes these credentials no longer; run `gcloud auth application-default login`, or renew the service account's key",
  },
  {
    name: "google: a proof that another pool would take",
    args: ["google"],
    prepare: (home) => ({ GOOGLE_APPLICATION_CREDENTIALS: home.write("wif.json", externalAccount(home.write("proof", "forged"), false)) }),
    says: "Google takes these credentials no longer; run `gcloud auth application-default login`, or renew the service account's key",
  },
  {
    name: "google: a clock that is wrong",
    args: ["google"],
    prepare(home) {
      clouds.google.skewSeconds = -7200;
      return account(home);
    },
    says: "Google says that this machine's clock is wrong; set it (most systems: turn on automatic time), then log in again",
  },
  {
    name: "google: no network",
    args: ["google"],
    prepare: (home) => ({ ...account(home), HTTPS_PROXY: "http://127.0.0.1:9" }),
    says: "Google cannot be reached (ECONNREFUSED); check the network, and HTTPS_PROXY where a proxy is needed",
  },
  {
    name: "google: a proxy that lets nothing through",
    args: ["google"],
    prepare(home) {
      clouds.online = false;
      return account(home);
    },
    says: "the proxy does not lead to Google; check HTTPS_PROXY, and what the proxy lets through",
  },
  {
    name: "google: an authority that is not trusted",
    args: ["google"],
    prepare: (home) => ({ ...account(home), NODE_EXTRA_CA_CERTS: "" }),
    says: "the certificate that answers for Google is not trusted here (UNABLE_TO_VERIFY_LEAF_SIGNATURE); name your authority's PEM file in NODE_EXTRA_CA_CERTS, then log in again",
  },
  {
    name: "aws: no credentials",
    args: ["aws"],
    says: "no AWS credentials were found; run `aws configure sso`, then log in with --profile",
  },
  {
    name: "aws: a profile that is not there",
    args: ["aws", "--profile", "dev"],
    says: 'the AWS profile "dev" is not there, or has no credentials; `aws configure list-profiles` shows which there are',
  },
  {
    name: "aws: an SSO session that has expired",
    args: ["aws", "--profile", "dev"],
    prepare(home) {
      home.write(".aws/config", ssoProfile);
      home.write(ssoCache, { accessToken: "sso-token", expiresAt: "2020-01-01T00:00:00Z", region });
      return {};
    },
    says: 'the SSO session of the AWS profile "dev" has expired; run `aws sso login --profile dev`',
  },
  {
    name: "aws: an SSO session that was ended elsewhere",
    args: ["aws", "--profile", "dev"],
    prepare(home) {
      home.write(".aws/config", ssoProfile);
      home.write(ssoCache, { accessToken: "revoked", expiresAt: new Date(Date.now() + 3600_000).toISOString(), region });
      return {};
    },
    says: 'the SSO session of the AWS profile "dev" has expired; run `aws sso login --profile dev`',
  },
  {
    name: "aws: nobody logged in to SSO yet",
    args: ["aws", "--profile", "dev"],
    prepare(home) {
      home.write(".aws/config", ssoProfile);
      return {};
    },
    says: 'the SSO session of the AWS profile "dev" has expired; run `aws sso login --profile dev`',
  },
  {
    name: "aws: the wrong region",
    args: ["aws", ...domain, "eu-west-1"],
    prepare: () => keys,
    says: "CodeArtifact has no repository agents in the domain acme in eu-west-1; check the names, and name the domain's own region with --region",
  },
  {
    name: "aws: a region that does not exist",
    args: ["aws", ...domain, "eu-nowhere-9"],
    prepare: () => ({ ...keys, AWS_ENDPOINT_URL_CODEARTIFACT: "https://codeartifact.eu-nowhere-9.invalid", NO_PROXY: "*" }),
    says: "there is no CodeArtifact in eu-nowhere-9, or no network; check --region, then the network",
  },
  {
    name: "aws: no region at all",
    args: ["aws", "--domain", "acme", "--repository", "agents"],
    prepare: () => keys,
    says: "no AWS region is configured; name the one of your domain with --region",
  },
  {
    name: "aws: a repository without its domain",
    args: ["aws", "--repository", "agents"],
    prepare: () => keys,
    says: "a repository is in a domain; name it with --domain",
  },
  {
    name: "aws: a clock that is wrong",
    args: ["aws", ...domain, region],
    prepare: async () => {
      await clouds.aws({ stubborn: true });
      return keys;
    },
    says: "AWS says that this machine's clock is wrong; set it (most systems: turn on automatic time), then log in again",
  },
  {
    name: "aws: keys that are not known",
    args: ["aws", ...domain, region],
    prepare: () => ({ ...keys, AWS_ACCESS_KEY_ID: "AKIDUNKNOWN000000001" }),
    says: "AWS does not know these credentials; check the access key, then log in again",
  },
  {
    name: "aws: a wrong secret",
    args: ["aws", ...domain, region],
    prepare: () => ({ ...keys, AWS_SECRET_ACCESS_KEY: "wrong" }),
    says: "AWS does not know these credentials; check the access key, then log in again",
  },
  {
    name: "aws: a domain that these credentials may not use",
    args: ["aws", ...domain, region],
    prepare: async () => {
      await clouds.aws({ denied: true });
      return keys;
    },
    says: "these AWS credentials may not use the CodeArtifact domain acme; ask for codeartifact:GetRepositoryEndpoint",
  },
  {
    name: "aws: no network",
    args: ["aws"],
    prepare: () => ({ ...keys, AWS_ENDPOINT_URL_STS: "http://127.0.0.1:9" }),
    says: "AWS cannot be reached (ECONNREFUSED); check the network, and HTTPS_PROXY where a proxy is needed",
  },
  {
    name: "azure: no CLI",
    args: ["azure", "--method", "cli"],
    says: "the Azure CLI is not installed; install it, or log in with --method device-code",
  },
  {
    name: "azure: a CLI that is not logged in",
    args: ["azure", "--method", "cli"],
    prepare(home) {
      home.program("az", "console.error('ERROR: Please run az login to setup account.'); process.exit(1);");
      return {};
    },
    says: "the Azure CLI is not logged in; run `az login`, then log in again",
  },
  {
    name: "azure: no managed identity",
    args: ["azure", "--method", "managed-identity"],
    says: "this machine has no managed identity; run `az login`, or log in with --method device-code",
  },
  {
    name: "azure: a code that nobody typed in time",
    args: ["azure", "--method", "device-code"],
    prepare() {
      clouds.azure.refusal = { error: "expired_token", error_description: "AADSTS70020: The device code has expired." };
      return {};
    },
    says: "nobody typed the code in time; run `cockpit auth login azure` again",
  },
  {
    name: "azure: a login that was declined",
    args: ["azure", "--method", "device-code"],
    prepare() {
      clouds.azure.refusal = { error: "authorization_declined", error_description: "AADSTS70018: declined" };
      return {};
    },
    says: "the login was declined in the browser; run `cockpit auth login azure` again",
  },
  {
    name: "azure: a clock that is wrong",
    args: ["azure", "--method", "cli"],
    prepare(home) {
      home.program("az", `console.log(JSON.stringify({ accessToken: "h.e30.from-az", expires_on: Math.floor(Date.now() / 1000) - 60 }));`);
      return {};
    },
    says: "Azure says that this machine's clock is wrong; set it (most systems: turn on automatic time), then log in again",
  },
  {
    name: "azure: no network",
    args: ["azure", "--method", "device-code"],
    prepare() {
      clouds.online = false;
      return {};
    },
    says: "Azure cannot be reached (network_error); check the network, and HTTPS_PROXY where a proxy is needed",
  },
];

describe("bad input", () => {
  for (const { name, args, prepare, says } of cases)
    test(name, async () => {
      const home = makeHome(clouds.environment);
      try {
        const environment = await prepare?.(home);
        const { code, stdout, stderr } = await home.cockpit(["auth", "login", ...args], environment ?? {});
        const told = stderr.replace(/^To sign in.*\n/, "");
        assert.deepEqual({ code, stdout, told }, { code: 2, stdout: "", told: `cockpit: ${says}\n` });
        assert.equal((await home.cockpit(["auth", "status"])).code, 1, "nobody is logged in");
      } finally {
        await home.close();
        clouds.online = true;
        clouds.google.skewSeconds = 0;
        clouds.azure.refusal = undefined;
        await clouds.aws({ stubborn: false, denied: false });
      }
    });
});
