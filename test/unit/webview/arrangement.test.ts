/** What stands in the list is the same whether it was reckoned anew or only where the fleet changed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createFleetModel, type FleetModel } from "../../../server/fleet/model/fleet-model.ts";
import { createArrangement } from "../../../webview/arrangement.ts";
import { restored, type ViewState } from "../../../webview/view-state.ts";
import { agent, alert, finding, live } from "../../webview/fleet.ts";

const now = Date.now();
const error = finding({ severity: "error" });
const pausing = { by: "me", at: "2026-01-01T00:00:00Z", reason: "r" };

const id = fc.constantFrom("a", "b", "c", "d");
const change: fc.Arbitrary<(model: FleetModel) => void> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(id, fc.nat(3)).map(
      ([it, usdPerHour]) =>
        (model: FleetModel) =>
          model.live([live(it, { usdPerHour, heard: now })]),
    ),
  },
  id.map((it) => (model: FleetModel) => model.live([], [it])),
  fc.tuple(id, fc.constantFrom("opened" as const, "closed" as const)).map(
    ([it, status]) =>
      (model: FleetModel) =>
        model.alert(alert(it, { status })),
  ),
  id.map((it) => (model: FleetModel) => model.pause(new Map([[it, pausing]]))),
  fc.tuple(id, fc.boolean()).map(
    ([it, isBad]) =>
      (model: FleetModel) =>
        model.audit([agent(it, { findings: isBad ? [error] : [] })]),
  ),
);
const choice = fc.record({
  search: fc.constantFrom("", "a", "budget"),
  sort: fc.constantFrom<ViewState["sort"]>("need", "name", "findings"),
  byFolder: fc.boolean(),
  greens: fc.constantFrom<string[]>([], [""]),
});

test("an arrangement that follows each change is the one that is made of the outcome", () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), choice, (changes, chosen) => {
      const model = createFleetModel();
      const follows = createArrangement();
      const state = { ...restored(undefined).state, ...chosen };
      model.watch({ kind: "watching", eventsPerSecond: 1 });
      for (const it of changes) {
        it(model);
        follows.audited();
        follows.of(model.rows(now), state, now, true);
      }
      const rows = model.rows(now);
      assert.deepEqual(follows.of(rows, state, now, true), createArrangement().of(rows, state, now, true));
    }),
    { numRuns: 500 },
  );
});
