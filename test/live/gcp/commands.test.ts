/**
 * The command itself on Google Cloud: what it takes from Pub/Sub and BigQuery, what it hands on to them, each event once whoever is killed and whatever they answer; and the set-up
 * that `doctor` makes.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Message, PubSub } from "@google-cloud/pubsub";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { setupSteps } from "../../../server/telemetry/google/setup.ts";
import { openBigQueryLake } from "../../../server/telemetry/lake/bigquery/lake.ts";
import { cockpit, exitCode, read, start, workspace } from "../../cli/cockpit.ts";
import { fakeGcloud } from "../../tools/gcloud.ts";
import { post, request, watch as startWatch } from "../watcher.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { eventually, freePort, makeTopic, type Service, startBigQuery, startPubSub } from "./services.ts";

const project = "cockpit-tests";
const services: Service[] = [];
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;
let pubsub: PubSub;
let env: Record<string, string>;

before(async () => {
  const bigquery = await startBigQuery();
  services.push(bigquery, await startPubSub());
  proxy = await startFaultProxy(bigquery.url);
  services.push(proxy);
  process.env.BIGQUERY_EMULATOR_HOST = proxy.url;
  env = {
    PUBSUB_EMULATOR_HOST: process.env.PUBSUB_EMULATOR_HOST ?? "",
    BIGQUERY_EMULATOR_HOST: proxy.url,
    METADATA_SERVER_DETECTION: "none",
  };
  pubsub = new PubSub({ projectId: project });
});

/** None is left when a test fails. */
const children: ChildProcess[] = [];

after(async () => {
  for (const it of children) it.kill("SIGKILL");
  await pubsub?.close();
  for (const it of services.reverse()) await it.stop();
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

async function watch(...given: Parameters<typeof startWatch>) {
  const watching = await startWatch(...given);
  children.push(watching.child);
  return watching;
}

/** What `fleet status` says: calls by agent. */
async function callsIn(cwd: string, ...more: string[]): Promise<Record<string, number>> {
  const { stdout, stderr } = await cockpit(["fleet", "status", "--since", "24h", "--format", "json", ...more], { cwd, env });
  const agents: { agentId: string; calls: number }[] = stdout ? JSON.parse(stdout).agents : assert.fail(stderr);
  return Object.fromEntries(agents.map((it) => [it.agentId, it.calls]).toSorted());
}

/** Each agent's share of `count` calls of `test/live/watcher.ts`. */
const shares = (count: number, agents: number) => Object.fromEntries(numbers(agents).map((i) => [`agent-${i}`, count / agents]));

/** A watcher without a port, and the lines of JSON that it has printed. */
function watchSource(cwd: string, ...args: string[]) {
  const child = start(["fleet", "watch", "--format", "json", ...args], { cwd, env });
  children.push(child);
  const lines: { kind: string; alert?: { agentId: string; kind: string } }[] = [];
  let rest = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts.map((it) => JSON.parse(it)));
  });
  const [errors, ended] = [read(child.stderr), exitCode(child)];
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return { code: await ended, errors: await errors };
  };
  return { lines, end, listens: () => eventually(() => lines.some((it) => it.kind === "listening"), "it listens") };
}

function countIn(cwd: string): number {
  try {
    const lake = new DatabaseSync(join(cwd, ".cockpit/lake/lake.db"), { readOnly: true });
    const row = lake.prepare("SELECT count(*) AS events FROM events").get();
    lake.close();
    return Number(row?.events);
  } catch {
    // It is being made.
    return 0;
  }
}

