/** Audits of the workspace: their progress, that typing is answered meanwhile, that they can be called off; and the fleet they tell of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { auditCountSchema, auditMethod, fixAllMethod } from "../../server/protocol/lsp.ts";
import { type Editor, openEditor } from "./editor.ts";
import { eventually } from "./eventually.ts";

const oneLiner = "if ready: start()\n";
const client = "from openai import OpenAI\nclient = OpenAI(**options)\n";
const agent = { "requirements.txt": "openai\n", "main.py": client };

/** Files enough for an audit to take a while. */
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`pkg${i % 40}/m${i}.py`, long]));
const long = `${oneLiner}${'value = [len(it) for it in ("a", "b")]\n'.repeat(100)}`;

async function audit({ connection, fleets }: Editor) {
  const count = auditCountSchema.parse(await connection.sendRequest(auditMethod));
  const fleet = fleets.at(-1);
  assert(fleet, "the fleet is told before the answer");
  const findings = fleet.folders.flatMap(({ agents, outside }) => [...agents, outside].flatMap((it) => it.findings));
  assert.deepEqual(count, { agents: fleet.folders.flatMap((it) => it.agents).length, findings: findings.length });
  return fleet;
}

const kinds = ({ progress }: Editor) => progress.map(({ value }) => value.kind);

test("the first audit has work-done progress from begin to end, with how far it is", async () => {
  const editor = await openEditor({ folders: { work: many(600) } });
  await eventually(() => kinds(editor).at(-1), "end");
  assert.equal(editor.progress[0]?.value.title, "Auditing agents");
  assert.equal(kinds(editor)[0], "begin");
  assert(editor.progress.some(({ value }) => /^[\d,]+ of 600 files$/.test(value.message ?? "")));
});

test("the fleet is told before the request is answered", async () => {
  const editor = await openEditor({ folders: { work: { ...agent, "docs/x.py": oneLiner } } });
  const fleet = await audit(editor);
  const [folder] = fleet.folders;
  assert.equal(folder?.uri, editor.uri("work"));
  const [only, ...others] = folder?.agents ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(
    [only?.root, only?.language, only?.frameworks, only?.health, only?.findings.map((it) => `${it.file}:${it.start.line} ${it.rule}`)],
    [".", "python", ["OpenAI"], "warning", ["docs/x.py:1 E701", "main.py:2 untracked-client"]],
  );
  await eventually(() => editor.fleets.at(-1), { ...fleet, auditing: false });
  assert(
    editor.fleets.some((it) => it.auditing),
    "that an audit runs is told too",
  );
});

test("typing is answered while an audit runs", async () => {
  const editor = await openEditor({ folders: { work: { "typed.py": "", ...many(1200) } } });
  await editor.open("work/typed.py");
  await eventually(() => editor.published("work/typed.py")?.version, 1);
  let isRunning = true;
  const running = audit(editor).finally(() => {
    isRunning = false;
  });
  let answered = 0;
  while (isRunning && answered < 30) {
    await editor.type("work/typed.py", oneLiner.repeat(answered + 1));
    await eventually(() => editor.findings("work/typed.py").length, answered + 1);
    if (isRunning) answered++;
  }
  await running;
  assert(answered >= 5, `${answered} keystrokes were answered before the audit had ended`);
});

test("an audit that the editor calls off ends at once, and leaves what was known", async () => {
  const editor = await openEditor({ folders: { work: { ...agent, ...many(600) } } });
  const before = await audit(editor);
  const source = new CancellationTokenSource();
  const cancelled = editor.connection.sendRequest(auditMethod, source.token);
  source.cancel();
  await assert.rejects(cancelled, { code: -32800 });
  await eventually(() => editor.fleets.at(-1), { ...before, auditing: false });
});

test("a person can call an audit off where its progress is shown", async () => {
  const editor = await openEditor({ folders: { work: many(1200) } });
  await eventually(() => kinds(editor).includes("begin"), true);
  await editor.connection.sendNotification("window/workDoneProgress/cancel", { token: editor.progress[0]?.token });
  await eventually(() => kinds(editor).at(-1), "end");
  await eventually(() => editor.fleets.at(-1), {
    auditing: false,
    folders: [{ uri: editor.uri("work"), agents: [], outside: { findings: [], notRun: [] } }],
  });
  assert.equal((await audit(editor)).folders[0]?.outside.findings.length, 1200, "the next one is whole");
});

test("fix-all that is called off edits nothing", async () => {
  const editor = await openEditor({ folders: { work: many(200) } });
  const source = new CancellationTokenSource();
  const cancelled = editor.connection.sendRequest(fixAllMethod, source.token);
  source.cancel();
  await assert.rejects(cancelled, { code: -32800 });
  assert.deepEqual(editor.applied, []);
});

test("the fleet follows what is typed", async () => {
  const editor = await openEditor({ folders: { work: agent } });
  await audit(editor);
  const health = () => editor.fleets.at(-1)?.folders[0]?.agents.map((it) => [it.health, it.findings.length]);
  await eventually(health, [["warning", 1]]);
  await editor.open("work/main.py");
  await editor.type("work/main.py", "x = 1\n");
  await eventually(health, [["green", 0]]);
  await editor.close("work/main.py");
  await eventually(health, [["warning", 1]]);
});
