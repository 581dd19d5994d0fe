/** Settings, and cockpit.json on disk and as it is typed: what changes counts without a restart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, pulling } from "./capabilities.ts";
import { openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const oneLiner = "if ready: start()\n";
const off = '{ "rules": { "E701": "off" } }';

test("settings change the findings of open documents and of all others", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner, "b.py": oneLiner } } });
  await editor.open("work/a.py");
  const severities = () => ["work/a.py", "work/b.py"].map((it) => editor.published(it)?.diagnostics.map(({ severity }) => severity));
  await eventually(severities, [[2], [2]]);
  await editor.configure({ rules: { E701: "error" } });
  await eventually(severities, [[1], [1]]);
  await editor.configure({ rules: { E701: "off" } });
  await eventually(severities, [[], []]);
});

test("an editor that cannot be asked for its settings sends them", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } }, capabilities: plain });
  await editor.open("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
  await editor.configure({ rules: { E701: "off" } });
  await eventually(() => editor.findings("work/a.py"), []);
});

test("a setting that means nothing is named in the log, and the others count", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": "if a: b();\n" } } });
  await editor.open("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:5 E701", "1:10 E703"]);
  await editor.configure({ rules: { E703: "off" }, e70: "flake8" });
  await eventually(() => editor.findings("work/a.py"), ["1:5 E701"]);
  assert(editor.log.some((it) => it.includes('a setting under "cockpit" does not count in work: e70 must be')));
});

test("a cockpit.json that appears, changes and goes counts at once", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner, "b.py": oneLiner } } });
  await editor.open("work/a.py");
  const both = () => [editor.findings("work/a.py"), editor.findings("work/b.py")];
  await eventually(both, [["1:9 E701"], ["1:9 E701"]]);
  editor.write("work/cockpit.json", off);
  await editor.changed(["work/cockpit.json", 1]);
  await eventually(both, [[], []]);
  editor.write("work/cockpit.json", '{ "exclude": ["b.py"] }');
  await editor.changed(["work/cockpit.json", 2]);
  await eventually(both, [["1:9 E701"], []]);
  editor.remove("work/cockpit.json");
  await editor.changed(["work/cockpit.json", 3]);
  await eventually(both, [["1:9 E701"], ["1:9 E701"]]);
});

test("a cockpit.json saved in an editor that watches no files counts too", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner, "cockpit.json": "{}" } }, capabilities: plain });
  await editor.open("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
  await editor.open("work/cockpit.json");
  await editor.type("work/cockpit.json", off);
  await editor.save("work/cockpit.json");
  await eventually(() => editor.findings("work/a.py"), []);
});

test("a broken cockpit.json is a diagnostic at its place, and the last good one counts until it is repaired", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner, "cockpit.json": off } } });
  await editor.open("work/a.py");
  await eventually(() => editor.published("work/a.py")?.version, 1);
  assert.deepEqual(editor.findings("work/a.py"), []);
  editor.write("work/cockpit.json", '{\n  "rules": }');
  await editor.changed(["work/cockpit.json", 2]);
  await eventually(() => editor.findings("work/cockpit.json"), ['2:12 not valid JSON: unexpected "}"']);
  await editor.type("work/a.py", `${oneLiner}${oneLiner}`);
  await eventually(() => editor.published("work/a.py")?.version, 2);
  assert.deepEqual(editor.findings("work/a.py"), []);
  editor.write("work/cockpit.json", "{}");
  await editor.changed(["work/cockpit.json", 2]);
  await eventually(() => [editor.findings("work/cockpit.json"), editor.findings("work/a.py")], [[], ["1:9 E701", "2:9 E701"]]);
});

test("one that is broken from the start: what is right of it counts", async () => {
  const files = { "a.py": "if a: b();\n", "cockpit.json": '{ "rules": { "E701": "off" }, "e70": "flake8" }' };
  const editor = await openEditor({ folders: { work: files } });
  await editor.open("work/a.py");
  await eventually(
    () => [editor.findings("work/a.py"), editor.findings("work/cockpit.json")],
    [["1:10 E703"], ['1:38 e70 must be "ruff" or "pycodestyle", not "flake8"']],
  );
});

test("an open cockpit.json is checked as it is typed, and counts once it is saved", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner, "cockpit.json": "{}" } } });
  await editor.open("work/a.py");
  await editor.open("work/cockpit.json");
  await editor.type("work/cockpit.json", '{ "rules": { "missing-surface": "off" } }');
  await eventually(() => editor.findings("work/cockpit.json"), ['1:14 unknown rule "missing-surface"; did you mean "missing-surface-id"?']);
  await editor.type("work/cockpit.json", off);
  await eventually(() => [editor.findings("work/cockpit.json"), editor.findings("work/a.py")], [[], ["1:9 E701"]]);
  await editor.save("work/cockpit.json");
  await editor.changed(["work/cockpit.json", 2]);
  await eventually(() => editor.findings("work/a.py"), []);
});

test("an editor that asks is told what is wrong with an open cockpit.json", async () => {
  const editor = await openEditor({ folders: { work: { "cockpit.json": "{" } }, capabilities: pulling });
  await editor.open("work/cockpit.json");
  assert.deepEqual(await editor.pulled("work/cockpit.json"), ["1:2 not valid JSON: the file ends too early"]);
});
