/** The lake in BigQuery: what is appended counts once, whatever BigQuery answers; it is followed, summed up and filled from SQLite. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as z from "zod";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { createBigQueryConnector } from "../../../server/telemetry/connectors/bigquery/connector.ts";
import { exportToBigQuery } from "../../../server/telemetry/lake/bigquery/export.ts";
import { openBigQueryLake } from "../../../server/telemetry/lake/bigquery/lake.ts";
import { fleetStatus } from "../../../server/telemetry/lake/bigquery/status.ts";
import { rowOf as writtenRow } from "../../../server/telemetry/lake/bigquery/table.ts";
import type { WindowFigures } from "../../../server/telemetry/lake/figures.ts";
import { type Lake, openLake } from "../../../server/telemetry/lake/lake.ts";
import { openLakeFile } from "../../../server/telemetry/lake/lake-file.ts";
import { LakeError } from "../../../server/telemetry/lake/lake-thread.ts";
import { rowOf } from "../../../server/telemetry/lake/schema.ts";
import { createBigQueryOutlet } from "../../../server/telemetry/outlets/bigquery.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { eventually, type Service, startBigQuery } from "./services.ts";

let service: Service;
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;

before(async () => {
  const started = await startBigQuery();
  service = started;
  proxy = await startFaultProxy(started.url);
  process.env.BIGQUERY_EMULATOR_HOST = proxy.url;
});

after(async () => {
  await proxy?.stop();
  await service?.stop();
});

const project = "cockpit-tests";
const minute = 60_000;
const hour = 60 * minute;
/** Of this machine, whatever a test makes of `Date`. */
const { now } = Date;
/** Two minutes ago: what is followed must be of now. */
const start = Date.now() - 2 * minute;
const span = { from: start - minute, until: start + minute };
const event = (i: number): FleetEvent => ({
  id: `e${i}`,
  time: start + i,
  agentId: i % 2 ? "odd" : "even",
  operation: "chat",
  model: "m",
  inputTokens: 10,
  outputTokens: 1,
  costUsd: i % 2 ? undefined : 0.5,
  durationMs: i,
  error: i % 10 === 0 ? "timeout" : undefined,
  source: "otlp",
  metrics: { value: i },
});
const events = (count: number) => Array.from({ length: count }, (_, i) => event(i));
const quick = { forMs: 30_000, firstMs: 5 };
const lakeOf = (dataset: string) => openBigQueryLake({ project, dataset, patience: quick });
const sorted = (it: object | undefined) =>
  Object.entries(it ?? {})
    .filter(([, value]) => value !== undefined)
    .toSorted();
const totals = ({ agents }: WindowFigures) => Object.fromEntries(agents.map((it) => [it.agentId, it.calls]));
const callsOf = (part: RegExp) => proxy.passed.filter(({ call }) => part.test(call));

test("makes its dataset and table once: by day of the time, by agent and operation, never read without a time", async () => {
  const first = await lakeOf("made");
  const second = await lakeOf("made");
  assert.deepEqual([first.made, second.made], [["dataset made", "table events"], []]);
  const { body } = callsOf(/POST .*datasets\/made\/tables/)[0] ?? {};
  const table = z.looseObject({ timePartitioning: z.unknown(), clustering: z.unknown(), requirePartitionFilter: z.unknown() }).parse(body);
  assert.deepEqual(
    [table.timePartitioning, table.clustering, table.requirePartitionFilter],
    [{ type: "DAY", field: "time" }, { fields: ["agent", "operation"] }, true],
  );
});

