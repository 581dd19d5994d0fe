/** What is exported of the fleet: what nobody knows now is left empty, never 0 and never what was so once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFleetModel, quietAfterMs } from "../../../server/fleet/model/fleet-model.ts";
import type { Watching } from "../../../server/fleet/model/fleet-row.ts";
import { mostExported } from "../../../server/protocol/forest.ts";
import { csvOf, jsonOf } from "../../../webview/data.ts";
import { markdownOf } from "../../../webview/markdown.ts";
import { agent, live } from "../../webview/fleet.ts";

const now = Date.UTC(2026, 0, 1);
const watched: Watching = { kind: "watching", eventsPerSecond: 1 };

/** One that calls, and one that is quiet. */
function shownOf(watching: Watching) {
  const model = createFleetModel();
  model.watch(watched);
  model.live([live("a", { heard: now }), live("b", { heard: now - quietAfterMs - 1, callsPerMinute: 0, errorsPerMinute: 0 })]);
  model.watch(watching);
  return { now, shown: model.rows(now), totals: model.totals(now), watching };
}

const cellsOf = (watching: Watching) =>
  csvOf(shownOf(watching))
    .trim()
    .split("\n")
    .map((it) => it.split(",").slice(-6));
const figuresOf = (watching: Watching) => JSON.parse(jsonOf(shownOf(watching))).agents.map(({ live }: { live: object }) => live);

test("figures of who is watched are those of now", () => {
  const [, a, b] = cellsOf(watched);
  assert.deepEqual(a, ["2026-01-01T00:00:00.000Z", "1.27", "18250", "42", "1", "1830"]);
  assert.deepEqual(b?.slice(3, 5), ["0", "0"]);
  assert.deepEqual(figuresOf(watched)[0], live("a", { heard: now }));
});

test("without a watcher, or after it was lost, no figure is known", () => {
  for (const watching of [{ kind: "off" }, { kind: "lost", since: now, message: "it ended" }] as const) {
    const [, a] = cellsOf(watching);
    assert.deepEqual(a, ["2026-01-01T00:00:00.000Z", "", "", "", "", ""]);
    const unknown = { callsPerMinute: null, errorsPerMinute: null, tokensPerMinute: null, usdPerHour: null, p95Ms: null };
    assert.deepEqual(figuresOf(watching)[0], { agentId: "a", heard: now, ...unknown });
    const [row] = shownOf(watching).shown;
    assert(row);
    assert.match(markdownOf(row, undefined), /^Last heard 2026-01-01T00:00:00\.000Z \(stale\)$/m);
  }
});

test("JSON is indented, unless that makes it too large", () => {
  const shownOf = (owners: number) => {
    const model = createFleetModel();
    model.audit([agent("a", { owners: Array(owners).fill("") })]);
    return { now, shown: model.rows(now), totals: model.totals(now), watching: watched };
  };
  assert.match(jsonOf(shownOf(1)), /^\{\n {2}"version": 1,/);
  const large = jsonOf(shownOf(Math.ceil(mostExported / 10)));
  assert(large.length < mostExported, `${large.length}`);
  assert.match(large, /^\{"version":1,/);
});
