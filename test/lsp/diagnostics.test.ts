/** What the editor is told is wrong: pushed or asked for, of open documents and of all others. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const oneLiner = "if ready: start()\n";

test("an open document's findings are published with its version, severity, data and page", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } } });
  await editor.open("work/a.py");
  await eventually(() => editor.published("work/a.py")?.version, 1);
  const [finding] = editor.published("work/a.py")?.diagnostics ?? [];
  assert(finding);
  assert.equal(finding.code, "E701");
  assert.equal(finding.source, "cockpit");
  assert.deepEqual(finding.range.start, { line: 0, character: 8 });
  assert.equal(finding.data.rule, "E701");
  assert.equal(finding.data.fix.safety, "safe");
  assert(existsSync(fileURLToPath(finding.codeDescription?.href ?? "")), "its page is there");
});
