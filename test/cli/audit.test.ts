import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { AuditReport } from "../../server/protocol/report.ts";
import { sarifErrors } from "../sarif-schema.ts";
import { cockpit, exitCode, fleet, snapshot, start, workspace } from "./cockpit.ts";

const oneLiners = { "a.py": "if True: pass\n", "b.py": "x = 1\n" };

test("exit codes: 0 below the threshold, 1 at it, 2 for what cannot be", async () => {
  const cwd = workspace(oneLiners);
  const code = async (...args: string[]) => (await cockpit(["audit", ...args], { cwd })).code;
  assert.equal(await code("-t", "b.py"), 0);
  assert.equal(await code("--rule", "E701", "--fail-on", "info"), 1);
  assert.equal(await code("--rule", "E702", "--fail-on", "info"), 0);
  assert.equal(await code("--target", "missing"), 2);
  assert.equal(await code("--rule", "E71"), 2);
  assert.equal(await code("--fail-on", "fatal"), 2);
  assert.equal(await code("--id", "nobody"), 2);
});

test("severity decides: the same finding passes or fails by configuration and flag", async () => {
  const cwd = workspace({ ...oneLiners, "cockpit.json": '{ "rules": { "E701": "info" }, "failOn": "warning" }' });
  assert.equal((await cockpit(["audit"], { cwd })).code, 0);
  assert.equal((await cockpit(["audit", "--fail-on", "info"], { cwd })).code, 1);
});

test("--format json prints the documented document and nothing else", async () => {
  const cwd = workspace(fleet);
  const { stdout, stderr, code } = await cockpit(["audit", "--format", "json"], { cwd });
  const report: AuditReport = JSON.parse(stdout);
  assert.equal(stderr, "");
  assert.equal(code, 1);
  assert.equal(report.version, 1);
  assert.equal(report.target, cwd);
  const billing = report.agents.find((it) => it.root === "agents/billing");
  assert(billing);
  assert.equal(billing.language, "python");
  const finding = billing.findings.find((it) => it.rule === "E701");
  assert(finding);
  assert.equal(finding.file, "agents/billing/agent.py");
  assert.equal(finding.start.line, 5);
  assert.equal(finding.fix?.safety, "safe");
  assert.deepEqual(
    report.outside.findings.map((it) => `${it.file}:${it.start.line} ${it.rule}`),
    ["tool.py:1 E701"],
  );
  const all = [...report.agents, report.outside].flatMap((it) => it.findings);
  assert.equal(report.summary.findings, all.length);
});

test("--id and --target narrow the audit", async () => {
  const cwd = workspace(fleet);
  const report: AuditReport = JSON.parse((await cockpit(["audit", "--format", "json"], { cwd })).stdout);
  const id = report.agents.find((it) => it.root === "agents/billing")?.id;
  assert(id);
  const one: AuditReport = JSON.parse((await cockpit(["audit", "--id", id, "--format", "json"], { cwd })).stdout);
  assert.deepEqual([one.agents.length, one.outside.findings.length], [1, 0]);
  const file = await cockpit(["audit", "-t", "tool.py", "--format", "compact"], { cwd });
  assert.match(file.stdout, /^tool\.py:1:\d+: \w+ E701 .*\n$/);
});

test("paths are clickable from where the command runs", async () => {
  const cwd = workspace(fleet);
  const inside = await cockpit(["audit", "-t", "..", "--rule", "E701", "--format", "compact"], { cwd: join(cwd, "agents") });
  assert.match(inside.stdout, /^billing\/agent\.py:5:\d+: /m);
  assert.match(inside.stdout, /^\.\.\/tool\.py:1:\d+: /m);
});