const entry = (i: number) => ({
  insertId: `i${i}`,
  timestamp: new Date().toISOString(),
  resource: { type: "cloud_run_revision", labels: { service_name: `agent-${i % 3}` } },
  jsonPayload: { "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 7, durationMs: 5 },
});

test("doctor makes what is missing, and finds it the next time", async () => {
  const { folder, calls } = fakeGcloud();
  const config = {
    fleet: {
      google: { project, topic: "set-up", keepDays: 90 },
      lake: `bigquery:${project}/set_up`,
      alertsTopic: `${project}/set-up-alerts`,
    },
  };
  const cwd = workspace({ "cockpit.json": JSON.stringify(config) });
  const runs = [];
  for (const path of ["/nonexistent", folder, folder]) {
    const { stdout, code } = await cockpit(["doctor", "--apply", "--format", "json"], { cwd, env: { ...env, PATH: path } });
    const { steps }: { steps: { what: string; state: string; why?: string }[] } = JSON.parse(stdout).google;
    const of = (state: string) => steps.filter((it) => it.state === state).map((it) => it.what);
    runs.push({ code, made: of("made"), found: of("found"), left: of("left"), why: [...new Set(steps.flatMap((it) => it.why ?? []))] });
  }
  const byLibrary = [
    "topic set-up",
    "topic set-up-dead",
    "subscription set-up-dead",
    "subscription set-up-cockpit",
    "topic set-up-alerts",
    "dataset set_up",
    "table set_up.events",
  ];
  const byGcloud = [
    "right of Pub/Sub to write to topic set-up-dead",
    "right of Pub/Sub to take from subscription set-up-cockpit",
    "log sink set-up",
    "right of Logging to write to topic set-up",
  ];
  const [first, second, third] = runs;
  assert.deepEqual(first, { code: 2, made: byLibrary, found: [], left: byGcloud, why: ["gcloud is not on the PATH"] });
  assert.deepEqual(second, { code: 0, made: byGcloud, found: byLibrary, left: [], why: [] });
  assert.deepEqual([third?.code, third?.made, third?.found.toSorted()], [0, [], [...byLibrary, ...byGcloud].toSorted()]);
  const changes = calls().filter((it) => /create|add-iam/.test(it));
  assert.equal(changes.length, 4, changes.join("\n"));
  for (const name of ["set-up-dead", "set-up-cockpit"]) {
    const [{ expirationPolicy }] = await pubsub.subscription(name).getMetadata();
    assert.deepEqual(expirationPolicy, { ttl: null }, `${name} stays when nobody reads it for a month`);
  }
  rmSync(folder, { recursive: true });
});

test("the statements that doctor prints make the table that the cockpit makes", async () => {
  const made = await openBigQueryLake({ project, dataset: "made", keepDays: 90 });
  const steps = setupSteps({ project, lake: { project, dataset: "printed", keepDays: 90 } });
  const statements = steps.flatMap(({ command }) => /^bq query .* '(.*)'$/.exec(command)?.[1] ?? []);
  for (const it of statements) await made.opened.client.query(it);
  const metadata = async (dataset: string) => {
    const [{ schema, timePartitioning }] = await made.opened.client.dataset(dataset).table("events").getMetadata();
    const fields = schema.fields.map(
      ({ name, type, mode }: Record<string, string>) => `${name} ${type?.replace("FLOAT64", "FLOAT")} ${mode ?? "NULLABLE"}`,
    );
    return { fields, type: timePartitioning.type, expirationMs: timePartitioning.expirationMs };
  };
  assert.equal(statements.length, 2);
  assert.deepEqual(await metadata("printed"), await metadata("made"));
});

test("from a subscription into the lake and on to BigQuery: both say the same, over a kill", async () => {
  await makeTopic(project, "commands");
  const cwd = workspace({});
  const args = ["--source", `gcp:${project}/commands-cockpit`, "--lake", `bigquery:${project}/commands`];
  const topic = pubsub.topic("commands");
  await Promise.all(numbers(150).map((i) => topic.publishMessage({ json: entry(i) })));
  const first = watchSource(cwd, ...args);
  await eventually(() => countIn(cwd) > 0, "something is kept");
  await first.end("SIGKILL");
  const second = watchSource(cwd, ...args);
  await Promise.all(numbers(150).map((i) => topic.publishMessage({ json: entry(i + 150) })));
  await eventually(() => countIn(cwd) === 300, "all are kept");
  await eventually(async () => (await callsIn(cwd, "--lake", args[3] ?? ""))["agent-2"] === 100, "all are in BigQuery");
  const { code, errors } = await second.end("SIGINT");
  assert.equal(code, 130);
  assert.match(errors, /also to bigquery:cockpit-tests\/commands\/events\n/);
  assert.deepEqual([await callsIn(cwd), await callsIn(cwd, "--lake", args[3] ?? "")], [shares(300, 3), shares(300, 3)]);
});

test("what the watcher has acknowledged is in BigQuery once, however often it is killed and whatever BigQuery answers", async () => {
  const cwd = workspace({ "cockpit.json": JSON.stringify({ fleet: { lake: `bigquery:${project}/killed` } }) });
  for (const reason of ["rateLimitExceeded", "quotaExceeded"])
    proxy.faults.push({ on: /killed\/.*insertAll/, status: 403, reason, times: 3, isDone: reason === "quotaExceeded" });
  let watcher = await watch(cwd, 0, [], { env });
  const { url } = watcher;
  let [sent, isOver] = [0, false];
  const sending = (async () => {
    while (!isOver) {
      const body = request(sent, 100, 10);
      sent += 100;
      while (!(await post(url, body))) await delay(20);
    }
  })();
  for (const ms of [1500, 800, 2200]) {
    await delay(ms);
    await watcher.end("SIGKILL");
    watcher = await watch(cwd, Number(new URL(url).port), [], { env });
  }
  await delay(300);
  isOver = true;
  await sending;
  const wanted = shares(sent, 10);
  assert.deepEqual(await callsIn(cwd), wanted);
  await eventually(async () => (await callsIn(cwd, "--lake", "bigquery"))["agent-9"] === sent / 10, `${sent} events in BigQuery`);
  await watcher.end("SIGINT");
  assert.deepEqual(await callsIn(cwd, "--lake", "bigquery"), wanted);
});

test("a BigQuery that fails holds nobody up: it is said once, and has everything when it is well again", async () => {
  const cwd = workspace({});
  const lake = `bigquery:${project}/failing`;
  const fault = { on: /projects\/cockpit-tests\/datasets\/failing/, status: 503, reason: "backendError", times: 1e9 };
  proxy.faults.push(fault);
  const watcher = await watch(cwd, 0, ["--lake", lake], { env });
  let errors = "";
  watcher.child.stderr?.on("data", (text: string) => {
    errors += text;
  });
  for (const i of numbers(20)) assert.ok(await post(watcher.url, request(i * 100, 100, 10)), "it is acknowledged at once");
  await eventually(() => errors.includes("takes nothing"), "it is said");
  fault.times = 0;
  await eventually(() => errors.includes("takes it again"), "it is well again");
  await eventually(async () => (await callsIn(cwd, "--lake", lake))["agent-9"] === 200, "all are in BigQuery");
  await watcher.end("SIGINT");
  const said = errors.split("\n").filter((it) => it.includes("/failing/") && !it.includes("also to"));
  assert.deepEqual(said.slice(0, 2), [
    `cockpit: ${lake}/events takes nothing: BigQuery: backendError. What is meant for it waits in the lake`,
    `cockpit: ${lake}/events takes it again`,
  ]);
  assert.match(said[2] ?? "", /2,000 events.*2,000 bigquery:\S+ rows/);
});

test("a BigQuery and a Pub/Sub that take everything and never answer hold up neither events nor the end", async () => {
  const silent = createServer(() => {});
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
  const there = { BIGQUERY_EMULATOR_HOST: `http://127.0.0.1:${port}/bigquery/v2`, PUBSUB_EMULATOR_HOST: `127.0.0.1:${port}` };
  const args = ["--lake", `bigquery:${project}/silent`, "--alerts-topic", `${project}/silent`];
  const cwd = workspace({ "cockpit.json": JSON.stringify({ fleet: { budgets: [{ agent: "*", unit: "tokens", per: "day", limit: 1 }] } }) });
  const watcher = await watch(cwd, 0, args, { env: { ...env, ...there } });
  assert.ok(await post(watcher.url, request(0, 100, 10)));
  await delay(1500);
  const since = performance.now();
  assert.equal(await watcher.end("SIGINT"), 130);
  const took = performance.now() - since;
  assert.ok(took < 20_000, `${took} ms`);
  silent.close();
  assert.deepEqual(await callsIn(cwd), shares(100, 10));
});

test("an export to BigQuery may be repeated, and status says the same of both", async () => {
  const cwd = workspace({});
  const watcher = await watch(cwd, 0, [], { env });
  assert.ok(await post(watcher.url, request(0, 200, 5)));
  assert.ok(await post(watcher.url, request(200, 200, 5, Date.now() - 3_600_000)));
  const table = `bigquery:${project}/exported_by_command/calls`;
  const exported = async (...more: string[]) => {
    const { code, stderr } = await cockpit(["fleet", "export", "--to", table, ...more], { cwd, env });
    assert.equal(code, 0, stderr);
    return /([\d,]+) events in \S+, ([\d,]+) of them new/.exec(stderr)?.slice(1);
  };
  assert.deepEqual(await exported("--id", "agent-3"), ["80", "80"]);
  assert.deepEqual(
    [await exported(), await exported("--since", "24h")],
    [
      ["400", "320"],
      ["400", "0"],
    ],
  );
  await watcher.end("SIGINT");
  const statuses = [];
  for (const more of [[], ["--lake", table]]) {
    const { stdout } = await cockpit(["fleet", "status", "--since", "24h", "--format", "json", ...more], { cwd, env });
    // Quantiles are approximate in BigQuery.
    statuses.push(JSON.parse(stdout, (key, value) => (/^p\d+Ms$/.test(key) ? Math.round(value) : value)).agents);
  }
  assert.deepEqual(statuses[1], statuses[0]);
  assert.equal(statuses[0].length, 5);
});

test("who follows a table hears of what is abnormal there; a kill loses nothing and takes nothing twice", async () => {
  const cwd = workspace({
    "cockpit.json": JSON.stringify({
      fleet: { lake: `bigquery:${project}/followed`, budgets: [{ agent: "*", unit: "tokens", per: "day", limit: 500 }] },
    }),
  });
  const { append } = await openBigQueryLake({ project, dataset: "followed" });
  const event = (i: number): FleetEvent => ({ id: `e${i}`, time: Date.now(), agentId: `a${i % 4}`, operation: "chat", inputTokens: 10 });
  const args = ["--source", "bigquery", "--poll", "1s"];
  const first = watchSource(cwd, ...args);
  await first.listens();
  await append(numbers(40).map(event));
  await eventually(() => countIn(cwd) > 0, "something is kept");
  await first.end("SIGKILL");
  await append(numbers(200).map((i) => event(40 + i)));
  const second = watchSource(cwd, ...args);
  await eventually(() => countIn(cwd) === 240, "what was written meanwhile is kept too");
  await append([event(240)]);
  await eventually(() => countIn(cwd) === 241, "and what comes then");
  const { errors } = await second.end("SIGINT");
  assert.match(errors, /bigquery:cockpit-tests\/followed\/events: a query reads [\d.]+ kB, \$\S+ at list price, every 1s: \$\S+ a day/);
  const alerts = second.lines.filter((it) => it.kind === "alert").map(({ alert }) => `${alert?.kind} ${alert?.agentId}`);
  assert.deepEqual([...new Set(alerts)].toSorted(), ["budget a0", "budget a1", "budget a2", "budget a3"]);
  assert.doesNotMatch(errors, /also to/, "who follows a table does not write to it");
});

test("a query that would read more than is allowed is not run, nor is one that reads what it writes", async () => {
  const table = `bigquery:${project}/followed`;
  const refusal = { error: { code: 400, message: "limit", errors: [{ reason: "bytesBilledLimitExceeded" }] } };
  const dryRun = {
    on: /POST .*\/jobs\b/,
    status: 200,
    reason: "",
    times: 1,
    body: {
      jobReference: { projectId: project, jobId: "dry", location: "US" },
      status: { state: "DONE" },
      statistics: { totalBytesProcessed: "3000000000" },
    },
  };
  const refusals: [args: string[], message: RegExp, price?: RegExp][] = [
    [
      ["watch", "--source", table, "--max-gigabytes", "2"],
      /a query would read more than is allowed; raise --max-gigabytes/,
      /a query reads 3\.0 GB, \$0\.017 at list price, every 30s: \$49\.11 a day/,
    ],
    [
      ["status", "--lake", table],
      /a query would read more than is allowed; raise --max-gigabytes/,
      /a query reads 3\.0 GB, \$0\.017 at list price/,
    ],
    [["watch", "--source", table, "--lake", `${table}/events`], /cannot be followed and written to by the same watcher/],
    [["status", "--lake", "bigquery"], /--lake bigquery means fleet\.lake of cockpit\.json, which is not set/],
    [["export", "--to", "bigquery:x"], /is no lake yet; cockpit fleet watch begins one/],
    [["watch", "--alerts-topic", "x"], /names no topic; write --alerts-topic PROJECT\/TOPIC/],
  ];
  for (const [args, message, price] of refusals) {
    if (price) proxy.faults.push({ ...dryRun });
    if (args[0] === "status" && price) proxy.faults.push({ ...dryRun, status: 400, reason: "bytesBilledLimitExceeded", body: refusal });
    const { code, stderr } = await cockpit(["fleet", ...args], { cwd: workspace({}), env });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    if (price) assert.match(stderr, price);
  }
  const limits = proxy.passed.map(({ body }) => JSON.stringify(body)).filter((it) => it?.includes("maximumBytesBilled"));
  assert.ok(limits.some((it) => it.includes(`"maximumBytesBilled":"${10 * 2 ** 30}"`)));
});

test("alerts go to a topic: each at least once with an id, an agent's in order, over kills and a topic that is not there", async () => {
  const cwd = workspace({
    "cockpit.json": JSON.stringify({ fleet: { budgets: [{ agent: "*", unit: "tokens", per: "day", limit: 100 }] } }),
  });
  const args = ["--alerts-topic", `${project}/alerts`];
  let watcher = await watch(cwd, 0, args, { env });
  let errors = "";
  watcher.child.stderr?.on("data", (text: string) => {
    errors += text;
  });
  const { url } = watcher;
  assert.ok(await post(url, request(0, 1000, 20)));
  await eventually(() => errors.includes("takes nothing"), "it is said");
  assert.match(errors, /pubsub:cockpit-tests\/alerts takes nothing: there is no topic alerts in project cockpit-tests; cockpit doctor/);
  await watcher.end("SIGKILL");
  await pubsub.createTopic("alerts");
  const [subscription] = await pubsub.createSubscription(pubsub.topic("alerts"), "alerts", { enableMessageOrdering: true });
  const messages: Message[] = [];
  subscription.on("message", (message: Message) => {
    messages.push(message);
    message.ack();
  });
  for (const i of [1, 2]) {
    watcher = await watch(cwd, Number(new URL(url).port), args, { env });
    assert.ok(await post(url, request(i * 1000, 1000, 20)));
    await eventually(() => messages.length >= i * 10, "some come");
    if (i === 1) await watcher.end("SIGKILL");
  }
  const agents = () => new Set(messages.map((it) => it.attributes.agentId));
  await eventually(() => agents().size === 20, "an alert of each agent");
  await watcher.end("SIGINT");
  await subscription.close();
  const { alerts } = JSON.parse((await cockpit(["fleet", "status", "--format", "json"], { cwd, env })).stdout);
  assert.deepEqual(
    [...new Set(messages.map((it) => it.attributes.alertId))].toSorted(),
    alerts.map((it: { id: string }) => it.id).toSorted(),
  );
  const [one] = messages;
  assert.deepEqual([one?.orderingKey, JSON.parse(String(one?.data)).alert.agentId], [one?.attributes.agentId, one?.attributes.agentId]);
  for (const agent of agents()) {
    const told = [...new Map(messages.filter((it) => it.attributes.agentId === agent).map((it) => [it.attributes.id, it])).values()];
    const times = told.map((it) => JSON.parse(String(it.data)).alert.updated);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  }
});
