/** AWS's flows with the real SDK: credentials of every kind become a CodeArtifact token, which expires, is renewed and forgotten. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { type Clouds, openClouds } from "./clouds.ts";
import { type Home, leaks, makeHome } from "./home.ts";

let clouds: Clouds;
let home: Home;
before(async () => {
  clouds = await openClouds();
});
after(() => clouds.close());
afterEach(async () => {
  await clouds.aws({ tokenSeconds: 3600, skewSeconds: 0 });
  await home.close();
});

const host = "https://acme-123456789012.d.codeartifact.eu-central-1.amazonaws.com";
const pypi = { url: `${host}/pypi/agents/simple/`, format: "pypi" };
const npm = { url: `${host}/npm/agents/`, format: "npm" };

const accessKey = "aws_access_key_id = AKIDLOCALTEST0000001\naws_secret_access_key = local-secret\n";
const expiresAt = new Date(Date.now() + 3600_000).toISOString();

interface Flow {
  name: string;
  args?: string[];
  prepare(home: Home): Record<string, string>;
  account: RegExp;
  method: string;
}

const flows: Flow[] = [
  {
    name: "access keys in the environment",
    prepare: () => ({ AWS_ACCESS_KEY_ID: "AKIDLOCALTEST0000001", AWS_SECRET_ACCESS_KEY: "local-secret" }),
    account: /^arn:aws:sts::123456789012:user\/moto$/,
    method: "environment",
  },
  {
    name: "a profile with access keys",
    args: ["--profile", "dev"],
    prepare(home) {
      home.write(".aws/credentials", `[dev]\n${accessKey}`);
      return {};
    },
    account: /^arn:aws:sts::123456789012:user\/moto$/,
    method: "profile dev",
  },
  {
    name: "a profile that assumes a role",
    args: ["--profile", "deploy"],
    prepare(home) {
      home.write(".aws/credentials", `[base]\n${accessKey}`);
      home.write(
        ".aws/config",
        "[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = base\nregion = eu-central-1\n",
      );
      return {};
    },
    account: /^arn:aws:sts::123456789012:assumed-role\/deploy\//,
    method: "profile deploy (assumed role)",
  },
  {
    name: "a profile with an SSO session",
    args: ["--profile", "sso"],
    prepare(home) {
      home.write(
        ".aws/config",
        "[profile sso]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Dev\nregion = eu-central-1\n\n[sso-session acme]\nsso_region = eu-central-1\nsso_start_url = https://acme.awsapps.com/start\n",
      );
      // Named by the SHA-1 of the session's name, as `aws sso login` does.
      home.write(".aws/sso/cache/293abb6b76d7791c0732cc517d38c4b5c734b87f.json", {
        accessToken: "sso-token",
        expiresAt,
        region: "eu-central-1",
      });
      return {};
    },
    account: /^arn:aws:sts::123456789012:user\/moto$/,
    method: "profile sso (SSO)",
  },
  {
    name: "a web identity",
    prepare: (home) => ({
      AWS_WEB_IDENTITY_TOKEN_FILE: home.write("web-identity", "proof"),
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/ci",
      AWS_REGION: "eu-central-1",
    }),
    account: /^arn:aws:sts::123456789012:assumed-role\/ci\//,
    method: "web identity",
  },
];

describe("aws", () => {
  for (const { name, args = [], prepare, account, method } of flows)
    test(name, async () => {
      home = makeHome(clouds.environment);
      await clouds.aws({ requests: [] });
      const repository = ["--domain", "acme", "--repository", "agents", "--serves", "pypi", "--serves", "npm", "--region", "eu-central-1"];
      await clouds.aws({ tokenSeconds: 2 });
      const login = await home.cockpit(["auth", "login", "aws", ...args, ...repository, "--format", "json"], prepare(home));
      assert.equal(login.stderr, "");
      const shown = JSON.parse(login.stdout);
      assert.match(shown.account, account);
      assert.equal(shown.method, method);
      assert.deepEqual(
        shown.indexes.map(({ url, format }: { url: string; format: string }) => ({ url, format })),
        [pypi, npm],
      );
      await clouds.aws({ tokenSeconds: 3600 });
      const first = await home.ask([pypi, npm]);
      assert.deepEqual([first[pypi.url]?.username, first[npm.url]?.username], ["aws", ""]);
      assert(Number(first[pypi.url]?.expiresAt) - Date.now() > 3500_000, "the token of two seconds was renewed");
      assert.equal(first[npm.url]?.secret, first[pypi.url]?.secret, "one token serves the domain");
      assert.deepEqual((await home.ask([pypi]))[pypi.url], first[pypi.url], "a fresh token is kept");
      const { stdout: status, code } = await home.cockpit(["auth", "status"]);
      assert(code === 0 && status.includes(method) && status.includes(`acme-agents  npm  ${npm.url}`), status);
      assert.equal((await home.cockpit(["auth", "logout"])).code, 0);
      assert.match((await home.ask([pypi]))[pypi.url]?.problem ?? "", /^nobody is logged in to aws; run/);
      assert.deepEqual(leaks(home.root, await clouds.secrets()), []);
    });

  test("a role is assumed and used through a proxy", async () => {
    const { AWS_ENDPOINT_URL_STS: _, AWS_ENDPOINT_URL_CODEARTIFACT: __, ...environment } = clouds.environment;
    home = makeHome(environment);
    home.write(".aws/credentials", `[base]\n${accessKey}`);
    home.write(
      ".aws/config",
      "[profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = base\nregion = eu-central-1\n",
    );
    clouds.requests.length = 0;
    const { code, stderr } = await home.cockpit([
      "auth",
      "login",
      "aws",
      "--profile",
      "deploy",
      "--domain",
      "acme",
      "--repository",
      "agents",
    ]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.deepEqual([...new Set(clouds.requests)].sort(), [
      "GET codeartifact.eu-central-1.amazonaws.com/v1/repository/endpoint",
      "POST codeartifact.eu-central-1.amazonaws.com/v1/authorization-token",
      "POST sts.eu-central-1.amazonaws.com/",
    ]);
  });

  test("a clock that is an hour slow is corrected by the SDK", async () => {
    home = makeHome(clouds.environment);
    await clouds.aws({ skewSeconds: 3600 });
    const environment = { AWS_ACCESS_KEY_ID: "AKIDLOCALTEST0000001", AWS_SECRET_ACCESS_KEY: "local-secret" };
    const args = ["auth", "login", "aws", "--domain", "acme", "--repository", "agents", "--region", "eu-central-1"];
    const { code, stderr } = await home.cockpit(args, environment);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  });
});
