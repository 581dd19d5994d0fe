/** The process that keeps logins: one for all commands of a person, reachable by nobody else, and with nothing secret outside of its memory. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { exitCode } from "../../cli/cockpit.ts";
import { type Clouds, openClouds } from "./clouds.ts";
import { serviceAccount } from "./google-cloud.ts";
import { type Home, leaks, makeHome, secretsIn } from "./home.ts";

let clouds: Clouds;
let home: Home;
before(async () => {
  clouds = await openClouds();
});
after(() => clouds.close());
beforeEach(() => {
  home = makeHome(clouds.environment);
  google = { GOOGLE_APPLICATION_CREDENTIALS: home.write("sa.json", serviceAccount) };
});
afterEach(async () => {
  clouds.online = true;
  clouds.google.tokenSeconds = 3600;
  await home.close();
});

let google: Record<string, string>;
const aws = { AWS_ACCESS_KEY_ID: "AKIDLOCALTEST0000001", AWS_SECRET_ACCESS_KEY: "local-secret" };
const index = { url: "https://europe-python.pkg.dev/acme/agents/simple/", format: "pypi" };
const codeArtifact = { url: "https://acme-123456789012.d.codeartifact.eu-central-1.amazonaws.com/pypi/agents/simple/", format: "pypi" };

const folder = () => join(home.root, "run", `agentops-cockpit-${userInfo().uid}`);

async function eventually(what: string, holds: () => boolean) {
  for (let i = 0; i < 250; i++) {
    if (holds()) return;
    await setTimeout(20);
  }
  assert.fail(`it never came to this: ${what}`);
}

/** The keeper was started by a command with these variables. */
async function logIn(environment = google) {
  const { code, stderr } = await home.cockpit(["auth", "login", "google"], environment);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
}

