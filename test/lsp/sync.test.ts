/** Incremental synchronisation: after many edits the server's text is the editor's, which its findings show, place for place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TextDocumentContentChangeEvent } from "vscode-languageserver/node";
import { pulling } from "./capabilities.ts";
import { type Editor, openEditor } from "./editor.ts";
import { positionAt, rangeOf, splice } from "./texts.ts";

/** What a freshly opened document with the same text has. */
async function fresh(editor: Editor, text: string): Promise<string[]> {
  await editor.open("work/fresh.py", { text });
  const found = await editor.pulled("work/fresh.py");
  await editor.close("work/fresh.py");
  return found;
}

const open = () => openEditor({ capabilities: pulling });

const cases: [name: string, before: string, at: string, whole: boolean, added: string, found: string[]][] = [
  ["a surrogate pair before the edit, on its line", 's = "😀" t = 1', " t", false, ";", ["1:9 E702"]],
  ["a surrogate pair that goes", 's = "😀";', "😀", true, "", ["1:7 E703"]],
  ["CRLF that becomes a lone carriage return", "a = 1;\r\nb = 2;\r\n", "\r\n", true, "\r", ["1:6 E703", "2:6 E703"]],
  ["a lone carriage return that becomes CRLF", "a = 1;\rb = 2;\r", "b", false, "\n", ["1:6 E703", "2:6 E703"]],
  ["lone carriage returns that stay", "a = 1;\rb = 2\r", "2\r", true, "2;\r", ["1:6 E703", "2:6 E703"]],
  ["a byte-order mark that is typed", "if a: b()\n", "if", false, "\uFEFF", ["1:6 E701"]],
  ["lines joined", "a = 1\nb = 2;\n", "\n", true, "; ", ["1:6 E702", "1:13 E703"]],
  ["everything goes", "if a: b()\n", "if a: b()\n", true, "", []],
];
for (const [name, before, at, whole, added, found] of cases)
  test(`${name}: found where the editor shows it`, async () => {
    const editor = await open();
    await editor.open("work/a.py", { text: before });
    await editor.type("work/a.py", added, rangeOf(before, at, whole));
    assert.deepEqual(await editor.pulled("work/a.py"), found);
    assert.deepEqual(await fresh(editor, editor.text("work/a.py")), found);
  });

test("several changes of one notification follow one another", async () => {
  const editor = await open();
  await editor.open("work/a.py", { text: "a\n" });
  await editor.change("work/a.py", [
    { range: rangeOf("a\n", "a"), text: "if x: " },
    { range: rangeOf("if x: a\n", "\n"), text: ";" },
    { text: "# new\nif y: b()\n" },
    { range: rangeOf("# new\nif y: b()\n", "#", true), text: "a = 1; #" },
  ]);
  assert.equal(editor.text("work/a.py"), "a = 1; # new\nif y: b()\n");
  assert.deepEqual(await editor.pulled("work/a.py"), ["1:6 E703", "2:5 E701"]);
});

test("a position outside of the text means the nearest place in it", async () => {
  const editor = await open();
  await editor.open("work/a.py", { text: "a = 1\nb = 2\n" });
  const at = (line: number, character: number) => ({ start: { line, character }, end: { line, character } });
  await editor.connection.sendNotification("textDocument/didChange", {
    textDocument: { uri: editor.uri("work/a.py"), version: 2 },
    contentChanges: [
      { range: at(0, 99), text: ";" },
      { range: at(99, 0), text: "if c: d()\n" },
    ],
  });
  assert.deepEqual(await editor.pulled("work/a.py"), ["1:6 E703", "3:5 E701"]);
});

const pieces = [
  "if a: b()\n",
  "; ",
  ";\r\n",
  "😀",
  '"',
  "'''",
  "\\",
  "\r",
  "\n",
  "# c\n",
  "\t",
  "(",
  ")",
  "x = 1",
  "match x:\n  case y: z()\n",
  "",
];

/** Random places and pieces, as the changes of one notification that leave `text` the editor's text. */
function changesOf(text: string, script: readonly [number, number, string][]): TextDocumentContentChangeEvent[] {
  let now = text;
  return script.map(([from, length, added]) => {
    const start = Math.floor(from * now.length);
    const range = { start: positionAt(now, start), end: positionAt(now, Math.min(now.length, start + length)) };
    now = splice(now, range, added);
    return { range, text: added };
  });
}

test("after any run of edits the findings are those of a document that is opened with the text", async () => {
  const editor = await open();
  const edit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), fc.constantFrom(...pieces));
  const start = 'def f(a):\r\n    if a: return "😀"; x = 1;\r\n    return [a]\r\n'.repeat(4);
  const property = fc.asyncProperty(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), async (notifications) => {
    await editor.open("work/a.py", { text: start });
    for (const script of notifications) await editor.change("work/a.py", changesOf(editor.text("work/a.py"), script));
    assert.deepEqual(await editor.pulled("work/a.py"), await fresh(editor, editor.text("work/a.py")));
    await editor.close("work/a.py");
  });
  await fc.assert(property, { seed: 20_260_101, numRuns: 150 });
});
