import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinEdits } from "../../server/engine/edits.ts";
import { applyEdits } from "../../server/engine/finding.ts";
import { placeEdits } from "./place-edits.ts";

test("edits after edits are one list of edits", () => {
  const first = [{ start: 5, end: 6, text: "\n    " }];
  const second = [
    { start: 0, end: 0, text: "# " },
    { start: 8, end: 11, text: "z" },
  ];
  const text = "if x: y; w";
  assert.equal(applyEdits(applyEdits(text, first), second), "# if x:\n  z; w");
  assert.deepEqual(joinEdits(text.length, first, second), [
    { start: 0, end: 0, text: "# " },
    { start: 5, end: 7, text: "\n  z" },
  ]);
});

test("joined edits do what the two lists do, one after the other", () => {
  const text = fc.string({ maxLength: 30 });
  const raw = fc.array(fc.tuple(fc.nat(6), fc.nat(4), fc.string({ maxLength: 4 })), { maxLength: 8 });
  fc.assert(
    fc.property(text, raw, raw, (original, a, b) => {
      const first = placeEdits(original, a);
      const middle = applyEdits(original, first);
      const second = placeEdits(middle, b);
      assert.equal(applyEdits(original, joinEdits(original.length, first, second)), applyEdits(middle, second));
    }),
    { numRuns: 2000 },
  );
});