describe("keeper", () => {
  test("only its user reaches it", async () => {
    await logIn();
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
    const [name = "", ...others] = readdirSync(folder());
    assert.deepEqual(others, []);
    const socket = lstatSync(join(folder(), name));
    assert(socket.isSocket());
    assert.equal(socket.mode & 0o777, 0o600);
  });

  test("a folder that others can reach into is refused", async () => {
    mkdirSync(folder());
    chmodSync(folder(), 0o755);
    const { code, stderr } = await home.cockpit(["auth", "login", "google"], google);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `cockpit: ${folder()} is not yours alone, so no login is kept there; remove it, or set XDG_RUNTIME_DIR to a folder of your own\n`,
    );
  });

  test("every command uses the one that runs", async () => {
    await logIn();
    const [keeper] = home.keepers();
    await home.ask([index]);
    await home.cockpit(["auth", "login", "aws"], aws);
    await home.cockpit(["auth", "status"]);
    assert.deepEqual(home.keepers(), [keeper]);
    const asked = clouds.requests.length;
    await Promise.all([1, 2, 3].map(() => home.ask([index])));
    assert.equal(clouds.requests.length, asked, "what is kept is not fetched again");
  });

  test("two logins at once are both kept, by one keeper", async () => {
    const logins = await Promise.all([
      home.cockpit(["auth", "login", "google"], google),
      home.cockpit(["auth", "login", "aws"], aws),
      home.cockpit(["auth", "login", "google"], google),
    ]);
    assert.deepEqual(
      logins.map(({ code, stderr }) => ({ code, stderr })),
      logins.map(() => ({ code: 0, stderr: "" })),
    );
    await eventually("one keeper runs", () => home.keepers().length === 1);
    const { logins: states } = JSON.parse((await home.cockpit(["auth", "status", "--format", "json"])).stdout);
    assert.deepEqual(states.map(({ provider }: { provider: string }) => provider).sort(), ["aws", "google"]);
    const answers = await home.ask([index, codeArtifact]);
    assert(answers[index.url]?.secret && answers[codeArtifact.url]?.secret, JSON.stringify(answers));
  });

  test("killed, it loses nothing but time", async () => {
    await logIn();
    const [keeper = 0] = home.keepers();
    process.kill(keeper, "SIGKILL");
    await eventually("it is gone", () => home.keepers().length === 0);
    const status = await home.cockpit(["auth", "status"]);
    assert.match(status.stdout, /^ready +google +agents@acme\.iam\.gserviceaccount\.com \(service account\)\n$/);
    Object.assign(home.environment, google);
    assert.match((await home.ask([index]))[index.url]?.secret ?? "", /^ya29\./);
    assert.equal(home.keepers().length, 1);
    assert.equal(readdirSync(folder()).length, 1, "what the dead one left is gone");
    assert.deepEqual(leaks(home.root, await clouds.secrets()), []);
  });

  test("killed, a login that asked somebody has to be made again", async () => {
    await home.cockpit(["auth", "login", "azure", "--method", "device-code"]);
    for (const id of home.keepers()) process.kill(id, "SIGKILL");
    await eventually("it is gone", () => home.keepers().length === 0);
    const status = await home.cockpit(["auth", "status"]);
    assert.deepEqual([status.code, status.stdout], [1, "log in again  azure   dev@acme.example (device code)\n"]);
    const feed = { url: "https://pkgs.dev.azure.com/acme/_packaging/agents/pypi/simple/", format: "pypi" };
    assert.equal((await home.ask([feed]))[feed.url]?.problem, "the azure login has ended; run `cockpit auth login azure` again");
  });

  test("it outlives its terminal and opens no debugger's port", async () => {
    await logIn();
    const [keeper = 0] = home.keepers();
    const listening = () =>
      readFileSync(`/proc/${keeper}/net/tcp`, "utf8")
        .split("\n")
        .filter((it) => /^ *\d+: \w+:\w+ 00000000:0000 0A /.test(it))
        .map((it) => it.split(/\s+/)[10]);
    const mine = () => readdirSync(`/proc/${keeper}/fd`).map((it) => readlinkSync(`/proc/${keeper}/fd/${it}`));
    for (const signal of ["SIGHUP", "SIGUSR1"] as const) process.kill(keeper, signal);
    await setTimeout(300);
    assert.deepEqual(home.keepers(), [keeper]);
    const inodes = new Set(listening().map((inode) => `socket:[${inode}]`));
    assert.deepEqual(
      mine().filter((it) => inodes.has(it)),
      [],
    );
  });

  test("it ends when nobody is logged in", async () => {
    await logIn();
    await home.cockpit(["auth", "logout"]);
    await eventually("it has ended", () => home.keepers().length === 0);
    assert.deepEqual(readdirSync(folder()), []);
  });

  test("the record holds choices and names, no secret", async () => {
    await home.cockpit(["auth", "login", "google", "--index", "https://pypi.acme.example/agents/simple"], google);
    const file = join(home.environment.COCKPIT_CONFIG_DIR ?? "", "logins.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), {
      version: 1,
      logins: [
        {
          options: { provider: "google" },
          account: serviceAccount.client_email,
          method: "service account",
          asks: false,
          indexes: [{ name: "agents", url: "https://pypi.acme.example/agents/simple", format: "pypi" }],
        },
      ],
    });
    const mine = { url: "https://pypi.acme.example/agents/simple/", format: "pypi" };
    const others = [
      "https://pypi.acme.example/other/simple/",
      "https://acme.example/agents/simple/",
      "http://pypi.acme.example/agents/simple/",
    ];
    const answers = await home.ask([mine, ...others.map((url) => ({ url, format: "pypi" }))]);
    assert.deepEqual(Object.keys(answers), [mine.url], "a credential goes to the address that was named, and below it");
  });

  test("a renewal that fails leaves the old token while it is good", async () => {
    clouds.google.tokenSeconds = 200;
    await logIn();
    const { [index.url]: first } = await home.ask([index]);
    clouds.online = false;
    assert.deepEqual((await home.ask([index]))[index.url], first);
  });

  test("killed at any moment, neither the login nor the keeper leaves a token behind", async () => {
    for (let delay = 60; delay <= 600; delay += 60) {
      const child = home.start(["auth", "login", "google"], google);
      const ended = exitCode(child);
      await setTimeout(delay);
      for (const id of home.keepers()) process.kill(id, "SIGKILL");
      child.kill("SIGKILL");
      await ended;
    }
    for (const id of home.keepers()) process.kill(id, "SIGKILL");
    await eventually("all are gone", () => home.keepers().length === 0);
    assert.deepEqual(leaks(home.root, await clouds.secrets()), []);
    await logIn();
    assert.match((await home.ask([index]))[index.url]?.secret ?? "", /^ya29\./, "and the next login works");
  });

  test("the most talkative environment shows and writes no token", async () => {
    const talkative = {
      NODE_DEBUG: "*",
      DEBUG: "*",
      AZURE_LOG_LEVEL: "verbose",
      DEBUG_AUTH: "1",
      NODE_OPTIONS: `--report-on-signal --report-uncaught-exception --report-directory=${home.root}/tmp`,
      ...google,
    };
    const outputs = [
      await home.cockpit(["auth", "login", "google"], talkative),
      await home.cockpit(["auth", "login", "azure", "--method", "device-code"], talkative),
      await home.cockpit(["auth", "login", "aws", "--domain", "acme", "--repository", "agents", "--region", "eu-central-1"], {
        ...talkative,
        ...aws,
      }),
      await home.cockpit(["auth", "status"], talkative),
    ];
    assert.deepEqual(
      outputs.map(({ code }) => code),
      [0, 0, 0, 0],
    );
    for (const id of home.keepers()) process.kill(id, "SIGUSR2");
    // A report would be written now.
    await setTimeout(500);
    for (const id of home.keepers()) process.kill(id, "SIGKILL");
    await eventually("it is gone", () => home.keepers().length === 0);
    const secrets = [...(await clouds.secrets()), aws.AWS_SECRET_ACCESS_KEY];
    assert(secrets.length > 3);
    assert.deepEqual(secretsIn(outputs.map(({ stdout, stderr }) => stdout + stderr).join(""), secrets), []);
    assert.deepEqual(leaks(home.root, secrets), []);
    writeFileSync(join(home.root, "tmp/plain"), `x${secrets.at(-2)}x`);
    writeFileSync(join(home.root, "tmp/header"), `Basic ${Buffer.from(`user:${secrets.at(-2)}`).toString("base64")}`);
    assert.deepEqual(leaks(home.root, secrets).toSorted(), ["tmp/header", "tmp/plain"], "the search finds what is there");
    assert(existsSync(home.root));
  });
});
