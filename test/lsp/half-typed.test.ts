/** Half-typed code in a long file: answered promptly, and once the typing pauses with the findings that a fresh document has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pythonFile } from "../bench/typed/python.ts";
import { pulling } from "./capabilities.ts";
import { type Editor, openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { rangeOf } from "./texts.ts";

/** Opens brackets that nothing closes. */
async function halfType(editor: Editor) {
  const { text } = pythonFile;
  await editor.open("work/a.py", { text });
  await editor.type("work/a.py", "x = ((\n", rangeOf(text, "class Desk6:"));
}

test("findings that are pushed", async () => {
  const editor = await openEditor();
  await halfType(editor);
  await editor.open("work/fresh.py", { text: editor.text("work/a.py") });
  await eventually(() => editor.published("work/fresh.py")?.version, 1);
  await eventually(() => [editor.published("work/a.py")?.version, editor.findings("work/a.py")], [2, editor.findings("work/fresh.py")]);
});

test("findings that are asked for: the editor is told when to ask again", async () => {
  const editor = await openEditor({ capabilities: pulling });
  await halfType(editor);
  const before = editor.refreshes;
  await editor.pulled("work/a.py");
  await eventually(() => editor.refreshes > before, true);
  await editor.open("work/fresh.py", { text: editor.text("work/a.py") });
  const whole = await editor.pulled("work/fresh.py");
  assert.deepEqual(await editor.pulled("work/a.py"), whole);
});
