import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rules } from "../../server/engine/rules/index.ts";
import { cockpit, fleet, workspace } from "./cockpit.ts";

test("discover lists the agents", async () => {
  const cwd = workspace(fleet);
  const { stdout, stderr, code } = await cockpit(["discover", "--format", "json"], { cwd });
  const { version, agents }: { version: number; agents: { id: string; root: string; language: string }[] } = JSON.parse(stdout);
  assert.deepEqual([version, stderr, code], [1, "", 0]);
  assert.deepEqual(
    agents.map((it) => [it.root, it.language]),
    [
      ["agents/billing", "python"],
      ["agents/calm", "go"],
    ],
  );
  const table = await cockpit(["discover"], { cwd });
  assert.match(table.stdout, /^\S*billing\S*\s+python\s+agents\/billing\s+.*openai/im);
  assert.equal(table.stderr, "2 agents\n");
  const one = await cockpit(["discover", "--id", agents[0]?.id ?? ""], { cwd });
  assert.equal(one.stdout.split("\n").length, 2);
  assert.equal((await cockpit(["discover", "--id", "nobody"], { cwd })).code, 2);
});

test("the owners of an agent are those that CODEOWNERS names", async () => {
  const cwd = workspace({ ...fleet, ".github/CODEOWNERS": "* @platform\n/agents/billing/ @money bill@example.com\n" });
  for (const name of ["discover", "audit"]) {
    const { agents } = JSON.parse((await cockpit([name, "--format", "json"], { cwd })).stdout);
    const owners = agents.map((it: { root: string; owners: string[] }) => [it.root, ...it.owners]);
    assert.deepEqual(owners, [
      ["agents/billing", "@money", "bill@example.com"],
      ["agents/calm", "@platform"],
    ]);
  }
});

