/** `cockpit fix` where a fix needs other files: the runtime, its data and what the manifest names. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cockpit, makeReadOnly, snapshot, workspace } from "./cockpit.ts";

const agents = {
  "py/pyproject.toml": '[project]\nname = "billing"\ndependencies = ["openai"]\n',
  "py/src/billing/__init__.py": "",
  "py/src/billing/agent.py": "from openai import OpenAI\n\nfrom billing import rates\n\nclient = OpenAI()\n",
  "py/src/billing/rates.py": "RATES = {}\n",
  "ts/package.json": '{\n  "name": "triage",\n  "dependencies": {\n    "openai": "^7.0.0"\n  }\n}\n',
  "ts/src/agent.ts": 'import OpenAI from "openai";\nimport { x } from "./x.js";\n\nexport const client = new OpenAI();\n',
  "go/go.mod": "module example.com/desk\n\ngo 1.26\n\nrequire github.com/openai/openai-go/v3 v3.96.0\n",
  "go/main.go": 'package main\n\nimport "github.com/openai/openai-go/v3"\n\nfunc main() {\n\t_ = openai.NewClient()\n}\n',
};

const wrapped = {
  "py/src/billing/agent.py":
    "from openai import OpenAI\n\nfrom billing import rates\nfrom billing.cockpit_runtime import telemetry\n\nclient = telemetry(OpenAI())\n",
  "ts/src/agent.ts":
    'import OpenAI from "openai";\nimport { x } from "./x.js";\nimport { telemetry } from "./cockpit-runtime.js";\n\nexport const client = telemetry(new OpenAI());\n',
  "go/main.go":
    'package main\n\nimport "github.com/openai/openai-go/v3"\nimport "github.com/openai/openai-go/v3/option"\nimport "example.com/desk/internal/cockpit"\n\nfunc main() {\n\t_ = openai.NewClient(option.WithMiddleware(cockpit.Telemetry))\n}\n',
};

const track = ["fix", "--rule", "untracked-client"];
const read = (root: string, file: string) => readFileSync(join(root, file), "utf8");
const texts = (root: string) => Object.fromEntries(Object.keys(wrapped).map((it) => [it, read(root, it)]));

test("a client is wrapped, and what the wrapping needs is created with the agent's own id", async () => {
  const cwd = workspace(agents);
  const { code, stderr } = await cockpit([...track, "-f"], { cwd });
  assert.equal(code, 0);
  assert.deepEqual(texts(cwd), wrapped);
  for (const [file, id] of [
    ["py/src/billing/cockpit_runtime.py", "billing"],
    ["ts/src/cockpit-runtime.ts", "triage"],
    ["go/internal/cockpit/cockpit_runtime.go", "desk"],
  ] as const)
    assert.match(read(cwd, file), new RegExp(`"${id}"`), file);
  for (const agent of ["py", "ts", "go"]) {
    assert.equal(read(cwd, `${agent}/.cockpit/.gitignore`), "state/\n");
    for (const it of ["model_prices.json", "budget.json"]) assert.equal(JSON.parse(read(cwd, `${agent}/.cockpit/${it}`)).version, 1);
  }
  assert.match(read(cwd, "py/pyproject.toml"), /"openai", "opentelemetry-sdk>=/);
  assert.match(read(cwd, "ts/package.json"), /\{\n {4}"@opentelemetry\/api": /);
  assert.match(read(cwd, "go/go.mod"), /\tgo\.opentelemetry\.io\/otel v/);
  assert.match(stderr, /3 findings fixed in 3 files, with 15 files that they need\n/);
  assert.match(stderr, /install what ts\/package\.json names now: npm install\n/);
  const before = snapshot(cwd);
  const again = await cockpit([...track, "-f"], { cwd });
  assert.deepEqual([again.code, again.stdout, again.stderr], [0, "", "nothing to fix\n"]);
  assert.deepEqual(snapshot(cwd), before);
});

test("where no manifest lists what the wrapping needs, the person is told", async () => {
  const cwd = workspace({ "agent.py": "import openai\n\nclient = openai.OpenAI()\n" });
  const { stderr } = await cockpit([...track, "-f"], { cwd });
  assert.match(stderr, /^install opentelemetry-sdk >=\S+, opentelemetry-exporter-otlp-proto-http >=\S+: no manifest lists them\n$/m);
});

test("without --apply the diff has the new files, nothing is written, and git applies the diff", async () => {
  const cwd = workspace(agents, { repository: false });
  execFileSync("git", ["init", "-q"], { cwd });
  const before = snapshot(cwd).filter((it) => !it.startsWith(".git"));
  const { stdout, code } = await cockpit(track, { cwd });
  assert.equal(code, 1);
  assert.deepEqual(
    snapshot(cwd).filter((it) => !it.startsWith(".git")),
    before,
  );
  execFileSync("git", ["apply", "-"], { cwd, input: stdout });
  assert.deepEqual(texts(cwd), wrapped);
  assert.ok(existsSync(join(cwd, "py/.cockpit/budget.json")));
});

test("one file of an agent, by itself or by its place, is wrapped like all of them", async () => {
  for (const more of [[], ["--at", "5:10"]]) {
    const cwd = workspace(agents);
    const { code } = await cockpit([...track, "-t", "py/src/billing/agent.py", ...more, "-f"], { cwd });
    assert.equal(code, 0);
    assert.equal(read(cwd, "py/src/billing/agent.py"), wrapped["py/src/billing/agent.py"]);
    assert.match(read(cwd, "py/src/billing/cockpit_runtime.py"), /"billing"/);
    assert.ok(existsSync(join(cwd, "py/.cockpit/budget.json")));
  }
});

test("a cap is a suggestion: made at its place, never in a batch", async () => {
  const cwd = workspace(agents);
  assert.equal((await cockpit(["fix", "--rule", "uncapped-client", "-f"], { cwd })).stderr, "nothing to fix\n");
  const { code } = await cockpit(["fix", "--rule", "uncapped-client", "-t", "go/main.go", "--at", "6", "-f"], { cwd });
  assert.equal(code, 0);
  assert.match(read(cwd, "go/main.go"), /NewClient\(option\.WithMiddleware\(cockpit\.CostControl\)\)/);
});

test("nothing is written for the sake of a file that is read-only", async () => {
  const cwd = workspace(agents);
  makeReadOnly(join(cwd, "go/main.go"));
  const before = snapshot(join(cwd, "go"));
  const { code, stderr } = await cockpit([...track, "-f"], { cwd });
  assert.equal(code, 1);
  assert.match(stderr, /go\/main\.go was left alone: it is read-only/);
  assert.match((await cockpit([...track, "-t", "go", "-f"], { cwd })).stderr, /\nnothing was fixed\n$/);
  assert.deepEqual(snapshot(join(cwd, "go")), before);
});

const broken: [about: string, spoil: (root: string) => void, reason: RegExp][] = [
  ["a broken manifest", () => {}, /ts\/package\.json is not JSON .*repair it first/],
  ["a read-only folder", (root) => chmodSync(join(root, "ts/src"), 0o555), /ts\/src is read-only.*make it writable/],
  [
    "something else of the runtime's name",
    (root) => mkdirSync(join(root, "ts/src/cockpit-runtime.ts")),
    /cockpit-runtime\.ts cannot be read/,
  ],
  ["a read-only manifest", (root) => makeReadOnly(join(root, "ts/package.json")), /package\.json is read-only/],
];

for (const [about, spoil, reason] of broken)
  test(`with ${about} the file is left alone, with a reason, and the others are fixed`, async () => {
    const cwd = workspace(about === "a broken manifest" ? { ...agents, "ts/package.json": '{ "name": ' } : agents);
    spoil(cwd);
    const before = snapshot(join(cwd, "ts"));
    const { code, stderr } = await cockpit([...track, "-f"], { cwd });
    assert.equal(code, 1);
    assert.match(stderr, reason);
    assert.match(stderr, /ts\/src\/agent\.ts was left alone: it needs ts\/src\/cockpit-runtime\.ts/);
    assert.deepEqual(snapshot(join(cwd, "ts")), before);
    assert.equal(read(cwd, "go/main.go"), wrapped["go/main.go"]);
  });