test("SARIF is valid, relative to the repository, and carries pages and fixes", async () => {
  const cwd = workspace(fleet);
  const { stdout, stderr } = await cockpit(["audit", "-t", "agents", "--format", "sarif"], { cwd });
  const log = JSON.parse(stdout);
  assert.equal(stderr, "");
  assert.deepEqual(sarifErrors(log), []);
  const [run] = log.runs;
  const result = run.results.find((it: { ruleId: string }) => it.ruleId === "E701");
  assert.equal(result.locations[0].physicalLocation.artifactLocation.uri, "agents/billing/agent.py");
  assert.equal(result.fixes[0].artifactChanges[0].artifactLocation.uri, "agents/billing/agent.py");
  assert.match(run.tool.driver.rules[result.ruleIndex].help.markdown, /^# /);
  assert.deepEqual(run.properties.agents.length, 2);
});

test("GitHub annotations name files from the root of the repository", async () => {
  const cwd = workspace(fleet);
  const { stdout } = await cockpit(["audit", "-t", "agents", "--rule", "E701", "--format", "github"], { cwd });
  assert.match(
    stdout,
    /^::(?:error|warning|notice) file=agents\/billing\/agent\.py,line=5,endLine=5,col=\d+,endColumn=\d+,title=E701::.+\n$/,
  );
});

test("an audit writes nothing into the workspace", async () => {
  const cwd = workspace(fleet);
  const before = snapshot(cwd);
  await cockpit(["audit"], { cwd });
  await cockpit(["audit", "--no-cache"], { cwd });
  await cockpit(["discover"], { cwd });
  assert.deepEqual(snapshot(cwd), before);
});

test("one file is shown without claims about agents", async () => {
  const cwd = workspace(fleet);
  const { stdout } = await cockpit(["audit", "-t", "agents/billing/agent.py", "--rule", "E701"], { cwd });
  assert.match(stdout, /^ {2}agents\/billing\/agent\.py:5:/);
  assert(!stdout.includes("any agent") && !stdout.includes("0 agents"));
});

test("what could not be read is shown as not run, with the rest unharmed, and does not pass", async () => {
  const cwd = workspace({ "bad.py": Buffer.from("if True: pass # \xe9\n", "latin1"), "b.py": "x = 1\n" });
  const { stdout, code } = await cockpit(["audit"], { cwd });
  assert.match(stdout, /^ {2}bad\.py {2}not run {2}\S/m);
  assert.match(stdout, /1 check not run/);
  assert.equal(code, 1);
  assert.equal((await cockpit(["audit", "--fail-on", "error"], { cwd })).code, 0);
});

test("a broken or wrong cockpit.json stops the audit with its place", async () => {
  for (const [text, message] of [
    ["{", /cockpit\.json:1:2: not valid JSON/],
    ['{\n  "rules": { "E71": "off" } }', /cockpit\.json:2:14: unknown rule "E71"; did you mean "E701"\?/],
  ] as const) {
    const cwd = workspace({ ...oneLiners, "cockpit.json": text });
    const { code, stdout, stderr } = await cockpit(["audit"], { cwd });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  }
});

test("a rule that is off runs when it is named", async () => {
  const cwd = workspace({ ...oneLiners, "cockpit.json": '{ "rules": { "E701": "off" } }' });
  assert.equal((await cockpit(["audit", "--fail-on", "info"], { cwd })).code, 0);
  assert.equal((await cockpit(["audit", "--fail-on", "info", "--rule", "E701"], { cwd })).code, 1);
});

test("excluded files are left alone, wherever the target is below cockpit.json", async () => {
  const cwd = workspace({
    "gen/a.py": "if True: pass\n",
    "src/gen/b.py": "if True: pass\n",
    "cockpit.json": '{ "exclude": ["/gen/", "src/gen"] }',
  });
  for (const target of [".", "gen", "src"])
    assert.equal((await cockpit(["audit", "-t", target, "--fail-on", "info"], { cwd })).code, 0, target);
});

test("flags of earlier tools work and name the new ones on stderr", async () => {
  const cwd = workspace(oneLiners);
  const { stdout, stderr, code } = await cockpit(["audit", "--path", "b.py", "--format", "compact"], { cwd });
  assert.deepEqual([stdout, stderr, code], ["", "cockpit: --path is now --target\n", 0]);
  assert.match((await cockpit(["audit", "--agent", "x"], { cwd })).stderr, /^cockpit: --agent is now --id\n/);
});

test("mistakes on the command line are answered with what to do", async () => {
  const cwd = workspace(oneLiners);
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await cockpit(args, { cwd });
    assert.deepEqual([code, stdout], [2, ""], args.join(" "));
    return stderr;
  };
  assert.match(await said("aduit"), /Did you mean audit\?/);
  assert.match(await said("audit", "src"), /write --target src/);
  assert.match(await said("audit", "--formt", "json"), /Did you mean --format\?/);
  assert.match(await said("audit", "--format", "xml"), /pretty, compact, json, sarif, github/);
  assert.match(await said("audit", "-t", "nowhere"), /nowhere does not exist/);
  assert.match(await said(), /Usage: cockpit/);
});

test("colours and progress appear only where they were asked for", async () => {
  const cwd = workspace(oneLiners);
  const plain = await cockpit(["audit"], { cwd });
  assert(!plain.stdout.includes("\u001b") && !plain.stderr.includes("\u001b"));
  assert((await cockpit(["audit"], { cwd, env: { FORCE_COLOR: "1" } })).stdout.includes("\u001b["));
  assert(!(await cockpit(["audit"], { cwd, env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout.includes("\u001b"));
  assert(!(await cockpit(["audit", "--no-color"], { cwd, env: { FORCE_COLOR: "1" } })).stdout.includes("\u001b"));
});

test("--quiet leaves the findings alone", async () => {
  const cwd = workspace(oneLiners);
  const { stdout, stderr } = await cockpit(["audit", "-q", "--rule", "E701"], { cwd });
  assert.match(stdout, /a\.py:1:/);
  assert(!/\d files/.test(stdout) && stderr === "");
});

test("a reader that goes away early is no error, and does not change the exit code", async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}.py`, "if True: pass\n".repeat(20)]));
  const cwd = workspace(many);
  const child = start(["audit", "--format", "compact", "--rule", "E701"], { cwd });
  let stderr = "";
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  child.stdout?.once("data", () => child.stdout?.destroy());
  assert.deepEqual([await exitCode(child), stderr], [1, ""]);
});

test("help of every command shows examples and exit codes; the version is package.json's", async () => {
  const cwd = workspace({});
  for (const name of ["discover", "audit", "fix", "rules", "doctor", "completion"]) {
    const { stdout, code } = await cockpit([name, "--help"], { cwd });
    assert.match(stdout, /Examples:\n {2}\S[\s\S]*Exit codes:\n {2}0: /);
    assert.equal(code, 0);
  }
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.equal((await cockpit(["--version"], { cwd })).stdout, `${version}\n`);
});
