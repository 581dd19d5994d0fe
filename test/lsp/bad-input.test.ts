/** What a server meets that nobody meant: it says so where somebody can read it, goes on, and ends in order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pulling } from "./capabilities.ts";
import { type Editor, openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { everything } from "./texts.ts";

const oneLiner = "if ready: start()\n";

/** The server still finds what is wrong with a new document, and ends with 0. */
async function isWell(editor: Editor) {
  await editor.open("work/well.py", { text: oneLiner });
  await eventually(() => editor.findings("work/well.py"), ["1:9 E701"]);
  assert.equal(await editor.stop(), 0);
}

const requests: [name: string, method: string, params: unknown, answer: unknown][] = [
  ["diagnostics of a file that does not exist", "textDocument/diagnostic", { textDocument: { uri: "file:///nowhere/a.py" } }, []],
  ["diagnostics of what is no file", "textDocument/diagnostic", { textDocument: { uri: "git:/a.py?{}" } }, []],
  ["diagnostics of a malformed URI", "textDocument/diagnostic", { textDocument: { uri: "file://host/%zz%" } }, []],
];
for (const [name, method, params, items] of requests)
  test(name, async () => {
    const editor = await openEditor({ capabilities: pulling });
    assert.deepEqual((await editor.connection.sendRequest<{ items: unknown }>(method, params)).items, items);
    assert.equal(await editor.stop(), 0);
  });

test("hover and actions of a document that is not open are empty", async () => {
  const editor = await openEditor();
  const textDocument = { uri: editor.uri("work/none.py") };
  assert.deepEqual(await editor.actions("work/none.py"), []);
  assert.equal(await editor.connection.sendRequest("textDocument/hover", { textDocument, position: { line: 9, character: 9 } }), null);
  const action = { title: "?", data: { uri: 3, version: "x" } };
  assert.deepEqual(await editor.connection.sendRequest("codeAction/resolve", action), action);
  await isWell(editor);
});

test("changes, saves and closings of what was never opened are passed over", async () => {
  const editor = await openEditor();
  const textDocument = { uri: editor.uri("work/none.py"), version: 7 };
  await editor.connection.sendNotification("textDocument/didChange", { textDocument, contentChanges: [{ range: everything, text: "x" }] });
  await editor.connection.sendNotification("textDocument/didSave", { textDocument });
  await editor.connection.sendNotification("textDocument/didClose", { textDocument });
  await editor.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: "file://%", type: 9 }] });
  await isWell(editor);
});

test("requests and parameters that the server does not know are refused by the protocol's own errors", async () => {
  const editor = await openEditor();
  await assert.rejects(editor.connection.sendRequest("cockpit/launch", { now: true }), { code: -32601 });
  await assert.rejects(editor.connection.sendRequest("workspace/executeCommand", { command: "cockpit.none", arguments: [[]] }), {
    code: -32601,
  });
  await assert.rejects(editor.connection.sendRequest("textDocument/hover", { position: null }));
  await isWell(editor);
});

for (const uri of ["untitled:Untitled-1", "vscode-notebook-cell:/a.ipynb#W0", "git:/repository/a.py?%7B%7D"])
  test(`a document that is not on disk is checked: ${uri}`, async () => {
    const editor = await openEditor();
    await editor.open(uri, { text: oneLiner, languageId: "python" });
    await eventually(() => editor.findings(uri), ["1:9 E701"]);
    const [fix] = await editor.actions(uri);
    await editor.apply(fix?.edit ?? {});
    assert.equal(editor.text(uri), "if ready:\n    start()\n");
    await editor.close(uri);
    await eventually(() => [editor.published(uri)?.version, editor.findings(uri)], [undefined, []]);
    await isWell(editor);
  });

test("a language that no rule reads is left alone, whatever the file is called", async () => {
  const editor = await openEditor({ capabilities: pulling });
  await editor.open("work/notes.md", { text: oneLiner, languageId: "markdown" });
  assert.deepEqual(await editor.pulled("work/notes.md"), []);
});

const texts: [name: string, text: string, found: string[]][] = [
  ["an empty document", "", []],
  ["binary", "\0\u0001\uFFFD\uFFFE;\0", []],
  ["lone surrogates", "s = '\uD83D'; t = '\uDE00'\n", ["1:8 E702"]],
  ["half-typed", `def f(\nclass\n"""\n`, []],
  ["10,000 open brackets", `${"(".repeat(10_000)}\n${oneLiner}`, []],
  ["10,000 brackets", `x = ${"[".repeat(10_000)}${"]".repeat(10_000)};\n`, ["1:20005 E703"]],
  ["a line of a million characters", `x = "${"y".repeat(1_000_000)}";\n`, ["1:1000007 E703"]],
  ["larger than the limit of the configuration", `${"# filler\n".repeat(500_000)}${oneLiner}`, []],
];
for (const [name, text, found] of texts)
  test(`${name}: an open document of it harms nothing`, async () => {
    const editor = await openEditor();
    await editor.open("work/a.py", { text });
    await eventually(() => [editor.published("work/a.py")?.version, editor.findings("work/a.py")], [1, found]);
    await isWell(editor);
  });

test("files on disk that cannot be read as source are told as not run, and the others are audited", async () => {
  const files = {
    "requirements.txt": "openai\n",
    "binary.py": new Uint8Array([0, 1, 2, 255, 0]),
    "wide.py": new Uint8Array([0xff, 0xfe, 0x78, 0, 0x3b, 0]),
    "main.py": `from openai import OpenAI\n${oneLiner}OpenAI(**options)\n`,
  };
  const editor = await openEditor({ folders: { work: files } });
  await eventually(() => editor.findings("work/main.py"), ["2:9 E701", "3:1 untracked-client"]);
  await eventually(
    () =>
      editor.fleets
        .at(-1)
        ?.folders[0]?.agents[0]?.notRun.map((it) => it.file)
        .sort(),
    ["binary.py", "wide.py"],
  );
  await isWell(editor);
});

test("a workspace folder that does not exist is no reason to fail", async () => {
  const editor = await openEditor();
  await editor.changeFolders(["gone"], []);
  await eventually(() => editor.log.some((it) => it.includes("gone")), true);
  await isWell(editor);
});

test("the server ends with 1 when the editor leaves without a word of shutdown", async () => {
  const editor = await openEditor();
  await editor.connection.sendNotification("exit");
  assert.equal(await editor.exited, 1);
});
