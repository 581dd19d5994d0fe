/** A file as a source of a watcher: it can be stopped at any point, and what is wrong with it is its own health, nobody's end. */
import assert from "node:assert/strict";
import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import type { Intake } from "../../../server/telemetry/connectors/connector.ts";
import { createFileConnector } from "../../../server/telemetry/connectors/file/connector.ts";
import { failed, folder } from "./lakes.ts";

const taking = (take: Intake["take"]): Intake => ({ isFull: () => false, take });

function fileOf(name: string, text: string) {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return createFileConnector({ path, follow: false, warn: failed });
}

const large = [
  { name: "large.csv", text: `time,agentId,value\n${"1700000000000,a,1\n".repeat(200_000)}` },
  { name: "large.ndjson", text: '{"time":1700000000000,"agentId":"a"}\n'.repeat(200_000) },
];

for (const { name, text } of large)
  test(`a replay of ${name} stops in the middle`, { timeout: 20_000 }, async () => {
    const file = fileOf(name, text);
    const begun = Promise.withResolvers<void>();
    await file.start(
      taking(async () => {
        begun.resolve();
        await sleep(1);
        return { refused: {} };
      }),
    );
    await begun.promise;
    await file.stop();
    const { state, counts } = file.health();
    assert.equal(state, "stopped");
    assert.ok((counts.events ?? 0) < 200_000);
  });

test("a file that cannot be read to its end fails, and who does not wait for its end goes on", async () => {
  const file = fileOf("broken.csv", 'time,agentId\n1700000000000,a\n"17"0,b\n');
  await file.start(taking(async () => ({ refused: {} })));
  for (const end = Date.now() + 10_000; file.health().state === "running" && Date.now() < end; ) await sleep(5);
  assert.equal(file.health().state, "failing");
  assert.match(file.health().detail, /Quote/);
  await file.stop();
});

/** What a replay brings, and what it says of the rest. */
async function replayed(name: string, text: string) {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return replay(path);
}

async function replay(path: string) {
  const events: FleetEvent[] = [];
  const warnings: string[] = [];
  const file = createFileConnector({ path, follow: false, warn: (it) => warnings.push(it.replace(path, basename(path))) });
  await file.start(
    taking(async (batch) => {
      events.push(...batch);
      return { refused: {} };
    }),
  );
  await file.ended;
  return { events, warnings, counts: file.health().counts };
}

const at = (n: number, more: object = {}) => JSON.stringify({ time: 1_700_000_000_000 + n, agentId: "a", ...more });

test("only a line feed ends a line: other separators stand in texts", async () => {
  const errors = ["\u2028", "\u2029", "\u0085"].map((it) => `no${it}more`);
  const { events, warnings } = await replayed("separators.ndjson", errors.map((error, i) => `${at(i, { error })}\r\n`).join(""));
  assert.deepEqual([events.map((it) => it.error), warnings], [errors, []]);
});

test("the last line needs no end, and a mark of the byte order is no part of the first", async () => {
  const { events, warnings } = await replayed("ends.ndjson", `\uFEFF${at(1)}\n\n${at(2)}`);
  assert.deepEqual([events.length, warnings], [2, []]);
});

test("a line that is longer than any text may be fills no memory, and those after it are read", async () => {
  const path = join(folder(), "long.ndjson");
  writeFileSync(path, `${at(1)}\n`);
  truncateSync(path, 600_000_000);
  appendFileSync(path, `\n${at(2)}\n`);
  const before = process.memoryUsage().rss;
  const { events, warnings, counts } = await replay(path);
  assert.deepEqual([events.length, counts.malformed], [2, 1]);
  assert.deepEqual(warnings, ["long.ndjson:2 is no event: it is no JSON, or longer than a megabyte"]);
  assert.ok(process.memoryUsage().rss - before < 100_000_000);
});

test("of a replay it is said how many records are no events", async () => {
  const { events, warnings } = await replayed("wrong.ndjson", `${"wrong\n".repeat(40)}${at(1)}\n`);
  assert.equal(events.length, 1);
  assert.equal(warnings.length, 6);
  assert.deepEqual(warnings.slice(4), [
    "wrong.ndjson:5 is no event: it is no JSON, or longer than a megabyte; further ones are only counted",
    "wrong.ndjson: 40 records in all are no events",
  ]);
});

/** Public labelled series, as they come: the text, and the times and metrics that are read. */
const labelled: [text: string, ...read: [time: string, metrics: object][]][] = [
  ["timestamp,value\n2014-04-01 00:00:00,18324\n", ["2014-04-01T00:00:00.000Z", { value: 18324 }]],
  ["Timestamp,Value\n2014-04-01 00:00:00.000000,1\n", ["2014-04-01T00:00:00.000Z", { Value: 1 }]],
  ["timestamp,value,is_anomaly\n1469376000,0.5,1\n", ["2016-07-24T16:00:00.000Z", { value: 0.5 }]],
  ["timestamps,value,anomaly,changepoint,trend\n1,83.1,0,1,0.8\n", ["1970-01-01T00:00:01.000Z", { value: 83.1, trend: 0.8 }]],
  ['\uFEFF"timestamp" , "value", "Label"\r\n"1469376000", "1e3", "1"\r\n', ["2016-07-24T16:00:00.000Z", { value: 1000 }]],
];
for (const [text, ...read] of labelled)
  test(`${JSON.stringify(text)} is read without its labels`, async () => {
    const { events, warnings } = await replayed("series.csv", text);
    assert.deepEqual(
      events.map((it) => [new Date(it.time).toISOString(), it.metrics]),
      read,
    );
    assert.deepEqual([events[0]?.agentId, warnings], ["series", []]);
  });

test("a column of errors may say that there are none", async () => {
  const { events } = await replayed(
    "errors.csv",
    `time,error\n${["", "0", "0.0", "False", "1", "timeout"].map((it) => `1,${it}\n`).join("")}`,
  );
  assert.deepEqual(
    events.map((it) => it.error),
    [undefined, undefined, undefined, undefined, "1", "timeout"],
  );
});

test("CSV without a column of times says what it must have", async () => {
  await assert.rejects(
    replayed("series.csv", "timestamp;value\n2014-04-01 00:00:00;1\n"),
    /series\.csv has no column of times: its first line, the names of columns with commas between, must have a time or timestamp$/,
  );
});
