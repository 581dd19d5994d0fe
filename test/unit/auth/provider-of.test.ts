/** Where a credential may go, and where the tools' readers of addresses could be made to disagree about it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { providerOf } from "../../../server/auth/provider-of.ts";

const trusted = [{ url: "https://pypi.acme.example/agents/simple", provider: "google" as const }];

const owners: Record<string, string | undefined> = {
  "https://europe-python.pkg.dev/acme/agents/simple/": "google",
  "https://EUROPE-python.pkg.dev/": "google",
  "https://acme-123456789012.d.codeartifact.eu-central-1.amazonaws.com/pypi/agents/simple/": "aws",
  "https://pkgs.dev.azure.com/acme/_packaging/agents/pypi/simple/": "azure",
  "https://acme.pkgs.visualstudio.com/_packaging/x": "azure",
  "https://pypi.acme.example/agents/simple/": "google",
  "https://pypi.acme.example/agents/simple/../../other/": undefined,
  "https://pypi.acme.example/agents/simple/%2e%2e/other/": undefined,
  "https://pypi.acme.example/agents/simple-evil/": undefined,
  "https://pypi.acme.example:8443/agents/simple/": undefined,
  "http://europe-python.pkg.dev/": undefined,
  "https://europe-python.pkg.dev:8443/": undefined,
  "https://europe-python.pkg.dev.evil.example/": undefined,
  "https://evil.example/europe-python.pkg.dev/": undefined,
  "https://evilpkg.dev/": undefined,
  "https://europe-python.pkg.dev@evil.example/": undefined,
  // A browser's reader takes the first host, Python's the last.
  "https://europe-python.pkg.dev\\@evil.example/": undefined,
  "https://evil.example\\@europe-python.pkg.dev/": undefined,
  "https://me@europe-python.pkg.dev/": undefined,
  "https://europe-python.\uff50kg.dev/": undefined,
  "https://europe-python.pkg\u3002dev/": undefined,
  "https://europe-python.pkg.dev\t/": undefined,
  "https:europe-python.pkg.dev/": undefined,
  "https:///europe-python.pkg.dev/": undefined,
};

for (const [url, owner] of Object.entries(owners))
  test(`${JSON.stringify(url)} takes ${owner ? `${owner}'s credential` : "nobody's credential"}`, () =>
    assert.equal(providerOf(url, trusted), owner));
