/** Curves of an agent: what they end with is what is true now. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Range, rangeNames } from "../../../server/fleet/model/fleet-row.ts";
import { createLiveFleet } from "../../../server/fleet/model/live-fleet.ts";
import { stepMsOf } from "../../../server/fleet/model/steps.ts";
import { curves } from "../../../webview/curves.ts";

const begin = Date.UTC(2026, 0, 1);

/** Of an agent that spends steadily, up to a part of the step under way. */
function steady(range: Range, passed: number) {
  const stepMs = stepMsOf(range);
  const fleet = createLiveFleet();
  const now = begin + 20 * stepMs + passed * stepMs;
  for (let time = begin; time < now; time += stepMs / 100)
    fleet.hear(
      { id: `${time}`, time, agentId: "a", operation: "chat", inputTokens: stepMs / 1000, outputTokens: 0, costUsd: stepMs / 3.6e8 },
      time,
    );
  const detail = { ...fleet.series("a", range, now), lastEvents: [] };
  return curves.map(({ of }) => of(detail).map((it) => it && Number(it.toPrecision(2))));
}

for (const range of rangeNames)
  test(`${range}: steady spending is a level line to its end, however much of the step under way has passed`, () => {
    for (const passed of [0.3, 0.5, 0.99]) {
      const [cost, tokens] = steady(range, passed);
      assert.deepEqual([new Set(cost?.slice(-20)), new Set(tokens?.slice(-20))], [new Set([1]), new Set([6000])], `${passed}`);
    }
    const [cost] = steady(range, 0.1);
    assert.deepEqual([cost?.at(-1), cost?.at(-2)], [null, 1]);
  });
