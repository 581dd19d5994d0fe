/** Hover on a finding. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hover } from "vscode-languageserver/node";
import { plain } from "./capabilities.ts";
import { type Editor, type EditorOptions, openEditor } from "./editor.ts";
import { rangeOf } from "./texts.ts";

const text = "from openai import OpenAI\nif ready: client = OpenAI(**options)\n";

async function hover(editor: Editor, part: string) {
  const params = { textDocument: { uri: editor.uri("work/a.py") }, position: rangeOf(text, part).start };
  const answer = await editor.connection.sendRequest<Hover | null>("textDocument/hover", params);
  if (!answer) return undefined;
  const { contents, range } = answer;
  assert(typeof contents === "object" && "kind" in contents);
  return { ...contents, range };
}

async function open(options: EditorOptions = {}) {
  const editor = await openEditor({ folders: { work: { "a.py": text } }, ...options });
  await editor.open("work/a.py");
  return editor;
}

test("it says what is wrong, why that matters, what can be done, and where to read on", async () => {
  const editor = await open();
  const { kind, value = "", range } = (await hover(editor, ": client")) ?? {};
  assert.equal(kind, "markdown");
  assert.deepEqual(range, rangeOf(text, ":", true));
  assert.match(value, /^\*\*.+\*\* \(E701\)$/m);
  assert.match(value, /^The body of this `if` stands on the same line$/m);
  assert.match(value, /A debugger cannot stop on the body alone/);
  assert.match(value, /^Safe fix: Move the body to a line of its own\.$/m);
  assert.match(value, /\[E701 in full\]\(file:\/\/\S+\/E701\.md\)$/);
});

test("a finding without a fix says so", async () => {
  const { value = "" } = (await hover(await open(), "OpenAI(")) ?? {};
  assert.match(value, /untracked-client/);
  assert.match(value, /^There is no automatic fix\.$/m);
});

test("an editor without Markdown gets plain text", async () => {
  const { kind, value = "" } = (await hover(await open({ capabilities: plain }), ": client")) ?? {};
  assert.equal(kind, "plaintext");
  assert.doesNotMatch(value, /\*\*|\]\(/);
  assert.match(value, /\(E701\)$/m);
});

test("where nothing is wrong there is nothing to say", async () => {
  const editor = await open();
  assert.equal(await hover(editor, "from"), undefined);
  await editor.type("work/a.py", text.replace("if", "#f"));
  assert.equal(await hover(editor, ": client"), undefined);
});
