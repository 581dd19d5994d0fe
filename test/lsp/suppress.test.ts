/** Comments that silence a finding: each is offered, applied, compared with the whole text, and silences that finding alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "./capabilities.ts";
import { openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { rangeOf } from "./texts.ts";

interface Case {
  name: string;
  file: string;
  before: string;
  at: string;
  title: string;
  after: string;
  /** What is still found afterwards. */
  left: string[];
}

const here = (rule: string) => `Ignore ${rule} here with a comment`;
const noqa = (rule: string) => `Ignore ${rule} on this line with # noqa`;

const cases: Case[] = [
  {
    name: "a line above, indented alike, with the file's line ending",
    file: "client.py",
    before: "from openai import OpenAI\r\ndef f():\r\n\tclient = OpenAI(**options)\r\n",
    at: "OpenAI(",
    title: here("untracked-client"),
    after: "from openai import OpenAI\r\ndef f():\r\n\t# cockpit-ignore untracked-client -- reason\r\n\tclient = OpenAI(**options)\r\n",
    left: [],
  },
  {
    name: "# noqa for pycodestyle's rules",
    file: "a.py",
    before: "if a: b()\nif c: d()\n",
    at: ": b",
    title: noqa("E701"),
    after: "if a: b()  # noqa: E701\nif c: d()\n",
    left: ["2:5 E701"],
  },
  {
    name: "the cockpit's own comment for pycodestyle's rules",
    file: "a.py",
    before: "x = 0\nif a: b()\nif c: d()\n",
    at: ": b",
    title: here("E701"),
    after: "x = 0\n# cockpit-ignore E701 -- reason\nif a: b()\nif c: d()\n",
    left: ["4:5 E701"],
  },
  {
    name: "a code more in a # noqa that is there",
    file: "a.py",
    before: "if a: b();  # noqa: E703 as upstream\n",
    at: ": b",
    title: noqa("E701"),
    after: "if a: b();  # noqa: E703, E701 as upstream\n",
    left: [],
  },
  {
    name: "a rule more in a comment that is there",
    file: "a.ts",
    before: 'import OpenAI from "openai";\n// cockpit-ignore E701 -- generated\nnew OpenAI({ ...options });\n',
    at: "OpenAI(",
    title: here("untracked-client"),
    after: 'import OpenAI from "openai";\n// cockpit-ignore E701, untracked-client -- generated\nnew OpenAI({ ...options });\n',
    left: [],
  },
  {
    name: "between elements of JSX",
    file: "a.tsx",
    before: 'import { useChat } from "@ai-sdk/react";\nexport const A = () => (\n  <p>\n    <button />\n  </p>\n);\n',
    at: "button",
    title: here("missing-telemetry-prop"),
    after:
      'import { useChat } from "@ai-sdk/react";\nexport const A = () => (\n  <p>\n    {/* cockpit-ignore missing-telemetry-prop -- reason */}\n    <button />\n  </p>\n);\n',
    left: [],
  },
  {
    name: "in Go",
    file: "a.go",
    before: 'package a\n\nimport "github.com/openai/openai-go"\n\nvar client = openai.NewClient(options...)\n',
    at: "openai.NewClient",
    title: here("untracked-client"),
    after:
      'package a\n\nimport "github.com/openai/openai-go"\n\n// cockpit-ignore untracked-client -- reason\nvar client = openai.NewClient(options...)\n',
    left: [],
  },
];

for (const { name, file, before, at, title, after, left } of cases)
  test(`${name}: silenced, and nothing else`, async () => {
    const editor = await openEditor({ folders: { work: { [file]: before } }, capabilities: { ...plain } });
    await editor.open(`work/${file}`);
    const action = (await editor.actions(`work/${file}`, rangeOf(before, at))).find((it) => it.title === title);
    assert(action?.edit, `${title} is offered`);
    assert.equal(action.isPreferred, undefined, "a repair is preferred to silence");
    await editor.apply(action.edit);
    assert.equal(editor.text(`work/${file}`), after);
    await eventually(() => [editor.published(`work/${file}`)?.version, editor.findings(`work/${file}`)], [2, left]);
  });

test("the reason is a place to fill in", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": "x = 1;\n" } } });
  await editor.open("work/a.py");
  const action = (await editor.actions("work/a.py")).find((it) => it.title === here("E703"));
  const [change] = action?.edit?.documentChanges ?? [];
  assert(change && "edits" in change);
  const [edit] = change.edits;
  assert(edit && "snippet" in edit);
  assert.equal(edit.snippet.value, `# cockpit-ignore E703 -- $${"{1:reason}"}\n`);
});

const silent: [name: string, file: string, text: string][] = [
  ["# noqa alone", "a.py", "if a: b();  # noqa\n"],
  ["# noqa with a prefix", "a.py", "if a: b();  # NOQA:E7\n"],
  ["cockpit-ignore on the line", "a.py", "if a: b()  # cockpit-ignore E701 -- as upstream\n"],
  ["cockpit-ignore above, several rules", "a.py", "# cockpit-ignore E701, E703 -- as upstream\nif a: b();\n"],
];
for (const [name, file, text] of silent)
  test(`${name} is understood`, async () => {
    const editor = await openEditor({ folders: { work: { [file]: text } } });
    await editor.open(`work/${file}`);
    await eventually(() => editor.published(`work/${file}`)?.version, 1);
    assert.deepEqual(editor.findings(`work/${file}`), []);
  });

test("# noqa of other codes silences nothing of ours", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": "if a: b()  # noqa: F401\n" } } });
  await editor.open("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:5 E701"]);
});
