import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Alert } from "../../../server/fleet/anomaly/alert.ts";
import type { Signal } from "../../../server/fleet/anomaly/mothball.ts";
import { createPausingSink } from "../../../server/telemetry/mothball/pausing-sink.ts";
import { readMothballs } from "../../../server/telemetry/mothball/signals.ts";
import { newsOf } from "../../../server/telemetry/sinks/sink.ts";

const time = Date.parse("2026-11-23T12:00:00Z");
const alert: Alert = {
  id: "a1",
  groupId: "g1",
  kind: "budget",
  agentId: "billing",
  about: "usd/day",
  status: "opened",
  updated: time,
  since: time,
  expected: 50,
  seen: 51.5,
  unit: "USD a day",
  sure: 1,
  events: ["e1"],
};
const signal: Signal = { kind: "mothball", agentId: "billing", alertId: "a1", time, withheld: false };

async function paused(signals: Signal[], prepare: (folder: string) => void = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), "cockpit-pausing-"));
  try {
    prepare(folder);
    const warnings: string[] = [];
    const sink = createPausingSink(folder, (it) => warnings.push(it));
    sink.tell(newsOf({ alerts: [alert], signals, score: 1 }));
    await sink.close();
    const entries = await readMothballs(folder).catch(() => new Map());
    return { entries: Object.fromEntries(entries), warnings };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a signal pauses its agent with the alert's own words, before the sink is closed", async () => {
  const reason = "billing has spent more than its budget: 51.5 of 50 USD a day (alert a1)";
  assert.deepEqual(await paused([signal]), {
    entries: { billing: { by: "cockpit", at: "2026-11-23T12:00:00.000Z", reason } },
    warnings: [],
  });
});

test("what the policy's limit held back is only said", async () => {
  const { entries, warnings } = await paused([{ ...signal, withheld: true }]);
  assert.deepEqual(entries, {});
  assert.match(warnings.join(), /billing was not paused.*USD a day/);
});

test("a pause that cannot be made is said", async () => {
  const { warnings } = await paused([signal], (folder) => writeFileSync(join(folder, "mothball.json"), "{"));
  assert.match(warnings.join(), /billing could not be paused: .*mothball\.json/);
});

test("a pause that cannot be made is made when it can, in its turn, and said once each time", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "cockpit-pausing-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "mothball.json");
  writeFileSync(file, "{");
  const warnings: string[] = [];
  const sink = createPausingSink(folder, (it) => warnings.push(it), 10);
  sink.tell(newsOf({ alerts: [alert], signals: [signal, { ...signal, agentId: "search" }], score: 1 }));
  await sleep(100);
  assert.equal(warnings.length, 1);
  rmSync(file);
  while (!existsSync(file) || (await readMothballs(folder)).size < 2) await sleep(10);
  await sink.close();
  assert.deepEqual(warnings.slice(1), ["billing is paused now"]);
});
