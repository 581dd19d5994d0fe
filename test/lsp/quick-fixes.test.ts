/** The quick fix of every rule that has one: applied by the editor, compared with the whole text; and how each editor is sent it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CodeAction } from "vscode-languageserver/node";
import { plain, pushing } from "./capabilities.ts";
import { openEditor } from "./editor.ts";
import { rangeOf } from "./texts.ts";

interface Case {
  name: string;
  file: string;
  before: string;
  /** Where the cursor is. */
  at: string;
  rule: string;
  title: string;
  preferred: boolean;
  after: string;
}

const cases: Case[] = [
  {
    name: "E701, with tabs, CRLF and a comment",
    file: "a.py",
    before: "def run(job):\r\n\tif job: start() # now\r\n\treturn job\r\n",
    at: ": start",
    rule: "E701",
    title: "Move the body to a line of its own",
    preferred: true,
    after: "def run(job):\r\n\tif job:\r\n\t\tstart() # now\r\n\treturn job\r\n",
  },
  {
    name: "E702, after characters of two code units",
    file: "a.py",
    before: 'say("😀😀"); stop()\n',
    at: "; stop",
    rule: "E702",
    title: "Put each statement on a line of its own",
    preferred: true,
    after: 'say("😀😀")\nstop()\n',
  },
  {
    name: "E703, in a file without a last newline",
    file: "a.py",
    before: "limit = 3;",
    at: ";",
    rule: "E703",
    title: "Remove the semicolon",
    preferred: true,
    after: "limit = 3",
  },
  {
    name: "missing-telemetry-prop",
    file: "send.tsx",
    before: `import { useChat } from "@ai-sdk/react";\n\nexport const Send = ({ stop }: ReturnType<typeof useChat>) => <button onClick={() => stop()}>Stop</button>;\n`,
    at: "button onClick",
    rule: "missing-telemetry-prop",
    title: 'Add data-telemetry-id="send-stop-button"',
    preferred: true,
    after: `import { useChat } from "@ai-sdk/react";\n\nexport const Send = ({ stop }: ReturnType<typeof useChat>) => <button data-telemetry-id="send-stop-button" onClick={() => stop()}>Stop</button>;\n`,
  },
  {
    name: "missing-surface-id, with an id in scope",
    file: "panel.tsx",
    before: `import { A2UIRenderer } from "@a2ui/react";\n\nexport const Panel = ({ surfaceId }: { surfaceId: string }) => <A2UIRenderer />;\n`,
    at: "A2UIRenderer />",
    rule: "missing-surface-id",
    title: "Pass on surfaceId",
    preferred: true,
    after: `import { A2UIRenderer } from "@a2ui/react";\n\nexport const Panel = ({ surfaceId }: { surfaceId: string }) => <A2UIRenderer surfaceId={surfaceId} />;\n`,
  },
  {
    name: "missing-surface-id, with a name that a person should choose",
    file: "panel.tsx",
    before: `import { A2UIRenderer } from "@a2ui/react";\n\nexport const Panel = () => <A2UIRenderer />;\n`,
    at: "A2UIRenderer />",
    rule: "missing-surface-id",
    title: 'Name the surface "panel-a2ui-renderer"',
    preferred: false,
    after: `import { A2UIRenderer } from "@a2ui/react";\n\nexport const Panel = () => <A2UIRenderer surfaceId="panel-a2ui-renderer" />;\n`,
  },
  {
    name: "missing-surface-id in a message",
    file: "messages.py",
    before: 'message = {"beginRendering": {"root": "root"}}\n',
    at: '"beginRendering"',
    rule: "missing-surface-id",
    title: 'Name the surface "messages-begin-rendering"',
    preferred: false,
    after: 'message = {"beginRendering": {"surfaceId": "messages-begin-rendering", "root": "root"}}\n',
  },
];

const isFix = ({ title, diagnostics }: CodeAction) => diagnostics !== undefined && !title.startsWith("Ignore ");

for (const [editorName, capabilities] of Object.entries({ "VS Code": pushing, "a plain editor": plain }))
  for (const { name, file, before, at, rule, title, preferred, after } of cases)
    test(`${name}, in ${editorName}`, async () => {
      const editor = await openEditor({ folders: { work: { [file]: before } }, capabilities });
      await editor.open(`work/${file}`);
      const fixes = (await editor.actions(`work/${file}`, rangeOf(before, at))).filter(isFix);
      assert.deepEqual(
        fixes.map((it) => [it.title, it.kind, it.isPreferred, it.diagnostics?.map(({ code }) => code)]),
        [[title, "quickfix", preferred, [rule]]],
      );
      await editor.apply(fixes[0]?.edit ?? {});
      assert.equal(editor.text(`work/${file}`), after);
      assert.deepEqual((await editor.actions(`work/${file}`)).filter(isFix), [], "nothing is left to fix");
    });

test("a name that a person should choose is a snippet's place where the editor knows snippets, else plain text", async () => {
  const before = `import { A2UIRenderer } from "@a2ui/react";\n\nexport const Panel = () => <A2UIRenderer />;\n`;
  const at = rangeOf(before, " />");
  async function edits(capabilities: typeof plain) {
    const editor = await openEditor({ folders: { work: { "panel.tsx": before } }, capabilities });
    await editor.open("work/panel.tsx");
    const [fix] = (await editor.actions("work/panel.tsx", rangeOf(before, "A2UIRenderer />"))).filter(isFix);
    return fix?.edit;
  }
  const documentChanges = (await edits(pushing))?.documentChanges;
  assert.deepEqual(
    documentChanges?.map((it) => ("edits" in it ? it.edits : [])),
    [[{ range: at, snippet: { kind: "snippet", value: ` surfaceId="$${"{1:panel-a2ui-renderer}"}"` } }]],
  );
  const changes = (await edits(plain))?.changes;
  assert.deepEqual(Object.values(changes ?? {}), [[{ range: at, newText: ' surfaceId="panel-a2ui-renderer"' }]]);
});

test("a fix that would break half-typed code is not offered", async () => {
  const before = "def f(:\n  if a: b()\n";
  const editor = await openEditor({ folders: { work: { "a.py": before } } });
  await editor.open("work/a.py");
  for (const it of (await editor.actions("work/a.py")).filter(isFix)) {
    await editor.apply(it.edit ?? {});
    assert.equal(editor.text("work/a.py"), "def f(:\n  if a:\n    b()\n");
  }
});
