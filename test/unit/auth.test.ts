/** Where a credential may go, and what the keeper takes over from who calls it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { adopt } from "../../server/auth/keeper/environment.ts";
import { namedIndexes } from "../../server/auth/named-indexes.ts";
import { codeArtifactOf, providerOf } from "../../server/auth/provider-of.ts";

const byHost: [url: string, provider: string | undefined][] = [
  ["https://europe-python.pkg.dev/acme/agents/simple/", "google"],
  ["https://acme-123456789012.d.codeartifact.eu-central-1.amazonaws.com/pypi/agents/simple/", "aws"],
  ["https://my-acme-123456789012.d.codeartifact.us-east-1.amazonaws.com/npm/agents/", "aws"],
  ["https://pkgs.dev.azure.com/acme/_packaging/agents/pypi/simple/", "azure"],
  ["https://acme.pkgs.visualstudio.com/_packaging/agents/npm/registry/", "azure"],
  ["https://PKGS.dev.azure.com/acme/", "azure"],
  ["https://pypi.org/simple/", undefined],
  ["http://europe-python.pkg.dev/acme/agents/simple/", undefined],
  ["https://europe-python.pkg.dev:8443/acme/", undefined],
  ["https://pkg.dev.evil.example/acme/", undefined],
  ["https://evilpkg.dev/acme/", undefined],
  ["https://europe-python.pkg.dev@evil.example/", undefined],
  ["https://pkgs.dev.azure.com.evil.example/", undefined],
  ["https://evil.example/pkgs.dev.azure.com/", undefined],
  ["https://acme-123456789012.d.codeartifact.eu-central-1.amazonaws.com.evil.example/", undefined],
  ["https://acme-123.d.codeartifact.eu-central-1.amazonaws.com/", undefined],
  ["https://s3.eu-central-1.amazonaws.com/d.codeartifact./", undefined],
  ["not an address", undefined],
];

const trusted = [
  { url: "https://pypi.acme.example/agents/simple", provider: "google" as const },
  { url: "http://127.0.0.1:8080/simple/", provider: "aws" as const },
  { url: "http://plain.example/simple/", provider: "aws" as const },
];

const byName: [url: string, provider: string | undefined][] = [
  ["https://pypi.acme.example/agents/simple", "google"],
  ["https://pypi.acme.example/agents/simple/", "google"],
  ["https://pypi.acme.example/agents/simple/requests/", "google"],
  ["https://pypi.acme.example/agents/simple/../../other/", undefined],
  ["https://pypi.acme.example/agents/simple2/", undefined],
  ["https://pypi.acme.example/", undefined],
  ["https://pypi.acme.example:444/agents/simple/", undefined],
  ["http://pypi.acme.example/agents/simple/", undefined],
  ["http://127.0.0.1:8080/simple/", "aws"],
  ["http://127.0.0.1:8081/simple/", undefined],
  ["http://plain.example/simple/", undefined],
];

describe("providerOf", () => {
  for (const [url, provider] of byHost) test(`${url} → ${provider}`, () => assert.equal(providerOf(url), provider));
  for (const [url, provider] of byName) test(`named: ${url} → ${provider}`, () => assert.equal(providerOf(url, trusted), provider));
});

test("a CodeArtifact host tells domain, owner and region", () => {
  const url = "https://my-acme-123456789012.d.codeartifact.eu-central-1.amazonaws.com/pypi/agents/simple/";
  assert.deepEqual(codeArtifactOf(url), { domain: "my-acme", owner: "123456789012", region: "eu-central-1" });
});

test("named indexes have a name of their own and serve what their address says", () => {
  const urls = [
    "https://europe-python.pkg.dev/acme/agents/simple/",
    "https://europe-npm.pkg.dev/acme/agents/",
    "https://asia-python.pkg.dev/acme/agents/simple/",
    "https://pkgs.dev.azure.com/acme/_packaging/feed%20one/npm/registry/",
    "https://europe-go.pkg.dev/acme/modules",
    "https://pypi.acme.example",
  ];
  assert.deepEqual(
    namedIndexes(urls, []).map(({ name, format }) => `${name} ${format}`),
    ["agents pypi", "agents npm", "agents-2 pypi", "feed-20one npm", "modules go", "pypi.acme.example pypi"],
  );
  assert.deepEqual(
    namedIndexes(["https://acme.example/x"], ["pypi", "npm"]).map(({ name, format }) => `${name} ${format}`),
    ["x pypi", "x npm"],
  );
});

test("a login takes its own provider's variables from the caller and leaves the others'", () => {
  const current = { AWS_PROFILE: "mine", AZURE_TENANT_ID: "t", PATH: "/bin", GOOGLE_APPLICATION_CREDENTIALS: "old" };
  adopt({ AWS_PROFILE: "other", CLOUDSDK_CONFIG: "c", PATH: "/usr/bin", NODE_OPTIONS: "--inspect", DEBUG: "*" }, "google", current);
  assert.deepEqual(current, { AWS_PROFILE: "mine", AZURE_TENANT_ID: "t", PATH: "/usr/bin", CLOUDSDK_CONFIG: "c" });
});