test("what is appended twice counts once; counts, tokens, cost, errors and latency by agent", async () => {
  const lake = await lakeOf("status");
  await lake.append(events(1200));
  await lake.append(events(700));
  const { agents, lastMinute } = await fleetStatus(lake.opened, span);
  const same = { models: ["m"], calls: 600, inputTokens: 6000, outputTokens: 600 };
  assert.deepEqual(
    agents.map(({ p50Ms: _, p95Ms: __, ...it }) => it),
    [
      { agentId: "even", ...same, errors: 120, costUsd: 300, unpriced: 0, told: 600, priced: 600, lastHeard: start + 1198 },
      { agentId: "odd", ...same, errors: 0, costUsd: 0, unpriced: 600, told: 600, priced: 0, lastHeard: start + 1199 },
    ],
  );
  const near = (value: number | null, wanted: number) => assert.ok(Math.abs((value ?? 0) - wanted) < 25, `${value} is not near ${wanted}`);
  for (const it of agents) {
    near(it.p50Ms, 600);
    near(it.p95Ms, 1140);
  }
  assert.deepEqual(lastMinute, agents);
  const since = start + 600;
  const late = await fleetStatus(lake.opened, { from: start - minute, until: since + minute });
  assert.deepEqual(
    [totals(late), late.lastMinute.map((it) => [it.agentId, it.calls])],
    [
      { even: 600, odd: 600 },
      [
        ["even", 300],
        ["odd", 300],
      ],
    ],
  );
  const short = await fleetStatus(lake.opened, { from: start + 1000, until: start + 1200 });
  assert.deepEqual([totals(short), short.lastMinute], [{ even: 100, odd: 100 }, agents]);
  const later = { from: start + 2 * minute, until: start + 3 * minute };
  assert.deepEqual(await fleetStatus(lake.opened, later), { agents: [], lastMinute: [] });
});

test("a repetition names the same insertId, so that BigQuery can drop it too", () => {
  const calls = insertsInto("status");
  const ids = [calls.slice(0, 3), calls.slice(3)].flatMap((it) => inOrder(it).map((rows) => rows.map(({ insertId }) => insertId)));
  assert.deepEqual(
    ids.map((it) => it.length),
    [500, 500, 200, 500, 200],
  );
  assert.deepEqual(ids[3], ids[0]);
  assert.equal(new Set(ids.flat()).size, 1200);
});

/** The rows of each request. */
const insertsInto = (dataset: string) =>
  callsOf(new RegExp(`POST .*datasets/${dataset}/.*insertAll`)).map(({ body }) => inserted.parse(body).rows);

const inserted = z.object({ rows: z.array(z.object({ insertId: z.string(), json: z.object({ time: z.string() }) })) });

/** Of the events' time: requests that are under way together come in any. */
const inOrder = (all: ReturnType<typeof insertsInto>) =>
  all.toSorted(([a], [b]) => Date.parse(a?.json.time ?? "") - Date.parse(b?.json.time ?? ""));

test("four requests are under way at once, and never more; every row is there once", async () => {
  const lake = await lakeOf("at_once");
  proxy.faults.push({ on: /at_once\/.*insertAll/, status: 200, reason: "", body: {}, times: 7, isDone: true, ms: 200 });
  await lake.append(events(3300));
  const calls = callsOf(/at_once\/.*insertAll/);
  assert.deepEqual([calls.length, Math.max(...calls.map((it) => it.underWay))], [7, 4]);
  assert.deepEqual(totals(await fleetStatus(lake.opened, span)), { even: 1650, odd: 1650 });
  assert.deepEqual(lake.counts(), { rows: 3300 });
});

test("rows that are large go in requests that BigQuery takes", async () => {
  const lake = await lakeOf("large");
  const metrics = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`${i}${"語".repeat(250)}`, i]));
  await lake.append(events(600).map((it) => ({ ...it, metrics })));
  const sizes = callsOf(/large\/.*insertAll/).map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
  assert.deepEqual(
    sizes.filter((it) => it > 5e6),
    [],
  );
  assert.deepEqual([totals(await fleetStatus(lake.opened, span)), lake.counts()], [{ even: 300, odd: 300 }, { rows: 600 }]);
});

