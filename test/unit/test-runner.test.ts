import assert from "node:assert/strict";
import { test } from "node:test";
import { readTally } from "../../scripts/test.ts";

test("tallies add up over both kinds of report and count cancelled tests as failed", () => {
  const output =
    "ℹ tests 9\nℹ pass 5\nℹ fail 1\nℹ cancelled 2\nℹ skipped 1\nnoise: 7 passed\n3 passed, 4 failed, 2 skipped\n10 passed, 0 failed\n";
  assert.deepEqual(readTally(output), { passed: 18, failed: 7, skipped: 3 });
});
