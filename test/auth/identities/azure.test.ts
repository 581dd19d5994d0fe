/** Azure's flows with the real @azure/identity and MSAL: login, credential, expiry, renewal, logout. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { exitCode, read } from "../../cli/cockpit.ts";
import { type Clouds, openClouds } from "./clouds.ts";
import { type Home, leaks, makeHome } from "./home.ts";

let clouds: Clouds;
let home: Home;
before(async () => {
  clouds = await openClouds();
});
after(() => clouds.close());
afterEach(async () => {
  Object.assign(clouds.azure, { tokenSeconds: 3600, approved: true, refusal: undefined });
  await home.close();
});

const pypi = { url: "https://pkgs.dev.azure.com/acme/_packaging/agents/pypi/simple/", format: "pypi" };
const npm = { url: "https://pkgs.dev.azure.com/acme/_packaging/agents/npm/registry/", format: "npm" };

const az = (seconds: string) => `
const claims = Buffer.from(JSON.stringify({ upn: "dev@acme.example" })).toString("base64url");
if (!process.argv.includes("499b84ac-1321-427f-aa17-267ca6975798")) process.exit(1);
console.log(JSON.stringify({ accessToken: \`h.\${claims}.from-az\`, expires_on: Math.floor(Date.now() / 1000) + ${seconds}, tokenType: "Bearer" }));`;

interface Flow {
  name: string;
  args: string[];
  prepare(home: Home): Record<string, string>;
  account: string;
  method: string;
  renews?: false;
}

const flows: Flow[] = [
  {
    name: "what az is logged in with",
    args: [],
    prepare(home) {
      home.program("az", az("3600"));
      return {};
    },
    account: "dev@acme.example",
    method: "Azure CLI",
    renews: false,
  },
  {
    name: "a managed identity",
    args: [],
    prepare: () => ({ IDENTITY_ENDPOINT: `${clouds.authority}/msi`, IDENTITY_HEADER: "h" }),
    account: "application app-1",
    method: "managed identity",
  },
  {
    name: "a code typed in a browser, at an authority of one's own",
    args: ["--method", "device-code", "--tenant", "t1"],
    prepare: () => ({ AZURE_AUTHORITY_HOST: clouds.authority }),
    account: "dev@acme.example",
    method: "device code",
  },
  {
    name: "a code typed in a browser, through a proxy",
    args: ["--method", "device-code"],
    prepare: () => ({}),
    account: "dev@acme.example",
    method: "device code",
  },
];

describe("azure", () => {
  for (const { name, args, prepare, account, method, renews = true } of flows)
    test(name, async () => {
      home = makeHome(clouds.environment);
      if (renews) clouds.azure.tokenSeconds = 2;
      const login = await home.cockpit(["auth", "login", "azure", ...args, "--format", "json"], prepare(home));
      assert.equal(login.code, 0, login.stderr);
      const shown = JSON.parse(login.stdout);
      assert.deepEqual({ account: shown.account, method: shown.method }, { account, method });
      if (method === "device code")
        assert.match(login.stderr, /^To sign in, open https:\/\/microsoft\.com\/devicelogin and enter the code ABCD-EFGH/);
      clouds.azure.tokenSeconds = 3600;
      const first = await home.ask([pypi, npm]);
      assert.deepEqual([first[pypi.url]?.problem, first[pypi.url]?.username, first[npm.url]?.username], [undefined, "VssSessionToken", ""]);
      assert(Number(first[pypi.url]?.expiresAt) - Date.now() > 3500_000, "a token of two seconds is renewed");
      assert.deepEqual((await home.ask([pypi]))[pypi.url], first[pypi.url], "a fresh token is kept");
      const { stdout: status, code } = await home.cockpit(["auth", "status"]);
      assert(code === 0 && status.includes(`${account} (${method})`), status);
      assert.equal((await home.cockpit(["auth", "logout", "azure"])).code, 0);
      assert.match((await home.ask([pypi]))[pypi.url]?.problem ?? "", /^nobody is logged in to azure; run/);
      assert.deepEqual(leaks(home.root, await clouds.secrets()), []);
    });

  test("what a login saves opens it again without asking, also when its token has expired", async () => {
    home = makeHome(clouds.environment);
    const open = async (...saved: string[]) => {
      const child = home.run([join(import.meta.dirname, "saved.ts"), ...saved]);
      const [shown, asked] = await Promise.all([read(child.stdout), read(child.stderr)]);
      return { ...JSON.parse(shown || "{}"), asked };
    };
    clouds.azure.tokenSeconds = 2;
    const first = await open();
    assert.match(first.asked, /^ABCD-EFGH \d+\n$/);
    clouds.azure.tokenSeconds = 3600;
    const second = await open(first.saved);
    assert.deepEqual([second.asked, second.account], ["", "dev@acme.example"]);
    assert(second.credential.expiresAt - Date.now() > 3500_000);
    const third = await open(second.saved);
    assert.equal(third.credential.secret, second.credential.secret, "a fresh token is kept in what is saved");
    clouds.azure.refreshTokens.clear();
    clouds.azure.tokenSeconds = 2;
    assert.match((await open(first.saved)).asked, /the Azure login has ended; run `cockpit auth login azure` again/);
    assert.deepEqual(leaks(home.root, await clouds.secrets()), []);
  });

  test("a login that waits for its code can be cancelled", async () => {
    home = makeHome(clouds.environment);
    clouds.azure.approved = false;
    const child = home.start(["auth", "login", "azure", "--method", "device-code"]);
    const [shown] = await Promise.all([new Promise<string>((resolve) => child.stderr?.once("data", (it) => resolve(String(it))))]);
    assert.match(shown, /ABCD-EFGH/);
    child.kill("SIGINT");
    const [code, rest] = await Promise.all([exitCode(child), read(child.stderr)]);
    assert.deepEqual([code, rest], [130, ""]);
    assert.equal((await home.cockpit(["auth", "status"])).code, 1, "nobody is logged in");
    const before = clouds.requests.length;
    await setTimeout(2500);
    assert(clouds.requests.length - before <= 1, "the keeper has stopped asking");
  });
});