test("when one request of several fails, all of the page come again: nothing is lost or counted twice, and the place moves once", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "cockpit-outlet-"));
  const here = await openLake(join(home, "lake.db"), { onMoved: assert.fail, onLost: assert.ifError });
  const { opened } = await lakeOf("outlet");
  const warnings: string[] = [];
  const outlet = createBigQueryOutlet({ project, dataset: "outlet" }, (message) => warnings.push(message));
  t.after(async () => {
    await outlet.stop();
    await here.close();
    rmSync(home, { recursive: true });
  });
  const places: string[] = [];
  const keep: Lake["keep"] = async (state) => {
    places.push(...Object.values(state).map(String));
    await here.keep(state);
  };
  const on = /outlet\/.*insertAll/;
  proxy.faults.push({ on, status: 403, reason: "accessDenied", times: 1 });
  proxy.faults.push({ on, status: 200, reason: "", body: {}, times: 3, isDone: true, ms: 1000 });
  await outlet.start({ ...here, keep });
  await here.append(events(2000));
  outlet.nudge();
  await eventually(() => places.length > 1, "all are there");
  const [first, second] = [insertsInto("outlet").slice(0, 4), insertsInto("outlet").slice(4)].map(inOrder);
  const idsOf = (rows: typeof first) => rows?.map((it) => it.map(({ insertId }) => insertId));
  assert.deepEqual(
    first?.map((it) => it.length),
    [500, 500, 500, 500],
  );
  assert.deepEqual(idsOf(second), idsOf(first));
  assert.equal(Math.max(...callsOf(on).map((it) => it.underWay)), 4);
  assert.deepEqual(totals(await fleetStatus(opened, span)), { even: 1000, odd: 1000 });
  assert.deepEqual([places, warnings.length, outlet.counts()[`${outlet.name} failures`]], [["0", "2000"], 2, 1]);
});

for (const [status, reason, isDone] of [
  [403, "rateLimitExceeded", false],
  [403, "quotaExceeded", false],
  [429, "jobRateLimitExceeded", false],
  [503, "backendError", false],
  [503, "backendError", true],
] as const)
  test(`${status} ${reason}${isDone ? " after the work was done" : ""} is waited out, and nothing lost or counted twice`, async () => {
    const lake = await lakeOf(`faults_${status}_${reason}_${isDone}`);
    const dataset = lake.opened.names.dataset;
    proxy.faults.push({ on: new RegExp(`datasets/${dataset}/.*insertAll`), status, reason, times: 3, isDone });
    proxy.faults.push({ on: /POST .*\/jobs\b/, status, reason, times: 2, isDone: false });
    await lake.append(events(600));
    assert.deepEqual(totals(await fleetStatus(lake.opened, span, { patience: quick })), { even: 300, odd: 300 });
    assert.deepEqual(lake.counts(), { [`waits: ${reason}`]: 3, rows: 600 });
  });

test("an error that does not pass, or lasts too long, is the caller's: nothing is acknowledged", async () => {
  const lake = await openBigQueryLake({ project, dataset: "refused", patience: { forMs: 100, firstMs: 5 } });
  proxy.faults.push({ on: /refused\/.*insertAll/, status: 403, reason: "accessDenied", times: 1 });
  await assert.rejects(lake.append(events(1)), { message: "accessDenied" });
  proxy.faults.push({ on: /refused\/.*insertAll/, status: 503, reason: "backendError", times: 1000 });
  await assert.rejects(lake.append(events(1)), { message: "backendError" });
  assert.equal(lake.counts().rows, undefined);
});

test("a row that BigQuery can never take is counted and keeps no other from it", async () => {
  const lake = await lakeOf("bad_row");
  await lake.append([event(0), { ...event(1), durationMs: Number.NaN, inputTokens: JSON.parse('"no number"') }, event(2)]);
  assert.deepEqual(totals(await fleetStatus(lake.opened, span)), { even: 2 });
  assert.deepEqual(lake.counts(), { rows: 2, refused: 1 });
});

