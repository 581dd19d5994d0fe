/** The table of a fleet that is watched, in windows of any size, with agents of which little is known and names that would break it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createColors } from "picocolors";
import { widthOf } from "../../server/cli/live/cells.ts";
import { fleetLines } from "../../server/cli/live/fleet-table.ts";
import { createFleetModel, quietAfterMs } from "../../server/fleet/model/fleet-model.ts";
import type { LiveAgent } from "../../server/fleet/model/fleet-row.ts";
import { hostileTexts } from "../hostile.ts";

const now = 1_790_000_000_000;
const colors = createColors(false);

const live = (agentId: string, more: Partial<LiveAgent> = {}): LiveAgent => ({
  ...{ agentId, heard: now, callsPerMinute: 12, errorsPerMinute: 1, tokensPerMinute: 3400, usdPerHour: 1.2, p95Ms: 2100 },
  ...more,
});

function watched(...agents: LiveAgent[]) {
  const model = createFleetModel();
  model.watch({ kind: "watching", eventsPerSecond: null });
  model.live(agents);
  return model;
}

const few = watched(
  live("billing"),
  live("odd", { tokensPerMinute: null, usdPerHour: null, p95Ms: null }),
  live("quiet", { heard: now - quietAfterMs - 1, callsPerMinute: 0, errorsPerMinute: 0, tokensPerMinute: 0, usdPerHour: 0, p95Ms: null }),
);

test("what is not known is a dash, what calls did not tell a question mark, and neither is 0", () => {
  assert.deepEqual(fleetLines(few, now, { columns: 150, rows: 23 }, colors), [
    "3 agents · 3 green · heard now · last minute: 24 calls/min · 3.4k tokens/min · 1.2 USD/h and 1 agent of unknown spend · 8.3 % errors",
    "health    agent         state    calls/m  tok/m  USD/h    p95  err/m  alerts",
    "green     billing       live          12   3.4k    1.2   2.1s      1       0",
    "green     odd           live          12      ?      ?      –      1       0",
    "green     quiet         quiet          0      0      0      –      0       0",
  ]);
});

test("what was heard once is not shown as if it were of now", () => {
  const model = watched(live("billing"));
  model.watch({ kind: "off" });
  assert.deepEqual(fleetLines(model, now, { columns: 79, rows: 23 }, colors), [
    "1 agent · 1 green · heard now",
    "health    agent         state    calls/m  tok/m  USD/h    p95  err/m  alerts",
    "green     billing       stale          –      –      –      –      –       0",
  ]);
});

test("in 40 columns and a few rows the least telling give way, in 2 rows all but the totals", () => {
  assert.deepEqual(fleetLines(few, now, { columns: 39, rows: 4 }, colors), [
    "3 agents · 3 green · heard now · last …",
    "health    agent         state    alerts",
    "green     billing       live          0",
    "… 2 more: 2 green",
  ]);
  assert.deepEqual(fleetLines(few, now, { columns: 39, rows: 2 }, colors), ["3 agents · 3 green · heard now · last …"]);
});

test("where one line is too short for the totals, figures have a second, of which spend and errors stay", () => {
  const head = (columns: number, rows: number, ...agents: LiveAgent[]) =>
    fleetLines(watched(...agents), now + 25_000, { columns, rows }, colors).slice(0, 2);
  const counts = "2 agents · 2 green · heard 20 s ago";
  const two = [live("a"), live("b")];
  assert.deepEqual(head(79, 23, ...two), [counts, "last minute: 24 calls/min · 6.8k tokens/min · 2.4 USD/h · 8.3 % errors"]);
  assert.deepEqual(head(79, 8, live("a"), live("b", { usdPerHour: null })), [
    counts,
    "last minute: 1.2 USD/h and 1 agent of unknown spend · 8.3 % errors",
  ]);
  assert.deepEqual(head(60, 23, ...two), [counts, "last minute: 24 calls/min · 2.4 USD/h · 8.3 % errors"]);
  assert.deepEqual(head(39, 23, ...two), [counts, "last minute: 2.4 USD/h · 8.3 % errors"]);
  assert.deepEqual(head(30, 23, ...two), ["2 agents · 2 green", "heard 20 s ago · last minute:…"]);
  assert.equal(head(79, 7, ...two)[0], "2 agents · 2 green · heard 20 s ago · last minute: 24 calls/min · 6.8k tokens/…");
});

test("no name breaks a row, and one of nothing is said to be none", () => {
  const model = watched(...hostileTexts.map((it) => live(it)));
  for (const columns of [39, 79, 199]) {
    const lines = fleetLines(model, now, { columns, rows: 60 }, colors);
    const rows = lines.slice(lines.findIndex((it) => it.startsWith("health")) + 1);
    assert.equal(rows.length, hostileTexts.length);
    assert(rows.some((it) => /^green {5}\(no name\) /.test(it)));
    for (const row of rows) {
      assert.match(row, columns === 39 ? /^green {5}\S.* {2}live +0$/ : /^green {5}\S.* {2}live .* {2}1\.2 .* 0$/);
      assert(widthOf(row) <= columns, row);
      assert.doesNotMatch(row, /\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069\u2028]/u);
    }
  }
});
