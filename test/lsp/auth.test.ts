/** Logins for an editor, against the clouds on loopback: what terminals get, what is kept as a secret, and what is left after a logout. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import {
  checkRegistriesMethod,
  environmentMethod,
  indexesMethod,
  type LoginParams,
  type LoginPrompt,
  loginAnswerSchema,
  loginMethod,
  loginPromptMethod,
  logoutMethod,
  privateIndexesSchema,
  registryStatesSchema,
  terminalEnvironmentSchema,
} from "../../server/protocol/auth-messages.ts";
import { listen } from "../auth/failover/listen.ts";
import { type Clouds, openClouds } from "../auth/identities/clouds.ts";
import { serviceAccount } from "../auth/identities/google-cloud.ts";
import { leaks } from "../auth/identities/home.ts";
import { issued } from "../auth/identities/secrets.ts";
import { type Editor, openEditor } from "./editor.ts";

let clouds: Clouds;
const home = mkdtempSync(join(tmpdir(), "cockpit-editor-"));
before(async () => {
  clouds = await openClouds();
  const account = join(home, "sa.json");
  writeFileSync(account, JSON.stringify(serviceAccount));
  const program = { HOME: home, TMPDIR: home, PATH: join(home, "bin"), GOOGLE_APPLICATION_CREDENTIALS: account };
  Object.assign(process.env, clouds.environment, program);
});
after(async () => {
  await clouds.close();
  rmSync(home, { recursive: true, force: true });
});

const feed = "https://pkgs.dev.azure.com/acme/_packaging/agents/pypi/simple/";
const registry = "https://europe-python.pkg.dev/acme/agents/simple/";
const folders = {
  work: {
    "pyproject.toml": `[[tool.uv.index]]\nname = "team"\nurl = "${registry}"\n\n[[tool.uv.index]]\nname = "feed"\nurl = "${feed}"\n`,
  },
};
const google: LoginParams = { provider: "google", indexes: [], asks: true };

const logIn = async ({ connection }: Editor, params: LoginParams) =>
  loginAnswerSchema.parse(await connection.sendRequest(loginMethod, params));
const environment = async ({ connection }: Editor) => terminalEnvironmentSchema.parse(await connection.sendRequest(environmentMethod));

test("terminals get a user name and a keyring; files that were given stay until the server ends, and none holds a token", async () => {
  const editor = await openEditor({ folders });
  const answer = await logIn(editor, google);
  assert.deepEqual(answer, { account: serviceAccount.client_email, method: "service account" });
  const given = await environment(editor);
  const { PATH = "", ...variables } = given.folders[0]?.variables ?? {};
  const [secretName = ""] = Object.keys(variables).filter((it) => it.startsWith("COCKPIT_PYTHON_"));
  const { [secretName]: token = "", ...plain } = variables;
  assert.deepEqual(plain, {
    UV_INDEX_TEAM_USERNAME: "oauth2accesstoken",
    UV_KEYRING_PROVIDER: "subprocess",
    PIP_KEYRING_PROVIDER: "subprocess",
  });
  assert(issued.includes(token));
  assert(!PATH.includes(delimiter) && existsSync(join(PATH, "keyring")), "one folder, to be put before the PATH");
  await environment(editor);
  assert(existsSync(join(PATH, "keyring")), "a terminal that is open goes on");
  assert.deepEqual(leaks(home, issued), []);
  const left = terminalEnvironmentSchema.parse(await editor.connection.sendRequest(logoutMethod, { provider: "google" }));
  assert.deepEqual([left.logins, left.folders[0]?.variables], [[], {}]);
  await editor.stop();
  assert.deepEqual(
    readdirSync(home).filter((it) => it.startsWith("cockpit-auth-")),
    [],
  );
});

test("a device code is shown; what opens the login again is renewed with its token, and opens it without asking", async () => {
  clouds.azure.tokenSeconds = 200;
  const editor = await openEditor({ folders });
  const shown: LoginPrompt[] = [];
  editor.connection.onNotification(loginPromptMethod, (prompt: LoginPrompt) => void shown.push(prompt));
  const answer = await logIn(editor, { provider: "azure", indexes: [], asks: true });
  assert("saved" in answer && answer.saved, JSON.stringify(answer));
  assert.equal(answer.account, "dev@acme.example");
  assert.deepEqual(
    shown.map(({ url, code }) => [url, code]),
    [["https://microsoft.com/devicelogin", "ABCD-EFGH"]],
  );
  const renewed = (await environment(editor)).logins[0]?.saved ?? "";
  await editor.stop();
  assert.notEqual(renewed, answer.saved);
  const latest = issued.findLast((it) => it.startsWith("refresh-")) ?? "";
  assert(renewed.includes(latest), "the refresh token of the last renewal is the one to keep");
  const next = await openEditor({ folders });
  const again = await logIn(next, { provider: "azure", indexes: [], asks: false, saved: renewed });
  assert("account" in again && again.account === "dev@acme.example", JSON.stringify(again));
  assert.equal(shown.length, 1);
  await next.stop();
  clouds.azure.tokenSeconds = 3600;
});

test("what failed is told as what to do next; nobody is asked where nobody may be", async () => {
  const editor = await openEditor({ folders });
  const refused = await logIn(editor, { provider: "azure", indexes: [], asks: false });
  assert("problem" in refused && /run `az login`/.test(refused.problem), JSON.stringify(refused));
  assert.deepEqual((await environment(editor)).logins, []);
});

test("hosts that are nobody's are told apart, and indexes that cannot be reached", async () => {
  const editor = await openEditor({ folders: { work: { "uv.toml": `[[index]]\nurl = "http://127.0.0.1:9/simple/"\ndefault = true\n` } } });
  const { indexes } = privateIndexesSchema.parse(await editor.connection.sendRequest(indexesMethod));
  assert.deepEqual(
    indexes.map(({ url, provider }) => [url, provider]),
    [["http://127.0.0.1:9/simple/", null]],
  );
  const states = registryStatesSchema.parse(await editor.connection.sendRequest(checkRegistriesMethod, { atStart: false }));
  const [own] = states.indexes.filter(({ tool }) => tool === "uv");
  assert.equal(own?.verdict, "offline");
  assert.match(own?.next ?? "", /^check the network, the VPN and the address of 127\.0\.0\.1:9 in /);
});

test("at the start private indexes alone are asked, never with a credential that the workspace chose, and none where the person said so", async (t) => {
  const asked: string[] = [];
  const server = createServer(({ url = "", headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    response.writeHead(401).end();
  });
  const host = await listen(server);
  t.after(() => void server.close());
  const variables = {
    UV_INDEX_TEAM_USERNAME: "me",
    UV_INDEX_TEAM_PASSWORD: "mine",
    PIP_INDEX_URL: `${host.replace("//", "//me:own@")}/own/`,
  };
  Object.assign(process.env, variables, { SECRET: "of-the-environment" });
  t.after(() => {
    for (const name of [...Object.keys(variables), "SECRET"]) delete process.env[name];
  });
  const work = {
    "pyproject.toml": ["team", "open"].map((it) => `[[tool.uv.index]]\nname = "${it}"\nurl = "${host}/${it}/"\n`).join("\n"),
    "package.json": "{}",
    ".npmrc": `registry=https://registry.yarnpkg.com/\n@acme:registry=${host}/npm/\n${host.replace("http:", "")}/npm/:_authToken=\${SECRET}\n`,
  };
  const check = async (settings: Record<string, unknown>) => {
    const editor = await openEditor({ folders: { work }, settings });
    const states = registryStatesSchema.parse(await editor.connection.sendRequest(checkRegistriesMethod, { atStart: true }));
    await editor.stop();
    return states.indexes.length;
  };
  assert.equal(await check({ registries: { checkAtStart: false } }), 0);
  assert.equal(asked.length, 0);
  assert.equal(await check({}), 2);
  const own = `Basic ${Buffer.from("me:own").toString("base64")}`;
  assert.deepEqual(asked.toSorted(), ["/open/agentops-cockpit/ undefined", `/own/agentops-cockpit/ ${own}`]);
});
