/** What doctor says of Google Cloud: nothing unless a project is named, and then commands that a shell takes; it speaks to nobody before it is told to. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fakeGcloud } from "../tools/gcloud.ts";
import { cockpit, exitCode, read, start, workspace } from "./cockpit.ts";

/** Counts whoever asks for it, as every service of Google and as the proxy before them. */
async function listener() {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const http = `http://${host}`;
  const env = {
    PUBSUB_EMULATOR_HOST: host,
    BIGQUERY_EMULATOR_HOST: http,
    HTTPS_PROXY: http,
    HTTP_PROXY: http,
    METADATA_SERVER_DETECTION: "none",
  };
  return { env, count: () => count, close: () => server.close() };
}

test("without a project there is no word of Google; with one, commands alone: nobody is spoken to", async () => {
  const { env, count, close } = await listener();
  const plain = await cockpit(["doctor"], { cwd: workspace({}), env });
  assert.doesNotMatch(plain.stdout + plain.stderr, /google|gcloud|pubsub|bigquery/i);
  const named = await cockpit(["doctor", "--project", "acme-agents"], { cwd: workspace({}), env });
  assert.deepEqual([plain.code, named.code], [0, 0]);
  for (const it of ['jsonPayload."gen_ai.operation.name":*', "jsonPayload.gen_ai.operation.name:*"])
    assert.ok(named.stdout.includes(it), `the sink sends ${it}`);
  assert.match(
    named.stdout,
    /cockpit fleet watch --source gcp:acme-agents\/cockpit-events-cockpit --lake bigquery:acme-agents\/cockpit\n$/,
  );
  close();
  assert.equal(count(), 0);
});

test("the commands are of cockpit.json, and a shell runs them as they are", async () => {
  const filter = `jsonPayload.x="it's" AND $(false) \`false\` "q"`;
  const google = { project: "acme-agents", topic: "entries", filter, location: "EU", keepDays: 400 };
  const config = { fleet: { google, lake: "bigquery:acme-lake/agents/calls", alertsTopic: "acme-agents/alerts" } };
  const { stdout } = await cockpit(["doctor"], { cwd: workspace({ "cockpit.json": JSON.stringify(config) }) });
  const { folder, calls } = fakeGcloud();
  const commands = stdout.split("\n").filter((it) => /^(gcloud|bq) /.test(it));
  execFileSync("sh", ["-e"], { input: commands.join("\n"), env: { PATH: `${folder}:${process.env.PATH}` } });
  const told = calls();
  rmSync(folder, { recursive: true });
  assert.equal(told.length, commands.length + 3, "and what they ask first");
  const has = (part: string) =>
    assert.ok(
      told.some((it) => it.includes(part)),
      `${part} in ${told.join("\n")}`,
    );
  has("pubsub topics create alerts --project=acme-agents");
  has("--dead-letter-topic=entries-dead");
  const subscriptions = told.filter((it) => it.includes("subscriptions create"));
  assert.ok(subscriptions.length === 2 && subscriptions.every((it) => it.includes("--expiration-period=never")), subscriptions.join("\n"));
  has(
    `logging sinks create entries pubsub.googleapis.com/projects/acme-agents/topics/entries --log-filter=${filter} --project=acme-agents`,
  );
  has("--member=serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com --role=roles/pubsub.publisher");
  has("topics add-iam-policy-binding entries --member=serviceAccount:writer-1@gcp-sa-logging.iam.gserviceaccount.com");
  has(
    'bq query --project_id=acme-lake --location=EU --use_legacy_sql=false CREATE SCHEMA IF NOT EXISTS `acme-lake.agents` OPTIONS(location="EU")',
  );
  has(
    "PARTITION BY TIMESTAMP_TRUNC(time, DAY) CLUSTER BY agent, operation OPTIONS(require_partition_filter=TRUE, partition_expiration_days=400)",
  );
});

const refusals: [args: string[], config: object, said: RegExp][] = [
  [["--project", "Acme; x"], {}, /"Acme; x" is no id of a Google Cloud project/],
  [["-f"], {}, /name the project with --project/],
  [[], { google: { project: "acme-agents", topic: "a b" } }, /"a b" is no name of a topic/],
  [[], { google: { project: "acme-agents", filter: "a\nb" } }, /has to be one line/],
];
for (const [args, fleet, said] of refusals)
  test(`doctor ${args.join(" ")} with ${JSON.stringify(fleet)} is refused`, async () => {
    const { code, stderr } = await cockpit(["doctor", ...args], { cwd: workspace({ "cockpit.json": JSON.stringify({ fleet }) }) });
    assert.equal(code, 2);
    assert.match(stderr, said);
  });

/** An account of Google's whose login is over: whoever asks for a token with it is told so. */
async function expiredLogin() {
  const server = createHttpServer((_, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: "invalid_grant", error_description: "Token has been expired or revoked." }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const cwd = workspace({ "subject.txt": "a token" });
  const account = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/token`,
    credential_source: { file: join(cwd, "subject.txt") },
  };
  writeFileSync(join(cwd, "account.json"), JSON.stringify(account));
  const env = { GOOGLE_APPLICATION_CREDENTIALS: join(cwd, "account.json"), METADATA_SERVER_DETECTION: "none" };
  return { cwd, env, close: () => server.close() };
}

test("doctor -f gives up within moments where Pub/Sub and BigQuery never answer: all is left, and said why", {
  timeout: 60_000,
}, async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const env = { PUBSUB_EMULATOR_HOST: host, BIGQUERY_EMULATOR_HOST: `http://${host}/bigquery/v2`, PATH: "/nonexistent" };
  const child = start(["doctor", "--project", "acme-agents", "-f", "--format", "json"], { cwd: workspace({}), env });
  const [stdout, code] = await Promise.all([read(child.stdout), exitCode(child)]);
  silent.close();
  const { steps }: { steps: { state: string; why: string }[] } = JSON.parse(stdout).google;
  assert.deepEqual([code, new Set(steps.map((it) => it.state))], [2, new Set(["left"])]);
  for (const it of ["Pub/Sub does not answer", "BigQuery does not answer"])
    assert.ok(
      steps.some(({ why }) => why.includes(it)),
      `${it} in ${steps.map(({ why }) => why).join("\n")}`,
    );
});

test("a login of Google's that is over says what to do", async () => {
  const { cwd, env, close } = await expiredLogin();
  const { code, stderr } = await cockpit(["fleet", "status", "--lake", "bigquery:acme-agents/agents"], { cwd, env });
  const there = { ...env, PUBSUB_EMULATOR_HOST: "127.0.0.1:9", PATH: "/nonexistent" };
  const child = start(["doctor", "--project", "acme-agents", "-f"], { cwd, env: there });
  const [made] = await Promise.all([read(child.stdout), exitCode(child)]);
  close();
  assert.match(made, /left {5}table cockpit\.events: Google does not know this account; run: gcloud auth application-default login\n/);
  assert.deepEqual([code, stderr], [2, "cockpit: Google does not know this account; run: gcloud auth application-default login\n"]);
});

for (const args of [
  ["doctor", "--project", "acme-agents", "-f"],
  ["fleet", "watch", "--source", "gcp:acme-agents/events"],
])
  test(`${args.join(" ")} without an account of Google's says what to do`, async () => {
    const { code, stderr } = await cockpit(args, { cwd: workspace({}), env: { METADATA_SERVER_DETECTION: "none" } });
    assert.deepEqual([code, stderr], [2, "cockpit: Google does not know this account; run: gcloud auth application-default login\n"]);
  });
