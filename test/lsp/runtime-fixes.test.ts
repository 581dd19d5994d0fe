/** Fixes that need other files than the one they are for: the runtime they import, its data, and what manifests name. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { type CodeAction, CodeActionTriggerKind } from "vscode-languageserver/node";
import { fixAllMethod, fixAllResultSchema } from "../../server/protocol/lsp.ts";
import { plain, pushing } from "./capabilities.ts";
import { type Editor, openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";
import { rangeOf } from "./texts.ts";

const agent = {
  "pyproject.toml": '[project]\nname = "billing"\ndependencies = ["openai"]\n',
  "agent.py": "from openai import OpenAI\n\nclient = OpenAI()\nother = OpenAI()\n",
};
const wrapped =
  "from openai import OpenAI\n\nfrom cockpit_runtime import telemetry\n\nclient = telemetry(OpenAI())\nother = telemetry(OpenAI())\n";
const created = ["cockpit_runtime.py", ".cockpit/model_prices.json", ".cockpit/budget.json", ".cockpit/.gitignore"];
const areThere = (editor: Editor) => created.map((it) => existsSync(editor.path(`work/${it}`)));

/** The fleet is known, and with it where runtimes belong. */
async function opened(files: Record<string, string>, capabilities = pushing): Promise<Editor> {
  const editor = await openEditor({ folders: { work: files }, capabilities });
  await editor.connection.sendRequest("cockpit/audit");
  await editor.open("work/agent.py");
  await eventually(() => editor.findings("work/agent.py").some((it) => it.includes("untracked-client")), true);
  return editor;
}

const titled = async (editor: Editor, title: string) =>
  (await editor.actions("work/agent.py", rangeOf(agent["agent.py"], "OpenAI()"))).find((it) => it.title === title);

