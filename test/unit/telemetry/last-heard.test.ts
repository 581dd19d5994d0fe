/** When agents were last heard, whenever that was. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openLakeFile } from "../../../server/telemetry/lake/lake-file.ts";
import { lastHeardIn } from "../../../server/telemetry/lake/last-heard.ts";
import { call, failed, folder, start, writeOf } from "./lakes.ts";

const hour = 3_600_000;
const now = start + 720 * hour;
/** How many hours ago. */
const heard: Record<string, number[]> = { a: [700, 1, 0], b: [2, 1], c: [2.5, 3], d: [41, 40], e: [719], ahead: [-1, 5] };

test("each agent of a lake is given once, with its last event until then, the latest first; one alone, too", () => {
  const file = join(folder(), "lake.db");
  const lake = openLakeFile(file, failed);
  const times = Object.entries(heard).flatMap(([agentId, hours]) => hours.map((it) => ({ agentId, time: now - it * hour })));
  lake.write(writeOf(times.map((it, i) => call(i, it))));
  lake.close();
  const of = (agentId?: string) => [...lastHeardIn(file, { until: now, agentId })].map((it) => [it.agentId, (now - it.lastHeard) / hour]);
  assert.deepEqual(of(), [
    ["a", 0],
    ["b", 1],
    ["c", 2.5],
    ["ahead", 5],
    ["d", 40],
    ["e", 719],
  ]);
  assert.deepEqual([of("e"), of("nobody")], [[["e", 719]], []]);
  assert.deepEqual([...lastHeardIn(join(folder(), "lake.db"), { until: now })], []);
});
