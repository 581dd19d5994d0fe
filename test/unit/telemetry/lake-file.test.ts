/** The lake's file: each event once, whatever happens to the disk. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { eventsAfter } from "../../../server/telemetry/lake/events-after.ts";
import { appendEvidence, evidenceAfter, verifyEvidence } from "../../../server/telemetry/lake/evidence.ts";
import { openLake } from "../../../server/telemetry/lake/lake.ts";
import { type LakeFile, openLakeFile } from "../../../server/telemetry/lake/lake-file.ts";
import { openAlerts } from "../../../server/telemetry/lake/open-alerts.ts";
import { lastSeq } from "../../../server/telemetry/lake/prune.ts";
import { eventOfRow } from "../../../server/telemetry/lake/schema.ts";
import { call, calls, failed, folder, start, writeOf } from "./lakes.ts";

const open = () => openLakeFile(join(folder(), "lake.db"), failed);
const idsIn = ({ database }: LakeFile) =>
  database
    .prepare("SELECT id FROM events ORDER BY time, id")
    .all()
    .map((it) => it.id);
const countIn = ({ database }: LakeFile) => Number(database.prepare("SELECT count(*) AS n FROM events").get()?.n);
const day = 86_400_000;
const endless = Number.POSITIVE_INFINITY;

test("an event that comes again changes nothing, and is named by its number", () => {
  const lake = open();
  assert.deepEqual(lake.write(writeOf(calls(120))), []);
  assert.deepEqual(lake.write(writeOf([call(119), call(120), call(5), call(121), call(121)], 120)), [121, 123, 125]);
  assert.equal(countIn(lake), 122);
});

test("whatever an event says comes back as it was", () => {
  const lake = open();
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "'; DROP TABLE events; --", "\u001b[31m", "<b>"));
  const number = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: undefined });
  const event = fc.record({
    id: fc.uuid(),
    time: fc.integer({ min: 1, max: 4e12 }),
    agentId: text,
    operation: fc.option(text, { nil: undefined }),
    model: fc.option(text, { nil: undefined }),
    provider: fc.option(text, { nil: undefined }),
    inputTokens: number,
    outputTokens: number,
    costUsd: number,
    durationMs: number,
    error: fc.option(text, { nil: undefined }),
    traceId: fc.option(text, { nil: undefined }),
    spanId: fc.option(text, { nil: undefined }),
    source: fc.option(text, { nil: undefined }),
    metrics: fc.dictionary(text, fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 })),
  });
  const find = lake.database.prepare("SELECT * FROM events WHERE id = ?");
  const plain = (it: unknown) => JSON.parse(JSON.stringify(it));
  fc.assert(
    fc.property(event, (it) => {
      lake.write(writeOf([it]));
      const row = find.get(it.id);
      assert.ok(row);
      assert.deepEqual(plain(eventOfRow(row)), plain(it));
    }),
  );
});

test("what a newer cockpit wrote is refused and left alone", () => {
  const file = join(folder(), "lake.db");
  openLakeFile(file, failed).close();
  const newer = new DatabaseSync(file);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  const before = readFileSync(file);
  assert.throws(() => openLakeFile(file, failed), /newer cockpit \(version 99, here 2\); update this one/);
  assert.deepEqual(readFileSync(file), before);
});

const damages: [name: string, damage: (file: string) => void][] = [
  ["no database at all", (file) => writeFileSync(file, "not a database, but longer than a header of one: ".repeat(100))],
  ["its header overwritten", (file) => writeFileSync(file, Buffer.concat([Buffer.alloc(100, 7), readFileSync(file).subarray(100)]))],
  ["its schema overwritten", (file) => writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, 100), Buffer.alloc(20_000, 7)]))],
];
for (const [name, damage] of damages)
  test(`a damaged file (${name}) is moved aside, and a new one begun`, () => {
    const at = folder();
    const file = join(at, "lake.db");
    const first = openLakeFile(file, failed);
    first.write(writeOf(calls(10)));
    first.close();
    damage(file);
    const damaged = readFileSync(file);
    const moved: string[] = [];
    const lake = openLakeFile(file, (to) => moved.push(to));
    assert.deepEqual(lake.write(writeOf(calls(3))), []);
    assert.equal(countIn(lake), 3);
    assert.deepEqual(
      moved.map((it) => readFileSync(it)),
      [damaged],
    );
    lake.close();
    assert.equal(readdirSync(at).filter((it) => it.includes("damaged")).length, 1);
  });

test("damage that shows only when it is read is said, nothing is taken from then on, and who opens the file next moves it aside", async () => {
  const file = join(folder(), "lake.db");
  const first = openLakeFile(file, failed);
  first.write({ ...writeOf(calls(10)), evidence: Array(300).fill({ time: start, kind: "alert", body: { text: "x".repeat(500) } }) });
  const pages = first.database.prepare("SELECT pageno FROM dbstat WHERE name = 'evidence' AND pagetype = 'leaf' ORDER BY path").all();
  first.close();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, (Number(pages[5]?.pageno) - 1) * 4096, Number(pages[5]?.pageno) * 4096);
  writeFileSync(file, bytes);
  const lake = await openLake(file, { onMoved: failed, onLost: failed });
  await assert.rejects(lake.openAlerts(0), /lake\.db cannot be written: it is damaged; start the watcher again, which moves it aside/);
  await assert.rejects(lake.append(calls(1)), /it is damaged/);
  await lake.close();
  const moved: string[] = [];
  const next = await openLake(file, { onMoved: (_, why) => moved.push(why), onLost: failed });
  assert.deepEqual([moved, await next.openAlerts(0)], [["its damage showed while it was used"], []]);
  await next.close();
});

test("a full disk refuses the whole write, and it goes in when there is room", () => {
  const lake = open();
  lake.write(writeOf(calls(10)));
  lake.database.exec("PRAGMA max_page_count = 20");
  const many = writeOf(calls(5000, 10), 10);
  assert.throws(() => lake.write({ ...many, evidence: [{ time: start, kind: "alert", body: 1 }] }), /full/);
  assert.equal(countIn(lake), 10);
  assert.equal(verifyEvidence(lake.database).records, 0);
  lake.database.exec("PRAGMA max_page_count = 100000");
  assert.deepEqual(lake.write(many), []);
  assert.equal(countIn(lake), 5010);
});

test("who finds the file locked waits, and loses nothing", async () => {
  const file = join(folder(), "lake.db");
  const lake = openLakeFile(file, failed);
  const holder = new Worker(
    `const { DatabaseSync } = require("node:sqlite");
     const { parentPort, workerData } = require("node:worker_threads");
     const it = new DatabaseSync(workerData); it.exec("BEGIN IMMEDIATE"); parentPort.postMessage(1);
     setTimeout(() => { it.exec("COMMIT"); it.close(); }, 300);`,
    { eval: true, workerData: file },
  );
  await new Promise((resolve) => holder.once("message", resolve));
  const since = performance.now();
  assert.deepEqual(lake.write(writeOf(calls(3))), []);
  assert.ok(performance.now() - since > 100);
  await holder.terminate();
});

test("two that open a new file at once both can write", async () => {
  const file = join(folder(), "lake.db");
  const source = `import { openLakeFile } from ${JSON.stringify(new URL("../../../server/telemetry/lake/lake-file.ts", import.meta.url).href)};
    openLakeFile(${JSON.stringify(file)}, (to) => { throw new Error(to); }).write({ cells: [], evidence: [{ time: 1, kind: "alert", body: 1 }], state: {} });`;
  const ends = Array.from({ length: 6 }, () => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    return new Promise((resolve, reject) => worker.once("error", reject).once("exit", resolve));
  });
  assert.deepEqual(await Promise.all(ends), [0, 0, 0, 0, 0, 0]);
  assert.equal(verifyEvidence(openLakeFile(file, failed).database).records, 6);
});

test("old events go, the newest stay; a clock that jumps ahead removes nothing", () => {
  const lake = open();
  lake.write(writeOf([call(1, { time: start - 40 * day }), call(2, { time: start - 20 * day }), call(3, { time: start })]));
  const limits = { keepMs: 30 * day, maxBytes: endless };
  assert.deepEqual(lake.prune(limits, start + 3650 * day), { more: false, isCrowded: false });
  assert.deepEqual(idsIn(lake), ["id-2", "id-3"]);
  assert.deepEqual(lake.prune(limits, start - 3650 * day), { more: false, isCrowded: false });
  assert.equal(countIn(lake), 2);
});

test("beyond the limit of size the oldest go, and the file shrinks", () => {
  const lake = open();
  lake.write(writeOf(calls(20_000)));
  const pages = () => Number(lake.database.prepare("PRAGMA page_count").get()?.page_count);
  const before = pages();
  const limits = { keepMs: endless, maxBytes: 1_000_000 };
  let more = true;
  for (let i = 0; i < 20 && more; i++) more = lake.prune(limits, start).more;
  assert.ok(pages() * 4096 <= limits.maxBytes, `${pages()} of ${before} pages`);
  assert.ok(countIn(lake) > 0 && countIn(lake) <= 15_000);
  assert.equal(idsIn(lake).at(-1), "id-19999");
});

test("beyond the limit of size the oldest go also while others are too old", () => {
  const lake = open();
  lake.write(writeOf(calls(20_000)));
  let more = true;
  for (let i = 0; i < 20 && more; i++) more = lake.prune({ keepMs: (19_990 - i) * 1000, maxBytes: 1_000_000 }, start + 20_000_000).more;
  assert.deepEqual([more, countIn(lake) > 0 && countIn(lake) <= 15_000], [false, true], String(countIn(lake)));
});

test("evidence that fills the limit by itself is said, and leaves the events their half", () => {
  const lake = open();
  const body = "x".repeat(1000);
  const evidence = Array.from({ length: 2000 }, () => ({ time: start, kind: "alert" as const, body }));
  const limits = { keepMs: endless, maxBytes: 1_000_000 };
  lake.write({ ...writeOf(calls(1000)), evidence });
  assert.deepEqual(lake.prune(limits, start), { more: false, isCrowded: true });
  assert.equal(countIn(lake), 1000);
  lake.write(writeOf(calls(20_000, 1000), 1000));
  let more = true;
  for (let i = 0; i < 20 && more; i++) more = lake.prune(limits, start).more;
  assert.ok(countIn(lake) > 0 && countIn(lake) <= 16_000, String(countIn(lake)));
  assert.equal(idsIn(lake).at(-1), "id-20999");
});

test("the number of an event that was removed is not given out again", () => {
  const lake = open();
  assert.equal(lastSeq(lake.database), 0);
  lake.write(writeOf([call(1, { time: start }), call(2, { time: start - 40 * day })]));
  lake.prune({ keepMs: 30 * day, maxBytes: endless }, start);
  assert.deepEqual([idsIn(lake), lastSeq(lake.database)], [["id-1"], 2]);
});

test("amounts beyond all measure, which older cockpits kept, are unknown once the file is opened", () => {
  const file = join(folder(), "lake.db");
  const old = openLakeFile(file, failed);
  old.write(writeOf([call(1, { inputTokens: 10, outputTokens: 20 }), call(2, { inputTokens: 30 })]));
  old.database.exec("UPDATE events SET output_tokens = 9223372036854775807 WHERE id = 'id-1'; PRAGMA user_version = 1");
  old.close();
  const { events } = eventsAfter(openLakeFile(file, failed).database, 0);
  assert.deepEqual(
    events.map((it) => [it.inputTokens, it.outputTokens]),
    [
      [10, undefined],
      [30, undefined],
    ],
  );
});

test("who may not move a damaged file says so, and leaves it where it is", () => {
  const file = join(folder(), "lake.db");
  openLakeFile(file, failed).close();
  writeFileSync(file, "not a database, but longer than a header of one: ".repeat(100));
  const damaged = readFileSync(file);
  assert.throws(() => openLakeFile(file), /^Error: it is damaged; start the watcher again, which moves it aside/);
  assert.deepEqual(readFileSync(file), damaged);
});

test("records that somebody changed stop nobody who reads the others", () => {
  const { database } = open();
  const body = { id: "a", groupId: "a", kind: "loop", agentId: "billing", about: "", status: "opened", since: start, updated: start };
  const alert = { ...body, expected: 1, seen: 2, unit: "calls", sure: 1, events: [] };
  appendEvidence(
    database,
    [alert, alert, alert, { ...alert, id: "b" }].map((body) => ({ time: start, kind: "alert" as const, body })),
  );
  const halved = '{"id":"c","agentId":"billing","status":"opened"}';
  database.exec(`UPDATE evidence SET body = '{no json' WHERE seq = 1; UPDATE evidence SET body = '${halved}' WHERE seq = 2`);
  assert.deepEqual(openAlerts(database, 0), [{ ...alert, id: "b" }, alert]);
  const { records, seq } = evidenceAfter(database, 0);
  assert.deepEqual([records.map((it) => it.seq), seq], [[2, 3, 4], 4]);
  database.exec("UPDATE evidence SET body = '{no json'");
  assert.deepEqual(evidenceAfter(database, 0), { records: [], seq: 4 });
});

const tampering: [sql: string, brokenAt: number][] = [
  ["UPDATE evidence SET body = '9' WHERE seq = 3", 3],
  ["UPDATE evidence SET time = 1 WHERE seq = 2", 2],
  ["UPDATE evidence SET kind = 'signal' WHERE seq = 5", 5],
  ["DELETE FROM evidence WHERE seq = 1", 1],
  ["DELETE FROM evidence WHERE seq = 4", 4],
  ["UPDATE evidence SET seq = 9 WHERE seq = 5", 5],
  ["UPDATE evidence SET seq = 0 WHERE seq = 1", 1],
  ["UPDATE evidence SET seq = -seq; UPDATE evidence SET seq = 6 + seq", 1],
];
for (const [sql, brokenAt] of tampering)
  test(`evidence that was tampered with shows: ${sql}`, () => {
    const { database } = open();
    appendEvidence(
      database,
      [1, 2, 3].map((body) => ({ time: start, kind: "alert", body })),
    );
    appendEvidence(
      database,
      [4, 5].map((body) => ({ time: start, kind: "alert", body })),
    );
    const chain = verifyEvidence(database);
    assert.ok(chain.intact && chain.records === 5 && chain.head.length === 64);
    database.exec(sql);
    const { records, ...broken } = verifyEvidence(database);
    assert.deepEqual(broken, { intact: false, brokenAt }, String(records));
  });
