import assert from "node:assert/strict";
import { test } from "node:test";
import { applyPatch } from "diff";
import fc from "fast-check";
import { unifiedDiff } from "../../server/cli/diff.ts";
import { applyEdits } from "../../server/engine/finding.ts";
import { placeEdits } from "./place-edits.ts";

test("a diff shows the changed lines with three around them", () => {
  const before = "1\n2\n3\n4\nif x: y\n6\n7\n8\n9\n";
  assert.equal(
    unifiedDiff("a.py", before, [{ start: 13, end: 14, text: "\n    " }]),
    "--- a/a.py\n+++ b/a.py\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-if x: y\n+if x:\n+    y\n 6\n 7\n 8\n",
  );
});

test("a missing last line feed is shown as git shows it", () => {
  assert.equal(
    unifiedDiff("a", "x", [{ start: 1, end: 1, text: "\ny" }]),
    "--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n-x\n\\ No newline at end of file\n+x\n+y\n\\ No newline at end of file\n",
  );
});

test("nothing changed is no diff", () => {
  assert.equal(unifiedDiff("a", "x\n", []), "");
  assert.equal(unifiedDiff("a", "x\n", [{ start: 0, end: 1, text: "x" }]), "");
});

test("another tool that applies the diff gets the edited text", () => {
  const line = fc.constantFrom("a\n", "b\n", "\n", "c\r\n", "longer\n", "x");
  const text = fc.array(line, { maxLength: 40 }).map((lines) => lines.join(""));
  const raw = fc.array(fc.tuple(fc.nat(30), fc.nat(9), fc.constantFrom("", "z", "\n", "y\nw", "\n\n")), { maxLength: 6 });
  fc.assert(
    fc.property(text, raw, (before, changes) => {
      const edits = placeEdits(before, changes);
      const after = applyEdits(before, edits);
      const diff = unifiedDiff("a", before, edits);
      if (diff === "") assert.equal(after, before);
      else assert.equal(applyPatch(before, diff, { autoConvertLineEndings: false }), after, diff);
    }),
    { numRuns: 3000 },
  );
});
