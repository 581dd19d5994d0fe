/** Files that change outside of the editor: findings, cross-file facts and the agents of the fleet follow them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "./capabilities.ts";
import { type Editor, openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const oneLiner = "if ready: start()\n";
const client = "from openai import OpenAI\nclient = OpenAI(**options)\n";

const agents = (editor: Editor) => editor.fleets.at(-1)?.folders[0]?.agents.map((it) => it.root);

test("the server asks to be told of source files, manifests, configuration and deletions", async () => {
  const editor = await openEditor();
  await eventually(
    () => editor.registrations.map((it) => it.method).sort(),
    ["workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"],
  );
  const { registerOptions } = editor.registrations.find((it) => it.method === "workspace/didChangeWatchedFiles") ?? {};
  const globs = JSON.stringify(registerOptions);
  for (const part of ["py", "tsx", "go", "cockpit.json", ".gitignore", "pyproject.toml"]) assert(globs.includes(part), part);
});

test("nothing is registered with an editor that cannot", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner } }, capabilities: plain });
  await eventually(() => editor.findings("work/a.py"), ["1:9 E701"]);
  assert.deepEqual(editor.registrations, []);
});

test("a file that is written, changed, deleted by another program", async () => {
  const editor = await openEditor({ folders: { work: {} } });
  await eventually(() => editor.fleets.at(-1)?.auditing, false);
  editor.write("work/new.py", oneLiner);
  await editor.changed(["work/new.py", 1]);
  await eventually(() => editor.findings("work/new.py"), ["1:9 E701"]);
  editor.write("work/new.py", `\n${oneLiner}`);
  await editor.changed(["work/new.py", 2]);
  await eventually(() => editor.findings("work/new.py"), ["2:9 E701"]);
  editor.remove("work/new.py");
  await editor.changed(["work/new.py", 3]);
  await eventually(() => editor.findings("work/new.py"), []);
});

test("a folder that is deleted takes its files' findings with it", async () => {
  const editor = await openEditor({ folders: { work: { "lib/a.py": oneLiner, "lib/b.py": oneLiner } } });
  const both = () => [editor.findings("work/lib/a.py"), editor.findings("work/lib/b.py")];
  await eventually(both, [["1:9 E701"], ["1:9 E701"]]);
  editor.remove("work/lib");
  await editor.changed(["work/lib", 3]);
  await eventually(both, [[], []]);
});

test("owners follow CODEOWNERS", async () => {
  const editor = await openEditor({ folders: { work: { ".git/HEAD": "", "one/requirements.txt": "openai\n", "one/main.py": client } } });
  const owners = () => editor.fleets.at(-1)?.folders[0]?.agents.map((it) => it.owners);
  await eventually(owners, [[]]);
  editor.write("work/CODEOWNERS", "/one/ @first\n");
  await editor.changed(["work/CODEOWNERS", 1]);
  await eventually(owners, [["@first"]]);
});

test("agents come and go with their files", async () => {
  const editor = await openEditor({ folders: { work: { "one/requirements.txt": "openai\n", "one/main.py": client } } });
  await eventually(() => agents(editor), ["one"]);
  editor.write("work/two/requirements.txt", "openai\n");
  editor.write("work/two/main.py", client);
  await editor.changed(["work/two/requirements.txt", 1], ["work/two/main.py", 1]);
  await eventually(() => agents(editor), ["one", "two"]);
  editor.remove("work/one");
  await editor.changed(["work/one", 3]);
  await eventually(() => agents(editor), ["two"]);
});

test("a folder whose name looks like a file's is noticed when it goes", async () => {
  const editor = await openEditor({ folders: { work: { "v1.2/requirements.txt": "openai\n", "v1.2/main.py": client } } });
  await eventually(() => editor.findings("work/v1.2/main.py"), ["2:10 untracked-client"]);
  editor.remove("work/v1.2");
  await editor.changed(["work/v1.2", 3]);
  await eventually(() => editor.findings("work/v1.2/main.py"), []);
});

test("what git ignores from now on has no findings any more, open or not", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": oneLiner, "b.py": oneLiner } } });
  await editor.open("work/a.py");
  const both = () => [editor.findings("work/a.py"), editor.findings("work/b.py")];
  await eventually(both, [["1:9 E701"], ["1:9 E701"]]);
  editor.write("work/.gitignore", "*.py\n");
  await editor.changed(["work/.gitignore", 1]);
  await eventually(both, [[], []]);
});

test("what another file says changes the findings of an open document", async () => {
  const instrumented = "from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor\nOpenAIInstrumentor().instrument()\n";
  const editor = await openEditor({ folders: { work: { "requirements.txt": "openai\n", "main.py": client, "setup_tracing.py": "" } } });
  await editor.open("work/main.py");
  await eventually(() => editor.findings("work/main.py"), ["2:10 untracked-client"]);
  editor.write("work/setup_tracing.py", instrumented);
  await editor.changed(["work/setup_tracing.py", 2]);
  await eventually(() => editor.findings("work/main.py"), []);
});

test("an editor that watches no files tells of those that it saves", async () => {
  const editor = await openEditor({ folders: { work: { "a.py": "x = 1\n", "b.py": oneLiner } }, capabilities: plain });
  await editor.open("work/a.py");
  await editor.type("work/a.py", "x = 2;\n");
  await editor.save("work/a.py");
  await editor.close("work/a.py");
  await eventually(() => editor.findings("work/a.py"), ["1:6 E703"]);
});
