/** Diagnostics as the server sends them to editors that do not ask: of open documents, and of all other files of the workspace. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { plain } from "./capabilities.ts";
import { openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { rangeOf } from "./texts.ts";

const oneLiner = "if ready: start()\n";

test("a finding says its rule, its severity, what can be done, and where its page is", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } } });
  await editor.open("work/a.py");
  await eventually(() => editor.published("work/a.py")?.version, 1);
  const [finding, ...others] = editor.published("work/a.py")?.diagnostics ?? [];
  assert(finding);
  const { codeDescription, ...told } = finding;
  assert.deepEqual(told, {
    range: { start: { line: 0, character: 8 }, end: { line: 0, character: 9 } },
    severity: 2,
    code: "E701",
    source: "cockpit",
    message: "The body of this `if` stands on the same line",
    data: { rule: "E701", fix: { title: "Move the body to a line of its own", safety: "safe" } },
  });
  assert(existsSync(fileURLToPath(codeDescription?.href ?? "")), "its page is there");
  assert.deepEqual(others, []);
});

test("an editor that knows neither links nor data is sent neither", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } }, capabilities: plain });
  await editor.open("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
  const [finding] = editor.published("work/a.py")?.diagnostics ?? [];
  assert(finding && !("codeDescription" in finding) && !("data" in finding));
});

test("what is typed changes the findings, each with the version that it is about", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } } });
  await editor.open("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
  await editor.type("work/a.py", "# one\n", rangeOf(oneLiner, "if"));
  await eventually(() => [editor.published("work/a.py")?.version, editor.findings("work/a.py")], [2, ["2:9 E701"]]);
  await editor.type("work/a.py", "start()\n");
  await eventually(() => [editor.published("work/a.py")?.version, editor.findings("work/a.py")], [3, []]);
});

test("files that are not open have the audit's findings, without a version", async () => {
  const editor = await openEditor({ folders: { work: { "agent/requirements.txt": "openai\n", "agent/a.py": oneLiner } } });
  await eventually(() => editor.findings("work/agent/a.py"), ["1:9 E701"]);
  assert.equal(editor.published("work/agent/a.py")?.version, undefined);
});

test("an open document's text counts, not what the audit read; once it is closed, what is on disk", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } } });
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
  await editor.open("work/a.py", { text: "start()\n" });
  await eventually(() => editor.findings("work/a.py"), []);
  await editor.close("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
});

test("what lies outside of the workspace has findings while it is open", async () => {
  const editor = await openEditor({ others: { elsewhere: { "a.py": oneLiner } } });
  await editor.open("elsewhere/a.py");
  await eventually(() => editor.findings("elsewhere/a.py"), ["1:9 E701"]);
  await editor.close("elsewhere/a.py");
  await eventually(() => editor.findings("elsewhere/a.py"), []);
});

test("what the audit passes over is left alone in the editor too", async () => {
  const files = { ".gitignore": "build/\n", "build/a.py": oneLiner, "b.py": oneLiner };
  const editor = await openEditor({ folders: { work: files } });
  await editor.open("work/build/a.py");
  await editor.open("work/b.py");
  await eventually(() => [editor.findings("work/b.py"), editor.published("work/build/a.py")?.version], [["1:9 E701"], 1]);
  assert.deepEqual(editor.findings("work/build/a.py"), []);
});