test("follows what is written: each event once, cost told before the first query, a limit on each", async () => {
  const lake = await lakeOf("follow");
  await lake.append(events(300));
  const taken: FleetEvent[] = [];
  const order: string[] = [];
  let failures = 1;
  let cursor = 0;
  const connector = createBigQueryConnector({
    project,
    dataset: "follow",
    pollMs: 50,
    maxBytes: 1_000_000,
    cursor: start - minute,
    onEstimate: ({ bytes, usd }, perDay) => order.push(`estimate ${bytes >= 0 && usd > 0 && perDay > usd}`),
  });
  const memory = {
    read: () => undefined,
    async keep(_: string, value: string) {
      cursor = Number(value);
    },
  };
  const seen = proxy.passed.length;
  await connector.start(
    {
      async take(all) {
        if (failures-- > 0) throw new Error("disk full");
        order.push("events");
        taken.push(...all);
        return { refused: {} };
      },
      isFull: () => false,
    },
    memory,
  );
  await eventually(() => taken.length >= 300, "what was there is taken");
  await lake.append([...events(300), event(300)]);
  await eventually(() => taken.length > 300, "what is new is taken");
  await eventually(() => cursor > start + minute, "the cursor moves");
  await connector.stop();
  assert.deepEqual(
    taken.toSorted((a, b) => a.time - b.time).map((it) => it.id),
    events(301).map((it) => it.id),
  );
  assert.equal(JSON.stringify(sorted(taken.find((it) => it.id === "e0"))), JSON.stringify(sorted(event(0))));
  assert.equal(order[0], "estimate true");
  const queries = proxy.passed
    .slice(seen)
    .filter(({ call }) => /POST .*\/jobs\b/.test(call))
    .map(({ body }) => job.parse(body).configuration);
  assert.deepEqual([queries[0]?.dryRun, queries[1]?.dryRun, queries[1]?.query.maximumBytesBilled], [true, undefined, "1000000"]);
  assert.deepEqual(
    queries
      .at(-1)
      ?.query.queryParameters.map((it) => it.name)
      .toSorted(),
    ["after", "from", "until", "upTo"],
  );
  assert.equal(connector.health().counts.errors, 1);
});

const job = z.object({
  configuration: z.object({
    dryRun: z.boolean().optional(),
    query: z.object({
      query: z.string(),
      maximumBytesBilled: z.string().optional(),
      queryParameters: z.array(z.object({ name: z.string(), parameterValue: z.object({ value: z.string() }) })),
    }),
  }),
});

for (const [clock, { ahead, later, remembered }] of Object.entries({
  "is hours ahead": { ahead: 5 * hour, later: 5 * hour },
  "jumps back": { ahead: 0, later: -3 * hour },
  "jumps ahead": { ahead: 0, later: 3 * hour },
  "was hours ahead in the last run": { ahead: 0, later: 0, remembered: 5 * hour },
  "is hours behind, and so is what is remembered": { ahead: -5 * hour, later: -5 * hour, remembered: -3 * hour },
}))
  test(`the table is followed by BigQuery's clock: each event once when the machine's own ${clock}`, async (t) => {
    const dataset = `clock_${clock.replaceAll(/\W+/g, "_")}`;
    const { opened } = await lakeOf(dataset);
    const write = (all: FleetEvent[]) => opened.table.insert(all.map((it) => writtenRow(it, now())));
    let offset = ahead;
    t.mock.method(Date, "now", () => now() + offset);
    const taken: string[] = [];
    const cursors: number[] = [];
    const connector = createBigQueryConnector({ project, dataset, pollMs: 50 });
    t.after(() => connector.stop());
    const intake = {
      async take(all: readonly FleetEvent[]) {
        taken.push(...all.map((it) => it.id));
        return { refused: {} };
      },
      isFull: () => false,
    };
    await connector.start(intake, {
      read: () => (remembered === undefined ? undefined : String(now() + remembered)),
      keep: async (_, value) => void cursors.push(Number(value)),
    });
    await write(events(20));
    await eventually(() => taken.length >= 20, "what is written is taken", 10_000);
    offset = later;
    await write(events(40).slice(20));
    await eventually(() => taken.length >= 40, "what is written then is taken", 10_000);
    const polls = cursors.length;
    await eventually(() => cursors.length > polls + 2, "the last minute is asked for again");
    await connector.stop();
    assert.deepEqual(
      taken.toSorted(),
      events(40)
        .map((it) => it.id)
        .toSorted(),
    );
    assert.deepEqual(cursors, cursors.toSorted());
    for (const { after, upTo } of windowsOf(dataset)) {
      assert.ok(after < upTo && upTo <= now(), `from ${after} up to ${upTo}`);
      assert.ok(upTo - after <= hour + minute, `${upTo - after} ms at a time`);
      assert.ok(upTo - after <= 3 * minute || upTo <= now() - minute, `${upTo - after} ms would be remembered`);
    }
  });

