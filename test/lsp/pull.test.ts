/** Diagnostics for editors that ask: of a document, and of the whole workspace. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CancellationTokenSource, type DocumentDiagnosticReport, type WorkspaceDiagnosticReport } from "vscode-languageserver/node";
import { pulling } from "./capabilities.ts";
import { type Editor, openEditor, shown } from "./editor.ts";
import { eventually } from "./eventually.ts";

const oneLiner = "if ready: start()\n";

const open = (files: Record<string, string>) => openEditor({ folders: { work: files }, capabilities: pulling });

const askDocument = (editor: Editor, file: string, previousResultId?: string) =>
  editor.connection.sendRequest<DocumentDiagnosticReport>("textDocument/diagnostic", {
    textDocument: { uri: editor.uri(file) },
    ...(previousResultId === undefined ? {} : { previousResultId }),
  });

const askWorkspace = (editor: Editor, previousResultIds: { uri: string; value: string }[]) =>
  editor.connection.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", { previousResultIds });

/** Findings by file, and what to send with the next question. */
function read(editor: Editor, { items }: WorkspaceDiagnosticReport) {
  const full = items.flatMap((it) => (it.kind === "full" ? [it] : []));
  return {
    findings: Object.fromEntries(full.map((it) => [editor.fileOf(it.uri), it.items.map(shown)])),
    known: full.map(({ uri, resultId = "" }) => ({ uri, value: resultId })),
  };
}

test("pull is offered to editors that ask, and nothing is pushed to them", async () => {
  const editor = await open({ "a.py": oneLiner });
  assert.deepEqual(editor.initialized.capabilities.diagnosticProvider, {
    identifier: "cockpit",
    interFileDependencies: false,
    workspaceDiagnostics: true,
  });
  await editor.open("work/a.py");
  assert.deepEqual(await editor.pulled("work/a.py"), ["1:9 E701"]);
  assert.equal(editor.diagnostics.size, 0);
});

test("a document's report is full, then unchanged, then full again once something changed", async () => {
  const editor = await open({ "a.py": oneLiner });
  await editor.open("work/a.py");
  const first = await askDocument(editor, "work/a.py");
  assert.equal(first.kind, "full");
  const again = await askDocument(editor, "work/a.py", first.resultId);
  assert.deepEqual(again, { kind: "unchanged", resultId: first.resultId });
  await editor.type("work/a.py", "start()\n");
  const changed = await askDocument(editor, "work/a.py", first.resultId);
  assert(changed.kind === "full");
  assert.deepEqual(changed.items, []);
});

test("the question right after a keystroke is answered for the text after it", async () => {
  const editor = await open({ "a.py": "" });
  await editor.open("work/a.py");
  for (let lines = 1; lines <= 20; lines++) {
    await editor.type("work/a.py", oneLiner.repeat(lines));
    assert.equal((await editor.pulled("work/a.py")).length, lines);
  }
});

test("the workspace's report holds what is not open, and answers again only when something is different", async () => {
  const editor = await open({ "a.py": oneLiner, "b.py": "x = 1;\n", "c.py": "fine()\n" });
  const first = read(editor, await askWorkspace(editor, []));
  assert.deepEqual(first.findings, { "work/a.py": ["1:9 E701"], "work/b.py": ["1:6 E703"] });
  const pending = askWorkspace(editor, first.known);
  editor.write("work/b.py", "x = 1\n");
  await editor.changed(["work/b.py", 2]);
  assert.deepEqual(read(editor, await pending).findings, { "work/b.py": [] });
});

test("an opened document leaves the workspace's report, and comes back when it is closed", async () => {
  const editor = await open({ "a.py": oneLiner });
  const first = read(editor, await askWorkspace(editor, []));
  await editor.open("work/a.py", { text: "fine()\n" });
  assert.deepEqual(await editor.pulled("work/a.py"), []);
  const pending = askWorkspace(editor, []);
  await editor.close("work/a.py");
  assert.deepEqual(read(editor, await pending).findings, first.findings);
});

test("the editor is asked to ask again when the settings change", async () => {
  const editor = await open({ "a.py": oneLiner });
  await editor.open("work/a.py");
  assert.deepEqual(await editor.pulled("work/a.py"), ["1:9 E701"]);
  const before = editor.refreshes;
  await editor.configure({ rules: { E701: "off" } });
  await eventually(() => editor.refreshes > before, true);
  assert.deepEqual(await editor.pulled("work/a.py"), []);
});

test("a question about the workspace that waits for news is given up when the editor calls it off", async () => {
  const editor = await open({ "a.py": oneLiner });
  const first = read(editor, await askWorkspace(editor, []));
  const source = new CancellationTokenSource();
  const waiting = editor.connection.sendRequest("workspace/diagnostic", { previousResultIds: first.known }, source.token);
  source.cancel();
  await assert.rejects(waiting, { code: -32800 });
  assert.equal(await editor.stop(), 0);
});

test("questions about a document that are called off are answered or refused, and the next one is answered", async () => {
  const editor = await open({ "a.py": oneLiner.repeat(500) });
  await editor.open("work/a.py");
  const textDocument = { uri: editor.uri("work/a.py") };
  const sources = Array.from({ length: 20 }, () => new CancellationTokenSource());
  const asked = sources.map(({ token }) => editor.connection.sendRequest("textDocument/diagnostic", { textDocument }, token));
  for (const it of sources) it.cancel();
  for (const outcome of await Promise.allSettled(asked)) if (outcome.status === "rejected") assert.equal(outcome.reason.code, -32800);
  assert.equal((await editor.pulled("work/a.py")).length, 500);
});

test("the editor is asked to ask again when another file changes what an open one is told", async () => {
  const tracing = "import logfire\nlogfire.instrument_openai()\n";
  const main = "from openai import OpenAI\nclient = OpenAI(**options)\n";
  const editor = await open({ "requirements.txt": "openai\n", "main.py": main, "tracing.py": tracing });
  await editor.open("work/main.py");
  await eventually(() => editor.pulled("work/main.py"), []);
  const before = editor.refreshes;
  editor.write("work/tracing.py", "import logfire\n");
  await editor.changed(["work/tracing.py", 2]);
  await eventually(() => editor.refreshes > before, true);
  await eventually(() => editor.pulled("work/main.py"), ["2:10 untracked-client"]);
});