test("rules lists every rule with its severity here, and explains one", async () => {
  const cwd = workspace({ "cockpit.json": '{ "rules": { "E701": "off" } }' });
  const { stdout } = await cockpit(["rules", "--format", "json"], { cwd });
  const listed: { id: string; severity: string; page: string }[] = JSON.parse(stdout).rules;
  assert.deepEqual(
    listed.map((it) => it.id),
    rules.map((it) => it.meta.id),
  );
  assert.equal(listed.find((it) => it.id === "E701")?.severity, "off");
  assert(listed.every((it) => it.page.startsWith("# ")));
  const page = await cockpit(["rules", "E701"], { cwd });
  assert.match(page.stdout, /^# /);
  const wrong = await cockpit(["rules", "E71"], { cwd });
  assert.deepEqual([wrong.code, wrong.stdout, wrong.stderr], [2, "", 'cockpit: unknown rule "E71"; did you mean "E701"?\n']);
});

test("doctor checks what the cockpit needs, and finds a broken configuration", async () => {
  const cwd = workspace({ "cockpit.json": "{" });
  const broken = await cockpit(["doctor", "--format", "json"], { cwd });
  const report: { ok: boolean; checks: { name: string; state: string; detail: string }[] } = JSON.parse(broken.stdout);
  assert.deepEqual([broken.code, report.ok], [2, false]);
  assert.deepEqual(
    report.checks.filter((it) => it.state === "broken").map((it) => it.name),
    ["configuration"],
  );
  const well = await cockpit(["doctor"], { cwd: workspace({ "cockpit.json": "{}" }) });
  assert.equal(well.code, 0, well.stdout);
  assert.match(well.stdout, /^ok +node +v\d+/m);
  assert.match(well.stdout, new RegExp(`^ok +parser .*${rules.length} rules`, "m"));
});

const policies: [about: string, policy: string, said: RegExp | undefined][] = [
  ["one that is right", '{ "version": 1 }', undefined],
  ["a misspelt field", '{\n  "version": 1,\n  "limts": []\n}', /:3:3: there is no field "limts"; did you mean "limits"\?$/],
  [
    "a pattern that could take for ever",
    '{ "version": 1, "content": [\n  { "id": "a", "pattern": "(a+)+", "effect": "deny", "in": ["input"] }] }',
    /:2:27: content\.0\.pattern: pattern "\(a\+\)\+", at 5: a group can only be made optional/,
  ],
  ["two mistakes", '{ "version": 2, "tools": [] }', /:1:14: version: .* \(and 1 more\)$/],
  ["a comment", '{ "version": 1 } // mine', /:1:18: not valid JSON/],
  [
    "a number that is too large",
    '{ "version": 1, "limits": [{ "id": "a", "measure": "spend.run", "max": 1e999, "effect": "deny" }] }',
    /:1:72: /,
  ],
];
for (const [about, policy, said] of policies)
  test(`doctor reads an agent's policy: ${about}`, async () => {
    const agent = { "bot/requirements.txt": "openai\n", "bot/main.py": "from openai import OpenAI\nOpenAI()\n" };
    const { stdout, code } = await cockpit(["doctor"], { cwd: workspace({ ...agent, "bot/.cockpit/policy.json": policy }) });
    const [line = ""] = stdout.split("\n").filter((it) => /^\w+ +policy /.test(it));
    assert.match(line, said ?? /^ok +policy +bot\/\.cockpit\/policy\.json$/);
    assert.equal(code, said ? 2 : 0);
  });

test("doctor says truly when git is not there", async () => {
  const { stdout, code } = await cockpit(["doctor"], { cwd: workspace({}), env: { PATH: "/nonexistent" } });
  assert.match(stdout, /^missing +git /m);
  assert.equal(code, 0);
});

const pause = '{ "by": "me", "at": "2026-11-23T10:00:00Z", "reason": "x" }';
const pauses: [agents: string | undefined, said: string][] = [
  [undefined, "ok       pauses         nobody is paused"],
  ["{}", "ok       pauses         nobody is paused"],
  [`{ "a": ${pause} }`, "ok       pauses         paused by name: 1 agent"],
  [`{ "a": ${pause}, "*": ${pause} }`, "ok       pauses         all agents are paused; paused by name: 1 agent"],
  ["{", "broken   pauses         .*mothball\\.json is not as it must be \\(it is no JSON\\)"],
];
for (const [agents, said] of pauses)
  test(`doctor of pauses ${agents}`, async () => {
    const cwd = workspace(agents === undefined ? {} : { ".cockpit/mothball.json": `{ "version": 1, "agents": ${agents} }` });
    const { stdout, code } = await cockpit(["doctor"], { cwd });
    assert.match(stdout, new RegExp(`^${said}`, "m"));
    assert.equal(code, said.startsWith("ok") ? 0 : 2);
  });

test("doctor answers on a Node.js that cannot read the lake, too", async () => {
  const { stdout, stderr, code } = await cockpit(["doctor"], { cwd: workspace({}), env: { NODE_OPTIONS: "--no-experimental-sqlite" } });
  assert.match(stdout, /^broken +evidence .*No such built-in module: node:sqlite/m);
  assert.deepEqual([code, stderr], [2, ""]);
});

test("doctor says of a Node.js that is too old that it is, and tries nothing else there", async () => {
  const old = "--import=data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})";
  const { stdout, stderr, code } = await cockpit(["doctor"], { cwd: workspace({}), env: { NODE_OPTIONS: old } });
  assert.deepEqual([code, stderr, stdout], [2, "", "broken   node           this is Node.js v20.20.2; the cockpit needs 22.13 or later\n"]);
});

/** What bash would offer after `words`, the last one being typed. */
async function bashOffers(...words: string[]): Promise<string[]> {
  const cwd = workspace({ "folder one/x.py": "", "file.py": "" });
  const { stdout } = await cockpit(["completion", "bash"], { cwd });
  const script = join(cwd, "completion.bash");
  writeFileSync(script, stdout);
  const quoted = ["cockpit", ...words].map((it) => `'${it}'`).join(" ");
  const line = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _cockpit 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", line], { cwd, encoding: "utf8" }).split("\n").filter(Boolean);
}

test("bash completes commands, flags, choices, rules and paths", async () => {
  assert.deepEqual(await bashOffers("d"), ["discover", "doctor"]);
  assert.deepEqual(await bashOffers("audit", "--f"), ["--fail-on", "--format"]);
  assert.deepEqual(await bashOffers("audit", "--format", "s"), ["sarif"]);
  assert.deepEqual(await bashOffers("rules", "E70"), ["E701", "E702", "E703"]);
  assert.deepEqual((await bashOffers("fix", "-t", "f")).sort(), ["file.py", "folder one"]);
  assert.deepEqual(await bashOffers("completion", "z"), ["zsh"]);
});

for (const [shell, check] of [
  ["bash", ["bash", "-n"]],
  ["zsh", ["zsh", "-n"]],
  ["fish", ["fish", "--no-execute"]],
] as const)
  test(`the ${shell} script has no syntax error`, { skip: !installed(shell) && `${shell} is not installed` }, async () => {
    const cwd = workspace({});
    writeFileSync(join(cwd, "script"), (await cockpit(["completion", shell], { cwd })).stdout);
    execFileSync(check[0], [check[1], join(cwd, "script")]);
  });

function installed(shell: string): boolean {
  try {
    execFileSync(shell, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
