/** What an agent lacks, planned and written for an editor. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  appliedScaffoldSchema,
  applyScaffoldMethod,
  planScaffoldMethod,
  type ScaffoldParams,
  scaffoldAnswerSchema,
} from "../../server/protocol/lsp.ts";
import { type Editor, openEditor } from "./editor.ts";

const files = {
  "pyproject.toml": '[project]\nname = "billing"\ndependencies = ["openai"]\n',
  "agent.py": "from openai import OpenAI\n\nclient = OpenAI()\n",
};
const billing = (editor: Editor): ScaffoldParams => ({
  folder: editor.uri("work"),
  agent: "billing",
  language: "python",
  parts: ["runtime"],
});

async function plan({ connection }: Editor, params: ScaffoldParams) {
  const answer = scaffoldAnswerSchema.parse(await connection.sendRequest(planScaffoldMethod, params));
  assert("digest" in answer, JSON.stringify(answer));
  return answer;
}

const apply = async ({ connection }: Editor, params: object) =>
  appliedScaffoldSchema.parse(await connection.sendRequest(applyScaffoldMethod, params));

test("the plan is shown, nothing is written before it is applied, and then there is nothing to do", async () => {
  const editor = await openEditor({ folders: { work: files } });
  const shown = await plan(editor, billing(editor));
  const kinds = shown.files.filter((it) => it.how !== "record").map((it) => `${it.how} ${it.path}`);
  assert.deepEqual(kinds, [
    "create cockpit_runtime.py",
    "create .cockpit/model_prices.json",
    "create .cockpit/budget.json",
    "create .cockpit/.gitignore",
    "manifest pyproject.toml",
  ]);
  assert.throws(() => editor.read("work/cockpit_runtime.py"), /ENOENT/);
  const applied = await apply(editor, { ...billing(editor), digest: shown.digest });
  assert("written" in applied, JSON.stringify(applied));
  assert.equal(applied.written.length, kinds.length);
  assert.deepEqual(
    applied.next.map((it) => it.split(":")[0]),
    ["install what pyproject.toml names now", "wrap its clients"],
  );
  for (const it of shown.files) assert.equal(editor.read(editor.fileOf(it.uri)), it.after);
  assert.deepEqual((await plan(editor, billing(editor))).files, []);
});

test("another plan than the one that was shown is not written", async () => {
  const editor = await openEditor({ folders: { work: files } });
  const { digest } = await plan(editor, billing(editor));
  editor.write("work/pyproject.toml", `${files["pyproject.toml"]}# mine\n`);
  const applied = await apply(editor, { ...billing(editor), digest });
  assert.match(JSON.stringify(applied), /have changed since the diff was shown/);
  assert.throws(() => editor.read("work/cockpit_runtime.py"), /ENOENT/);
});

test("a file with changes that are not saved is not written", async () => {
  const editor = await openEditor({ folders: { work: files } });
  const first = await plan(editor, billing(editor));
  await apply(editor, { ...billing(editor), digest: first.digest });
  const runtime = editor.read("work/cockpit_runtime.py");
  // As if an earlier template had lacked its last line.
  const earlier = runtime.slice(0, runtime.trimEnd().lastIndexOf("\n") + 1);
  for (const it of ["work/cockpit_runtime.py", "work/.cockpit/generated/cockpit_runtime.py.base"]) editor.write(it, earlier);
  await editor.open("work/cockpit_runtime.py");
  const { digest, files: planned } = await plan(editor, billing(editor));
  assert.deepEqual(
    planned.map((it) => it.how),
    ["update", "record"],
  );
  await editor.type("work/cockpit_runtime.py", `${earlier}# mine\n`);
  assert.match(JSON.stringify(await apply(editor, { ...billing(editor), digest })), /cockpit_runtime\.py has changes that are not saved/);
  await editor.type("work/cockpit_runtime.py", earlier);
  assert.deepEqual(await apply(editor, { ...billing(editor), digest }), {
    written: ["cockpit_runtime.py"],
    next: ["wrap its clients: cockpit fix -t . --rule untracked-client --apply"],
  });
  assert.equal(editor.read("work/cockpit_runtime.py"), runtime);
});

test("a file that is somebody else's is left alone, beside what would be generated", async () => {
  const editor = await openEditor({ folders: { work: { ...files, "cockpit_runtime.py": "# by hand\n" } } });
  const { files: planned, refused } = await plan(editor, billing(editor));
  assert.deepEqual(planned, []);
  assert.deepEqual(
    refused.map(({ path, reason, before }) => [path, reason, before]),
    [["cockpit_runtime.py", "it was there before and is not ours", "# by hand\n"]],
  );
  assert.match(refused[0]?.proposal ?? "", /^"""What this agent's models do/);
});

const problems: { about: string; files?: Record<string, string>; ask?: Partial<ScaffoldParams>; says: RegExp }[] = [
  { about: "no such agent", ask: { agent: "gone" }, says: /there is no agent \\"gone\\" in work any more/ },
  { about: "a folder of another workspace", ask: { folder: "file:///elsewhere" }, says: /is no folder of this workspace/ },
  { about: "a broken manifest", files: { ...files, "pyproject.toml": "[project\n" }, ask: { agent: "work" }, says: /is not TOML/ },
  { about: "a language without its manifest", ask: { language: "go" }, says: /run go mod init first/ },
];

for (const { about, files: there = files, ask, says } of problems)
  test(`${about} is a sentence, not a failure`, async () => {
    const editor = await openEditor({ folders: { work: there } });
    const answer = await editor.connection.sendRequest(planScaffoldMethod, { ...billing(editor), ...ask });
    assert.match(JSON.stringify(answer), says);
  });

test("a request of another shape is refused", async () => {
  const editor = await openEditor({ folders: { work: files } });
  await assert.rejects(editor.connection.sendRequest(planScaffoldMethod, { ...billing(editor), language: "cobol" }), /language/);
  await assert.rejects(editor.connection.sendRequest(applyScaffoldMethod, billing(editor)), /digest/);
});
