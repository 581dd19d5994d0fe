import assert from "node:assert/strict";
import { test } from "node:test";
import { lastWords, readTally } from "../../scripts/test.ts";

test("tallies add up over both kinds of report and count cancelled tests as failed", () => {
  const output =
    "ℹ tests 9\nℹ pass 5\nℹ fail 1\nℹ cancelled 2\nℹ skipped 1\nnoise: 7 passed\n3 passed, 4 failed, 2 skipped\n10 passed, 0 failed\n";
  assert.deepEqual(readTally(output), { passed: 18, failed: 7, skipped: 3 });
});

test("what failed is told again at the end, of a check or a plain suite by its last lines", () => {
  assert.equal(
    lastWords("✖ bad (6ms)\nℹ fail 1\n\n✖ failing tests:\n\n✖ bad (6ms)\n  1 == 2\n"),
    "✖ failing tests:\n\n✖ bad (6ms)\n  1 == 2",
  );
  const lines = Array.from({ length: 300 }, (_, i) => `line ${i}`);
  assert.equal(lastWords(`${lines.join("\n")}\n`), lines.slice(200).join("\n"));
  const list = ["✖ failing tests:", ...lines];
  assert.equal(lastWords(`noise\n${list.join("\n")}\n`), [...list.slice(0, 100), "… and 201 more lines"].join("\n"));
});
