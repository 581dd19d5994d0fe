/** Every safe fix at once: in a file, of one rule in a file, and in the workspace. Suggestions are never among them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fixAllMethod, fixAllResultSchema } from "../../server/protocol/lsp.ts";
import { plain, pushing } from "./capabilities.ts";
import { type Editor, openEditor } from "./editor.ts";
import { rangeOf } from "./texts.ts";

const messy = 'if ready: start(); log("é😀")\nlimit = 3;\nmessage = {"beginRendering": {"root": "root"}}\n';
const tidy = 'if ready:\n    start()\n    log("é😀")\nlimit = 3\nmessage = {"beginRendering": {"root": "root"}}\n';

const fixAll = async ({ connection }: Editor) => fixAllResultSchema.parse(await connection.sendRequest(fixAllMethod));

for (const [name, capabilities] of Object.entries({ "VS Code": pushing, "a plain editor": plain }))
  test(`source.fixAll.cockpit applies what is safe and leaves suggestions, in ${name}`, async () => {
    const editor = await openEditor({ folders: { work: { "a.py": messy } }, capabilities });
    await editor.open("work/a.py");
    const actions = await editor.actions("work/a.py", undefined, ["source.fixAll"]);
    assert.deepEqual(
      actions.map((it) => it.kind),
      ["source.fixAll.cockpit"],
    );
    await editor.apply(actions[0]?.edit ?? {});
    assert.equal(editor.text("work/a.py"), tidy);
    assert.deepEqual(await editor.actions("work/a.py", undefined, ["source.fixAll.cockpit"]), []);
  });

test("fix-all is not offered among quick fixes, nor to an editor that wants another source action", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": messy } } });
  await editor.open("work/a.py");
  const kinds = async (only?: string[]) => [...new Set((await editor.actions("work/a.py", undefined, only)).map((it) => it.kind))];
  assert.deepEqual(await kinds(), ["quickfix"]);
  assert.deepEqual(await kinds(["source.organizeImports"]), []);
  assert.deepEqual(await kinds(["source"]), ["source.fixAll.cockpit"]);
});

test("one action fixes all of a rule in the file", async () => {
  const before = "a = 1;\nif a: b()\nc = 2;\n";
  const editor = await openEditor({ folders: { work: { "a.py": before } } });
  await editor.open("work/a.py");
  const actions = await editor.actions("work/a.py", rangeOf(before, ";"));
  const action = actions.find((it) => it.title === "Fix all E703 in this file");
  await editor.apply(action?.edit ?? {});
  assert.equal(editor.text("work/a.py"), "a = 1\nif a: b()\nc = 2\n");
});

test("an action that was offered for another text edits nothing", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": messy } } });
  await editor.open("work/a.py");
  const params = {
    textDocument: { uri: editor.uri("work/a.py") },
    range: rangeOf(messy, "if"),
    context: { diagnostics: [], only: ["source"] },
  };
  const [action] = await editor.connection.sendRequest<object[]>("textDocument/codeAction", params);
  await editor.type("work/a.py", "# new\n", rangeOf(messy, "if"));
  assert.deepEqual(await editor.connection.sendRequest("codeAction/resolve", action), action);
});

test("the whole workspace is fixed in one edit: open documents by version, other files on disk, all their other bytes kept", async () => {
  const files = { "open.py": "x = 1;\n", "bom.py": "\uFEFFx = 1;\r\n", "deep/b.py": messy, "fine.py": "x = 1\n" };
  const editor = await openEditor({ folders: { work: files, second: { "c.py": "y = 2;\n" } } });
  await editor.open("work/open.py", { text: "# typed\nx = 1;\n" });
  assert.deepEqual(await fixAll(editor), { fixed: 6, files: 4 });
  assert.equal(editor.applied.length, 1);
  assert.equal(editor.text("work/open.py"), "# typed\nx = 1\n");
  const onDisk = ["work/open.py", "work/bom.py", "work/deep/b.py", "work/fine.py", "second/c.py"].map(editor.read);
  assert.deepEqual(onDisk, ["x = 1;\n", "\uFEFFx = 1\r\n", tidy, "x = 1\n", "y = 2\n"]);
});

test("a workspace with nothing to fix is told so, without an edit", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": "x = 1\n" } } });
  assert.deepEqual(await fixAll(editor), { fixed: 0, files: 0 });
  assert.equal(editor.applied.length, 0);
});

test("an editor that refuses the edit, or knows none, gets an error that says so", async () => {
  const files = { work: { "a.py": "x = 1;\n" } };
  const refusing = await openEditor({ folders: files });
  refusing.acceptEdits = false;
  await assert.rejects(fixAll(refusing), /the editor did not make the edit: the test said no/);
  assert.equal(refusing.read("work/a.py"), "x = 1;\n");
  await assert.rejects(fixAll(await openEditor({ folders: files, capabilities: plain })), /lets no server edit files/);
});
