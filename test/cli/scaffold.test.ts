/** `cockpit scaffold`: what an agent lacks is shown, written once, brought up to date, and never written over what a person made. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cockpit, makeReadOnly, snapshot, workspace } from "./cockpit.ts";

const agents = {
  "py/requirements.txt": "openai\n",
  "py/src/billing/__init__.py": "",
  "py/src/billing/agent.py": "from openai import OpenAI\n\nclient = OpenAI()\n",
  "ts/package.json": '{\n  "name": "triage",\n  "dependencies": {\n    "openai": "^7.0.0"\n  }\n}\n',
  "ts/src/agent.ts": 'import OpenAI from "openai";\n\nexport const client = new OpenAI();\n',
  "go/go.mod": "module example.com/desk\n\ngo 1.26\n\nrequire github.com/openai/openai-go/v3 v3.96.0\n",
  "go/main.go": 'package main\n\nimport "github.com/openai/openai-go/v3"\n\nfunc main() {\n\t_ = openai.NewClient()\n}\n',
};

const javascript = {
  "js/package.json": '{\n  "name": "bot",\n  "dependencies": {\n    "openai": "^7.0.0"\n  }\n}\n',
  "js/bot.js": "const { OpenAI } = require('openai');\nmodule.exports = new OpenAI();\n",
};

const generated = [
  { id: "py", runtime: "py/src/billing/cockpit_runtime.py", manifest: "py/requirements.txt", step: "pip install -r requirements.txt" },
  { id: "triage", runtime: "ts/src/cockpit-runtime.ts", manifest: "ts/package.json", step: "npm install" },
  { id: "bot", runtime: "js/cockpit-runtime.mjs", manifest: "js/package.json", step: "npm install" },
  { id: "desk", runtime: "go/internal/cockpit/cockpit_runtime.go", manifest: "go/go.mod", step: "go mod tidy" },
];

const read = (root: string, file: string) => readFileSync(join(root, file), "utf8");

for (const { id, runtime, manifest, step } of generated)
  test(`${id} gets its files in its own language, and a second run has nothing to do`, async () => {
    const cwd = workspace({ ...agents, ...javascript });
    const { code, stdout, stderr } = await cockpit(["scaffold", "--id", id, "-f"], { cwd });
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^${runtime}  created$`, "m"));
    assert.match(read(cwd, runtime), new RegExp(`"${id}"`));
    assert.match(read(cwd, manifest), /opentelemetry/);
    assert.ok(stderr.includes(`install what ${manifest} names now: ${step}\n`), stderr);
    const before = snapshot(cwd);
    const again = await cockpit(["scaffold", "--id", id, "-f"], { cwd });
    assert.deepEqual([again.code, again.stdout, again.stderr], [0, "", `${id} has it all: nothing to do\n`]);
    assert.deepEqual(snapshot(cwd), before);
  });

test("without --apply nothing is written, and git applies the diff", async () => {
  const cwd = workspace(agents, { repository: false });
  execFileSync("git", ["init", "-q"], { cwd });
  const files = () => snapshot(cwd).filter((it) => !it.startsWith(".git"));
  const before = files();
  const { code, stdout } = await cockpit(["scaffold", "--id", "triage"], { cwd });
  assert.equal(code, 1);
  assert.deepEqual(files(), before);
  execFileSync("git", ["apply", "-"], { cwd, input: stdout });
  const left = await cockpit(["scaffold", "--id", "triage", "-f"], { cwd });
  // What was generated is known again.
  assert.equal(left.stdout, "");
  assert.equal(left.code, 0);
});

test("as JSON: every file with its diff, and what is left to do", async () => {
  const cwd = workspace(agents);
  const { stdout, code } = await cockpit(["scaffold", "-t", "go", "--format", "json", "--with", "runtime"], { cwd });
  assert.equal(code, 1);
  const { version, agent, applied, files, refused, next } = JSON.parse(stdout);
  assert.deepEqual([version, agent, applied, refused], [1, "desk", false, []]);
  assert.deepEqual(
    files.filter((it: { how: string }) => it.how !== "record").map((it: { file: string; how: string }) => `${it.how} ${it.file}`),
    [
      "create go/internal/cockpit/cockpit_runtime.go",
      "create go/.cockpit/model_prices.json",
      "create go/.cockpit/budget.json",
      "create go/.cockpit/.gitignore",
      "manifest go/go.mod",
    ],
  );
  assert.match(files.at(-1).diff, /^--- a\/go\/go\.mod\n/);
  assert.equal(next.length, 2);
});

test("another language than the dominant one", async () => {
  const cwd = workspace({ ...agents, "ts/tool.py": "print(1)\n" });
  await cockpit(["scaffold", "-t", "ts", "--language", "python", "-f"], { cwd });
  assert.ok(existsSync(join(cwd, "ts/cockpit_runtime.py")));
});

test("what a person changed stays, what is new comes in, and the same lines are left alone with a reason", async () => {
  const cwd = workspace(agents);
  const runtime = join(cwd, "py/src/billing/cockpit_runtime.py");
  const record = join(cwd, "py/.cockpit/generated/src/billing/cockpit_runtime.py.base");
  const scaffold = () => cockpit(["scaffold", "-t", "py", "--with", "runtime", "-f"], { cwd });
  await scaffold();
  const text = readFileSync(runtime, "utf8");
  const lines = text.split("\n");
  // As if an earlier template had lacked its last lines.
  const earlier = `${lines.slice(0, -10).join("\n")}\n`;
  writeFileSync(record, earlier);
  writeFileSync(runtime, `# mine\n${earlier}`);
  const merged = await scaffold();
  assert.match(merged.stdout, /cockpit_runtime\.py {2}merged with your changes\n/);
  assert.equal(readFileSync(runtime, "utf8"), `# mine\n${text}`);

  writeFileSync(record, `# of old\n${lines.slice(1).join("\n")}`);
  writeFileSync(runtime, `# mine\n${lines.slice(1).join("\n")}`);
  writeFileSync(join(cwd, "py/requirements.txt"), "openai\n");
  const before = snapshot(cwd);
  const refused = await scaffold();
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /cockpit_runtime\.py was left alone.* the same lines.*\nline 1\n {2}- # mine\n {2}\+ """/);
  assert.deepEqual(snapshot(cwd), before);
});

for (const target of ["py/src/billing", "py/src/billing/agent.py"])
  test(`${target} is scaffolded and fixed as part of its agent`, async () => {
    const [part, whole] = [workspace(agents), workspace(agents)];
    await cockpit(["scaffold", "-t", "py", "-f"], { cwd: whole });
    const { code, stderr } = await cockpit(["scaffold", "-t", target, "-f"], { cwd: part });
    assert.equal(code, 0);
    assert.match(stderr, /9 files written for py\n/);
    const texts = (root: string) => snapshot(root).map((it) => it.replace(/ .* /, " "));
    assert.deepEqual(texts(part), texts(whole));
    const fixed = await cockpit(["fix", "--rule", "untracked-client", "-t", target, "-f"], { cwd: part });
    assert.match(fixed.stderr, /^1 finding fixed in 1 file\n$/);
  });

test("a name of an agent is text in what is generated, whatever it holds", async () => {
  const name = 'a"; process.exit(9); "\\';
  const cwd = workspace({ ...agents, "ts/package.json": JSON.stringify({ name }) });
  await cockpit(["scaffold", "-t", "ts", "--with", "runtime", "-f"], { cwd });
  assert.ok(read(cwd, "ts/src/cockpit-runtime.ts").includes(`?? ${JSON.stringify(name)};`));
});

test("the budget is the person's", async () => {
  const cwd = workspace({ ...agents, "py/.cockpit/budget.json": '{ "version": 1, "run": 1 }\n' });
  assert.equal((await cockpit(["scaffold", "-t", "py", "-f"], { cwd })).code, 0);
  assert.equal(read(cwd, "py/.cockpit/budget.json"), '{ "version": 1, "run": 1 }\n');
});

test("a runtime that a fix brought is known as one that was scaffolded", async () => {
  const cwd = workspace(agents);
  await cockpit(["fix", "-t", "py", "--rule", "untracked-client", "-f"], { cwd });
  const before = snapshot(join(cwd, "py"));
  const { code, stderr } = await cockpit(["scaffold", "-t", "py", "--with", "runtime", "-f"], { cwd });
  assert.deepEqual([code, stderr], [0, "py has it all: nothing to do\n"]);
  assert.deepEqual(snapshot(join(cwd, "py")), before);
});

test("a part with a file that is somebody else's is left out, the other one is written", async () => {
  const cwd = workspace({ ...agents, "ts/src/policy_engine.test.ts": "// by hand\n" });
  const { code, stderr } = await cockpit(["scaffold", "-t", "ts", "-f"], { cwd });
  assert.equal(code, 1);
  assert.match(stderr, /ts\/src\/policy_engine\.test\.ts was left alone, and what belongs to it: it was there before/);
  assert(!existsSync(join(cwd, "ts/src/policy_engine.ts")) && !existsSync(join(cwd, "ts/.cockpit/policy.json")));
  assert(existsSync(join(cwd, "ts/src/cockpit-runtime.ts")));
  assert.doesNotMatch(read(cwd, "ts/package.json"), /zod/);
});

test("without the record of what was generated, it is kept again; what was changed is left alone", async () => {
  const cwd = workspace(agents);
  const scaffold = (...more: string[]) => cockpit(["scaffold", "-t", "go", "--with", "runtime", ...more], { cwd });
  await scaffold("-f");
  rmSync(join(cwd, "go/.cockpit/generated"), { recursive: true });
  assert.match((await scaffold()).stderr, /^records of what was generated would be written for desk; --apply writes them\n$/);
  assert.match((await scaffold("-f")).stderr, /^records of what was generated written for desk\n/);
  assert.equal((await scaffold("-f")).stderr, "desk has it all: nothing to do\n");
  rmSync(join(cwd, "go/.cockpit/generated"), { recursive: true });
  const runtime = "go/internal/cockpit/cockpit_runtime.go";
  writeFileSync(join(cwd, runtime), `${read(cwd, runtime)}// mine\n`);
  const { code, stderr } = await scaffold("-f");
  assert.equal(code, 1);
  assert.match(stderr, /cockpit_runtime\.go was left alone.*not in \.cockpit\/generated any more.*restore that folder/);
});

test("the policy is the person's, its engine and vectors are brought up to date", async () => {
  const cwd = workspace(agents);
  const scaffold = () => cockpit(["scaffold", "-t", "py", "--with", "policy", "-f"], { cwd });
  await scaffold();
  const engine = read(cwd, "py/src/billing/policy_engine.py");
  // As if an earlier template had been another.
  for (const it of ["py/src/billing/policy_engine.py", "py/.cockpit/generated/src/billing/policy_engine.py.base"])
    writeFileSync(join(cwd, it), `# earlier\n${engine}`);
  writeFileSync(join(cwd, "py/.cockpit/policy.json"), '{ "version": 1 }\n');
  assert.equal((await scaffold()).stdout, "py/src/billing/policy_engine.py  brought up to date\n");
  assert.equal(read(cwd, "py/src/billing/policy_engine.py"), engine);
  assert.equal(read(cwd, "py/.cockpit/policy.json"), '{ "version": 1 }\n');
});

test("the policy engines as they are generated give every verdict", async () => {
  const cwd = workspace({ ...agents, ...javascript });
  for (const id of ["triage", "bot", "desk"]) await cockpit(["scaffold", "--id", id, "--with", "policy", "-f"], { cwd });
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(cwd, "node_modules"));
  for (const it of ["ts/src/policy_engine.test.ts", "js/policy_engine.test.mjs"])
    execFileSync(process.execPath, ["--test", it], { cwd, env: { ...process.env, NODE_TEST_CONTEXT: undefined } });
  execFileSync("go", ["test", "-C", "go", "./internal/policy"], { cwd });
});

test("an agent at the root of its repository", async () => {
  const cwd = workspace({
    "pyproject.toml": '[project]\nname = "solo"\ndependencies = []\n',
    "agent.py": "import openai\nopenai.OpenAI()\n",
  });
  const { code, stderr } = await cockpit(["scaffold", "-f"], { cwd });
  assert.equal(code, 0, stderr);
  assert.match(read(cwd, "cockpit_runtime.py"), /"solo"/);
});

const outside = workspace({ "theirs.txt": "theirs\n" });
const refusals: { about: string; args: string[]; spoil?: (root: string) => void; code: number; says: RegExp }[] = [
  { about: "several agents", args: [], code: 2, says: /there are 3 agents in \.; name one\n {2}--id desk {2}go, go\n/ },
  { about: "no such agent", args: ["--id", "triag"], code: 2, says: /there is no agent "triag" here; did you mean "triage"\?/ },
  { about: "no such target", args: ["-t", "nowhere"], code: 2, says: /nowhere does not exist/ },
  {
    about: "an unknown language",
    args: ["-t", "py", "--language", "cobol"],
    code: 2,
    says: /Allowed choices are python, typescript, javascript, go/,
  },
  { about: "an unknown part", args: ["-t", "py", "--with", "polices"], code: 2, says: /Allowed choices are .*runtime/ },
  {
    about: "no agent at all",
    args: ["-t", "py"],
    spoil: (root) => writeFileSync(join(root, "py/src/billing/agent.py"), "print(1)\n"),
    code: 2,
    says: /there is no agent in py: nothing there calls a model/,
  },
  {
    about: "a language without its manifest",
    args: ["-t", "py", "--language", "go"],
    code: 2,
    says: /py has no go\.mod that names a module: run go mod init first/,
  },
  {
    about: "a broken manifest",
    args: ["-t", "ts"],
    spoil: (root) => writeFileSync(join(root, "ts/package.json"), '{ "name": '),
    code: 2,
    says: /package\.json is not JSON .*repair it first/,
  },
  {
    about: "requirements that include each other",
    args: ["-t", "py"],
    spoil: (root) => {
      writeFileSync(join(root, "py/requirements.txt"), "-r base.txt\n");
      writeFileSync(join(root, "py/base.txt"), "-r requirements.txt\n");
    },
    code: 2,
    says: /break the circle first/,
  },
  {
    about: "a read-only folder",
    args: ["-t", "py"],
    spoil: (root) => chmodSync(join(root, "py/src/billing"), 0o555),
    code: 2,
    says: /billing is read-only: nothing was written; make it writable/,
  },
  {
    about: "a read-only manifest",
    args: ["-t", "py"],
    spoil: (root) => makeReadOnly(join(root, "py/requirements.txt")),
    code: 2,
    says: /requirements\.txt is read-only/,
  },
  {
    about: "a policy engine that somebody wrote by hand",
    args: ["-t", "py", "--with", "policy"],
    spoil: (root) => writeFileSync(join(root, "py/src/billing/policy_engine.py"), "# by hand\n"),
    code: 1,
    says: /policy_engine\.py was left alone.*: it was there before and is not ours\n[\s\S]*\n-# by hand\n\+"""/,
  },
  {
    about: "a file that is no text",
    args: ["-t", "py"],
    spoil: (root) => writeFileSync(join(root, "py/src/billing/cockpit_runtime.py"), Buffer.from([0xff, 0xfe, 0x80])),
    code: 2,
    says: /cockpit_runtime\.py cannot be read/,
  },
  {
    about: "a folder of the file's name",
    args: ["-t", "py"],
    spoil: (root) => mkdirSync(join(root, "py/src/billing/cockpit_runtime.py")),
    code: 2,
    says: /cockpit_runtime\.py cannot be read/,
  },
  {
    about: "a link that leaves the workspace",
    args: ["-t", "py"],
    spoil: (root) => symlinkSync(outside, join(root, "py/.cockpit")),
    code: 2,
    says: /\.cockpit\S* leads outside of \S+ through a link: nothing was written/,
  },
  {
    about: "a link that leads nowhere",
    args: ["-t", "py"],
    spoil: (root) => symlinkSync(join(outside, "missing"), join(root, "py/src/billing/cockpit_runtime.py")),
    code: 2,
    says: /cockpit_runtime\.py cannot be read: nothing was written/,
  },
];

for (const { about, args, spoil, code, says } of refusals)
  test(`${about}: a clear error, and nothing is written`, async () => {
    const cwd = workspace(agents);
    spoil?.(cwd);
    const before = [snapshot(cwd), snapshot(outside)];
    const result = await cockpit(["scaffold", ...args, "-f"], { cwd });
    assert.match(result.stderr, says);
    assert.equal(result.code, code);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
    assert.deepEqual([snapshot(cwd), snapshot(outside)], before);
    rmSync(cwd, { recursive: true, force: true });
  });
