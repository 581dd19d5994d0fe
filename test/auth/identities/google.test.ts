/** Google's flows with the real google-auth-library: login, credential, expiry, renewal, logout. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { type Clouds, openClouds } from "./clouds.ts";
import { authorizedUser, externalAccount, serviceAccount } from "./google-cloud.ts";
import { type Home, leaks, makeHome } from "./home.ts";

let clouds: Clouds;
let home: Home;
before(async () => {
  clouds = await openClouds();
});
after(() => clouds.close());

const pypi = { url: "https://europe-python.pkg.dev/acme/agents/simple/", format: "pypi" };
const npm = { url: "https://europe-npm.pkg.dev/acme/agents/", format: "npm" };
const foreign = { url: "https://pypi.example/simple/", format: "pypi" };

interface Flow {
  name: string;
  /** Lays out what is there and gives the environment of the login. */
  prepare(home: Home): Record<string, string>;
  account: string;
  method: string;
}

const flows: Flow[] = [
  {
    name: "a service account's file",
    prepare: (home) => ({ GOOGLE_APPLICATION_CREDENTIALS: home.write("sa.json", serviceAccount) }),
    account: serviceAccount.client_email,
    method: "service account",
  },
  {
    name: "a person's application-default credentials",
    prepare(home) {
      home.write(".config/gcloud/application_default_credentials.json", authorizedUser);
      return {};
    },
    account: "dev@acme.example",
    method: "application default credentials",
  },
  {
    name: "workload identity federation",
    prepare: (home) => ({
      GOOGLE_APPLICATION_CREDENTIALS: home.write("wif.json", externalAccount(home.write("proof", "proof-1"), false)),
    }),
    account: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci",
    method: "workload identity federation",
  },
  {
    name: "workload identity federation that becomes a service account",
    prepare: (home) => ({
      GOOGLE_APPLICATION_CREDENTIALS: home.write("wif.json", externalAccount(home.write("proof", "proof-1"), true)),
    }),
    account: "deploy@acme.iam.gserviceaccount.com",
    method: "workload identity federation",
  },
];

afterEach(async () => {
  clouds.google.tokenSeconds = 3600;
  await home.close();
});

describe("google", () => {
  for (const { name, prepare, account, method } of flows)
    test(name, async () => {
      home = makeHome(clouds.environment);
      clouds.google.tokenSeconds = 2;
      const login = await home.cockpit(["auth", "login", "google", "--format", "json"], prepare(home));
      assert.equal(login.stderr, "");
      const { account: shown, method: by } = JSON.parse(login.stdout);
      assert.deepEqual({ account: shown, method: by }, { account, method });
      clouds.google.tokenSeconds = 3600;
      const first = await home.ask([pypi, npm, foreign]);
      assert.match(first[pypi.url]?.secret ?? "", /^ya29\./);
      assert.deepEqual([first[pypi.url]?.username, first[npm.url]?.username], ["oauth2accesstoken", ""]);
      assert.equal(first[foreign.url], undefined, "nobody's credential goes to a foreign host");
      const renewed = Number(first[pypi.url]?.expiresAt) - Date.now();
      assert(renewed > 3500_000, `the token of two seconds was renewed: ${renewed}`);
      assert.deepEqual(await home.ask([pypi]), { [pypi.url]: first[pypi.url] }, "a fresh token is kept");
      const { stdout: status } = await home.cockpit(["auth", "status"]);
      assert(status.includes(account) && /^ready .*token until/m.test(status), status);
      assert.equal((await home.cockpit(["auth", "logout", "google"])).code, 0);
      assert.match((await home.ask([pypi]))[pypi.url]?.problem ?? "", /^nobody is logged in to google; run `cockpit auth login google`$/);
      assert.deepEqual(leaks(home.root, await clouds.secrets()), []);
    });

  test("gcloud, where there is nothing else", async () => {
    home = makeHome(clouds.environment);
    home.program(
      "gcloud",
      `console.log({ "auth print-access-token --quiet": "ya29.from-gcloud", "config get account --quiet": "dev@acme.example" }[process.argv.slice(2).join(" ")]);`,
    );
    const { stdout } = await home.cockpit(["auth", "login", "google"]);
    assert.match(stdout, /^logged in to google as dev@acme\.example \(gcloud\)/);
    assert.equal((await home.ask([pypi]))[pypi.url]?.secret, "ya29.from-gcloud");
  });
});