test("a follower begins though BigQuery puts it off at first", async (t) => {
  await lakeOf("put_off");
  const estimates: number[] = [];
  const connector = createBigQueryConnector({ project, dataset: "put_off", pollMs: 50, onEstimate: ({ bytes }) => estimates.push(bytes) });
  t.after(() => connector.stop());
  proxy.faults.push({ on: /POST .*\/jobs\b/, status: 403, reason: "rateLimitExceeded", times: 1 });
  await connector.start({ take: async () => ({ refused: {} }), isFull: () => false });
  assert.deepEqual([estimates.length, connector.health().state], [1, "running"]);
});

test("health says whether it is BigQuery or the disk that fails", async (t) => {
  const { append } = await lakeOf("disk");
  await append(events(1));
  const connector = createBigQueryConnector({ project, dataset: "disk", pollMs: 50, cursor: start - minute });
  t.after(() => connector.stop());
  const full = new LakeError("lake.db cannot be written: no space is left");
  const intake = { take: () => Promise.reject(full), isFull: () => false };
  await assert.rejects(connector.start(intake, { read: () => undefined, keep: () => Promise.reject(full) }), { message: full.message });
  assert.equal(connector.health().detail, full.message);
  await connector.start(intake);
  await eventually(() => connector.health().state === "failing", "it fails");
  assert.equal(connector.health().detail, full.message);
  proxy.faults.push({ on: /POST .*\/jobs\b/, status: 400, reason: "invalid", times: 1 });
  await eventually(() => connector.health().detail === "BigQuery: invalid", "health says what BigQuery says");
});

/** What the polls asked for, in milliseconds since 1970. */
function windowsOf(dataset: string): { after: number; upTo: number }[] {
  return callsOf(/POST .*\/jobs\b/)
    .map(({ body }) => job.parse(body).configuration.query)
    .filter((it) => it.query.includes(`.${dataset}.`) && it.query.includes("@upTo"))
    .map(({ queryParameters: all }) => {
      const at = (name: string) => Date.parse(all.find((it) => it.name === name)?.parameterValue.value ?? "");
      return { after: at("after"), upTo: at("upTo") };
    });
}

test("an export from SQLite may be repeated, and adds only what is not there", async () => {
  const home = mkdtempSync(join(tmpdir(), "cockpit-export-"));
  const file = openLakeFile(join(home, "lake.db"), assert.fail);
  const dayMs = 24 * 60 * minute;
  const all = [...events(40), ...events(30).map((it) => ({ ...it, time: it.time - 2 * dayMs }))];
  file.write({ cells: all.flatMap(rowOf), evidence: [], state: {} });
  const lake = await lakeOf("exported");
  await lake.append(events(10));
  const days: number[] = [];
  const first = await exportToBigQuery(file.database, lake, { patience: quick, onDay: (_, read) => days.push(read) });
  const again = await exportToBigQuery(file.database, lake, { patience: quick });
  file.close();
  rmSync(home, { recursive: true });
  assert.deepEqual(
    [first, again],
    [
      { read: 70, added: 60 },
      { read: 70, added: 0 },
    ],
  );
  assert.deepEqual(days, [30, 40]);
  assert.deepEqual(totals(await fleetStatus(lake.opened, { from: start - 3 * dayMs, until: start + minute })), { even: 35, odd: 35 });
  const [tables] = await lake.opened.client.dataset("exported").getTables();
  assert.deepEqual(
    tables.map((it) => it.id),
    ["events"],
  );
  const reading = callsOf(/POST .*\/(jobs|queries)\b/).map(({ body }) => JSON.stringify(body));
  const unlimited = reading.filter((it) => it.includes(`${project}.exported.`) && !it.includes("maximumBytesBilled"));
  assert.deepEqual(unlimited, []);
});
