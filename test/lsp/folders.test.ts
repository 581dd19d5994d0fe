/** Several workspace folders, each with its own settings and cockpit.json; folders that come and go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const oneLiner = "if ready: start()\n";

test("each folder has its own settings", async () => {
  const editor = await openEditor({ folders: { one: { "a.py": oneLiner }, two: { "a.py": oneLiner } } });
  editor.folderSettings = { two: { rules: { E701: "off" } } };
  await editor.configure({});
  await editor.open("one/a.py");
  await editor.open("two/a.py");
  await eventually(() => [editor.findings("one/a.py"), editor.findings("two/a.py")], [["1:9 E701"], []]);
});

test("each folder has its own cockpit.json, and the innermost folder counts", async () => {
  const config = '{ "rules": { "E701": "error" } }';
  const editor = await openEditor({
    folders: { outer: { "a.py": oneLiner }, "outer/inner": { "cockpit.json": config, "b.py": oneLiner } },
  });
  await editor.open("outer/a.py");
  await editor.open("outer/inner/b.py");
  const severities = () =>
    ["outer/a.py", "outer/inner/b.py"].map((it) => editor.published(it)?.diagnostics.map(({ severity }) => severity));
  await eventually(severities, [[2], [1]]);
});

test("a folder that is added is audited, one that is removed leaves no findings and no agents", async () => {
  const agent = { "requirements.txt": "openai\n", "a.py": `from openai import OpenAI\nOpenAI(**options)\n${oneLiner}` };
  const editor = await openEditor({ folders: { one: agent }, others: { two: agent } });
  const state = () => [
    editor.findings("one/a.py").length,
    editor.findings("two/a.py").length,
    editor.fleets.at(-1)?.folders.map(({ uri, agents }) => [editor.fileOf(uri), agents.length]),
  ];
  await eventually(state, [2, 0, [["one", 1]]]);
  await editor.changeFolders(["two"], []);
  await eventually(state, [
    2,
    2,
    [
      ["one", 1],
      ["two", 1],
    ],
  ]);
  await editor.changeFolders([], ["one"]);
  await eventually(state, [0, 2, [["two", 1]]]);
});

test("an open document moves with its folder: the settings of the folder around it count", async () => {
  const config = '{ "rules": { "E701": "off" } }';
  const editor = await openEditor({ folders: { outer: {} }, others: { "outer/inner": { "a.py": oneLiner, "cockpit.json": config } } });
  await editor.open("outer/inner/a.py");
  await eventually(() => editor.findings("outer/inner/a.py"), ["1:9 E701"]);
  await editor.changeFolders(["outer/inner"], []);
  await eventually(() => editor.findings("outer/inner/a.py"), []);
});

test("without any folder, open files are checked all the same", async () => {
  const editor = await openEditor({ folders: {}, others: { loose: { "a.py": oneLiner } } });
  await editor.open("loose/a.py");
  await eventually(() => editor.findings("loose/a.py"), ["1:9 E701"]);
  assert.deepEqual(editor.fleets.at(-1)?.folders, []);
});
