/** Each cloud from login to logout by the command as it is shipped: real tools install from a private index that takes nothing but an access token which that cloud's stand-in issued and which was good when the command began that uses it. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Provider } from "../../server/protocol/auth.ts";
import { exitCode, type Result } from "../cli/cockpit.ts";
import { type Clouds, openClouds } from "./identities/clouds.ts";
import { serviceAccount } from "./identities/google-cloud.ts";
import { type Home, leaks, makeHome, secretsIn } from "./identities/home.ts";
import { type Registries, startRegistries } from "./registries.ts";

let clouds: Clouds;
let registries: Registries;
let scratch: Home;
before(async () => {
  clouds = await openClouds();
  scratch = makeHome({});
  registries = await startRegistries(join(scratch.root, "registries"), [], () => {});
});
after(async () => {
  await registries?.stop();
  await clouds?.close();
  await scratch?.close();
});

/** How long a token is good that a command begins with; a command itself takes as long as the machine needs. */
const tokenSeconds = 12;

interface Login {
  provider: Provider;
  args?: readonly string[];
  /** Lays out what the login finds, and gives its environment. */
  prepare(home: Home): Record<string, string>;
  /** In the stand-in. */
  shortenTokens(): unknown;
}

const logins: Login[] = [
  {
    provider: "google",
    prepare: (home) => ({ GOOGLE_APPLICATION_CREDENTIALS: home.write("sa.json", serviceAccount) }),
    shortenTokens: () => Object.assign(clouds.google, { tokenSeconds }),
  },
  {
    provider: "aws",
    args: ["--domain", "acme", "--region", "eu-central-1"],
    prepare: () => ({ AWS_ACCESS_KEY_ID: "AKIDLOCALTEST0000001", AWS_SECRET_ACCESS_KEY: "local-secret" }),
    shortenTokens: () => clouds.aws({ tokenSeconds }),
  },
  {
    provider: "azure",
    args: ["--method", "device-code", "--tenant", "t1"],
    prepare: () => ({ AZURE_AUTHORITY_HOST: clouds.authority }),
    shortenTokens: () => Object.assign(clouds.azure, { tokenSeconds }),
  },
];

for (const { provider, args = [], prepare, shortenTokens } of logins)
  test(`${provider}: login, install, expiry, renewal, logout`, async (t) => {
    await shortenTokens();
    let began = Date.now();
    for (const gate of [registries.pypi, registries.npm]) {
      gate.accepts = (token) => clouds.isGood(provider, token, began);
      gate.asked.length = 0;
    }
    const home = personWith(registries);
    t.after(home.close);
    const said: string[] = [];
    const cockpit = async (...words: string[]): Promise<Result> => {
      began = Date.now();
      const result = await home.cockpit(words);
      said.push(result.stdout, result.stderr);
      return result;
    };
    const exec = (...command: string[]) => cockpit("auth", "exec", "--", ...command);
    const indexes = [`${registries.pypi.url}/simple/`, `${registries.npm.url}/`];

    assert.notEqual((await exec(...uv("early"))).code, 0, "nobody is logged in");
    Object.assign(home.environment, prepare(home));
    ok(await cockpit("auth", "login", provider, ...args, ...indexes.flatMap((it) => ["--index", it])));

    ok(await exec(...uv("first")));
    assert(isInstalled(home, "first"));
    const first = tokenSeen();

    const [ready, go] = [join(home.root, "ready"), join(home.root, "go")];
    const script = `${uv("second").join(" ")} && touch ${ready} && until test -e ${go}; do sleep 0.1; done && ${uv("third").join(" ")}`;
    began = Date.now();
    const long = home.start(["auth", "exec", "--", "sh", "-c", script]);
    for (const stream of [long.stdout, long.stderr]) stream?.on("data", (it) => said.push(String(it)));
    const ended = exitCode(long);
    await until(() => existsSync(ready) || long.exitCode !== null);
    assert(isInstalled(home, "second"), said.join(""));
    const second = tokenSeen();
    await until(async () => !(await clouds.isGood(provider, second)));
    began = Date.now();
    for (const old of [first, second]) assert.equal(await statusWith(old), 401, "an expired token opens nothing");
    writeFileSync(go, "");
    assert.equal(await ended, 0, said.join(""));
    assert(isInstalled(home, "third"), "a shell that goes on for long asks for a new token");
    const third = tokenSeen();
    assert(third !== first && third !== second);

    ok(await exec("pip", "install", "--no-cache-dir", "--target", "pip", "acme-core"));
    ok(await exec("npm", "install", "@acme/core"));
    assert(isInstalled(home, "pip") && existsSync(join(home.root, "node_modules/@acme/core/index.js")));

    ok(await cockpit("auth", "logout"));
    registries.pypi.asked.length = 0;
    const refused = await exec(...uv("late"));
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /401 Unauthorized/);
    assert(!isInstalled(home, "late"));
    assert(registries.pypi.asked.length > 0 && registries.pypi.asked.every(({ token, status }) => token === undefined && status === 401));

    const secrets = await clouds.secrets();
    assert(secrets.includes(third));
    assert.deepEqual(secretsIn(said.join(""), secrets), []);
    assert.deepEqual(leaks(home.root, secrets), []);
  });

/** Somebody whose uv, pip and npm are configured to use the private indexes. */
function personWith({ bin, pypi, npm }: Registries): Home {
  const home = makeHome({
    ...clouds.environment,
    UV_PYTHON: join(bin, "python"),
    UV_PYTHON_DOWNLOADS: "never",
    PIP_NO_INPUT: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
  });
  home.environment.PATH = [join(home.root, "bin"), bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  home.write(".config/uv/uv.toml", `[[index]]\nurl = "${pypi.url}/simple/"\ndefault = true\n`);
  home.write(".config/pip/pip.conf", `[global]\nindex-url = ${pypi.url}/simple/\n`);
  home.write(".npmrc", `@acme:registry=${npm.url}/\n`);
  mkdirSync(join(home.root, ".git"));
  writeFileSync(join(home.root, "package.json"), "{}");
  return home;
}

const uv = (target: string) => ["uv", "pip", "install", "--no-cache", "--target", target, "acme-core"];
const isInstalled = (home: Home, target: string) => existsSync(join(home.root, target, "acme_core.py"));
const ok = ({ code, stdout, stderr }: Result) => assert.equal(code, 0, stdout + stderr);

/** The one that last opened the index. */
function tokenSeen(): string {
  const token = registries.pypi.asked.findLast(({ status }) => status === 200)?.token;
  assert(token);
  return token;
}

async function statusWith(token: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`any:${token}`).toString("base64")}`;
  return (await fetch(`${registries.pypi.url}/simple/`, { headers: { authorization } })).status;
}

async function until(holds: () => boolean | Promise<boolean>) {
  for (let i = 0; i < 1800; i++) {
    if (await holds()) return;
    await setTimeout(100);
  }
  assert.fail("it never came to this");
}