test("one client: its file is edited, the runtime and its data are created, the manifest names the dependencies", async () => {
  const editor = await opened(agent);
  const action = await titled(editor, "Track the calls of this `OpenAI`");
  assert.equal(action?.isPreferred, true);
  assert.deepEqual(areThere(editor), [false, false, false, false], "nothing is written before it is chosen");
  await editor.apply(action?.edit ?? {});
  assert.equal(editor.text("work/agent.py"), wrapped.replace("other = telemetry(OpenAI())", "other = OpenAI()"));
  assert.deepEqual(areThere(editor), [true, true, true, true]);
  assert.match(editor.read("work/cockpit_runtime.py"), /"billing"/);
  assert.match(editor.read("work/pyproject.toml"), /"openai", "opentelemetry-sdk>=/);
});

test("all of a rule, asked for: the same for every client of the file", async () => {
  const editor = await opened(agent);
  await editor.apply((await titled(editor, "Fix all untracked-client in this file"))?.edit ?? {});
  assert.equal(editor.text("work/agent.py"), wrapped);
  assert.deepEqual(areThere(editor), [true, true, true, true]);
});

test("on saving no file is created: such fixes wait to be asked for, until the runtime is there", async () => {
  const editor = await opened(agent);
  const onSave = () => editor.actions("work/agent.py", undefined, ["source.fixAll"], CodeActionTriggerKind.Automatic);
  assert.deepEqual(
    (await onSave()).map((it) => it.edit),
    [undefined],
  );
  editor.write("work/cockpit_runtime.py", "");
  const [action] = await onSave();
  await editor.apply(action?.edit ?? {});
  assert.equal(editor.text("work/agent.py"), wrapped);
});

test("all of the workspace at once", async () => {
  const editor = await opened({ ...agent, "second.py": agent["agent.py"] });
  const result = fixAllResultSchema.parse(await editor.connection.sendRequest(fixAllMethod));
  assert.deepEqual(result, { fixed: 4, files: 2 });
  assert.equal(editor.text("work/agent.py"), wrapped);
  assert.equal(editor.read("work/second.py"), wrapped);
  assert.deepEqual(areThere(editor), [true, true, true, true]);
});

test("an editor that creates no files is offered the fix only where the runtime is there", async () => {
  const editor = await opened(agent, plain);
  assert.equal(await titled(editor, "Track the calls of this `OpenAI`"), undefined);
  editor.write("work/cockpit_runtime.py", "");
  const action = await titled(editor, "Track the calls of this `OpenAI`");
  await editor.apply(action?.edit ?? {});
  assert.match(editor.text("work/agent.py"), /client = telemetry\(OpenAI\(\)\)\nother = OpenAI\(\)/);
});

const broken = { ...agent, "pyproject.toml": "[project\n" };

test("with a broken manifest nothing is fixed, and the person is told why", async () => {
  const editor = await opened(broken);
  assert.equal((await titled(editor, "Track the calls of this `OpenAI`"))?.edit, undefined);
  assert.match(editor.messages.join("\n"), /^Nothing was fixed: pyproject\.toml:2:1 is not TOML .*: repair it first\.$/m);
});

const unlisted = { "agent.py": agent["agent.py"], "more.py": agent["agent.py"] };
const toInstall =
  /^To run what was fixed, install opentelemetry-sdk >=\S+, opentelemetry-exporter-otlp-proto-http >=\S+: no manifest lists them\.$/;

test("what no manifest can list the person is told when the fix is chosen, not before", async () => {
  const editor = await opened(unlisted);
  const range = rangeOf(agent["agent.py"], "OpenAI()");
  const textDocument = { uri: editor.uri("work/agent.py") };
  const context = { diagnostics: [], triggerKind: CodeActionTriggerKind.Invoked };
  const offered = await editor.connection.sendRequest<CodeAction[]>("textDocument/codeAction", { textDocument, range, context });
  assert.deepEqual(editor.messages, []);
  const fix = offered.find((it) => it.title === "Track the calls of this `OpenAI`");
  await editor.connection.sendRequest("codeAction/resolve", fix);
  assert.equal(editor.messages.length, 1);
  assert.match(editor.messages[0] ?? "", toInstall);
});

test("what no manifest can list the person is told once for a workspace", async () => {
  const editor = await opened(unlisted);
  await editor.connection.sendRequest(fixAllMethod);
  assert.match(editor.messages.join("\n"), toInstall);
});

test("an editor that waits for no edits is offered what is left with a broken manifest", async () => {
  const { codeAction: _, ...textDocument } = pushing.textDocument ?? {};
  const editor = await opened(broken, { ...pushing, textDocument });
  const titles = (await editor.actions("work/agent.py", rangeOf(agent["agent.py"], "OpenAI()"))).map((it) => it.title);
  assert.ok(
    titles.some((it) => /silence|ignore|suppress/i.test(it)),
    titles.join(", "),
  );
  assert.ok(!titles.includes("Track the calls of this `OpenAI`"));
});

test("of a workspace, what a broken manifest is not in the way of is fixed", async () => {
  const editor = await opened({ ...agent, "other/agent.py": agent["agent.py"], "other/pyproject.toml": "[project\n" });
  const result = fixAllResultSchema.parse(await editor.connection.sendRequest(fixAllMethod));
  assert.deepEqual(result, { fixed: 2, files: 1 });
  assert.equal(editor.text("work/agent.py"), wrapped);
  assert.equal(editor.read("work/other/agent.py"), agent["agent.py"]);
  assert.match(editor.messages.join("\n"), /other\/agent\.py was left alone: .*other\/pyproject\.toml:2:1 is not TOML/);
});

test("a folder inside of an agent: its manifest and data are the agent's, above the folder", async () => {
  const editor = await openEditor({
    folders: { "billing/src": { "agent.py": agent["agent.py"] } },
    others: { billing: { ".git/HEAD": "", "pyproject.toml": agent["pyproject.toml"] } },
  });
  await editor.connection.sendRequest("cockpit/audit");
  await editor.connection.sendRequest(fixAllMethod);
  assert.match(editor.read("billing/src/agent.py"), /telemetry\(OpenAI\(\)\)/);
  assert.match(editor.read("billing/src/cockpit_runtime.py"), /"billing"/);
  assert.match(editor.read("billing/pyproject.toml"), /opentelemetry-sdk/);
  assert.ok(existsSync(editor.path("billing/.cockpit/budget.json")));
});
