import assert from "node:assert/strict";
import { test } from "node:test";
import { createColors } from "picocolors";
import { completionScript } from "../../server/cli/completion.ts";
import { auditDocument } from "../../server/cli/format/audit-document.ts";
import { compactReport } from "../../server/cli/format/compact.ts";
import { githubReport } from "../../server/cli/format/github.ts";
import { prettyReport, summaryLines } from "../../server/cli/format/pretty.ts";
import { nodeProblem } from "../../server/cli/node-version.ts";
import { createProgram } from "../../server/cli/program.ts";
import { onlyAgent, passes } from "../../server/cli/report.ts";
import { oldFlags, shownCommands } from "../../server/cli/table.ts";
import { printable, wantsColor } from "../../server/cli/terminal.ts";
import { nearest } from "../../server/protocol/nearest.ts";
import type { AuditReport } from "../../server/protocol/report.ts";
import { exampleLine, exampleReport } from "./example-report.ts";

const colors = createColors(false);
const same = (file: string) => file;

const looks = { colors, width: 80, columns: undefined, verbose: false };
const documentOf = (report: AuditReport, verbose = false) => auditDocument(report, { verbose, shown: same, lineOf: exampleLine });
const pretty = async (report: AuditReport, verbose = false) => prettyReport(await documentOf(report, verbose), { ...looks, verbose });

test("people see critical agents in detail, warnings a row each, green agents on a line", async () => {
  assert.equal(
    await pretty(exampleReport),
    `critical  billing  python · openai
  billing/agent.py:3:10  error   untracked-client  OpenAI() is not traced
    100% of its calls are lost
    3 │ client = OpenAI()
      │          ^^^^^^^^
  billing/agent.py:2:5  warning E701  Several statements on one line [fix]
  billing/huge.py  not run  it is larger than 4 MiB

warning   search  1 warning: missing-surface-id  · search/ui, 50%.tsx:1:2

green     calm, outside any agent
`,
  );
  assert.equal(
    summaryLines(await documentOf(exampleReport), looks),
    "3 agents · 5 files · 1.2 s\n1 error · 2 warnings · 1 info · 1 check not run · cockpit fix repairs 1 · 1 suggestion for cockpit fix --at",
  );
});

test("with --verbose, people see every finding of every agent in full", async () => {
  const text = await pretty(exampleReport, true);
  for (const part of [
    "warning   search  tsx\n",
    'suggestion: Add surfaceId="ui"',
    "green     outside any agent\n",
    "1 │ if a: b",
    "    2 │ if x: run",
  ])
    assert(text.includes(part), part);
});

test("long lists are cut, and say so", async () => {
  const [billing, , search] = exampleReport.agents;
  assert(billing && search);
  const many = { ...billing, findings: Array.from({ length: 1000 }, () => structuredClone(billing.findings)).flat() };
  const rows = Array.from({ length: 30 }, (_, i) => ({ ...search, id: `search-${i}` }));
  const agents = [many, ...rows, ...Array.from({ length: 500 }, (_, i) => green(`agent-${i}`))];
  const report: AuditReport = { ...exampleReport, agents };
  const text = await pretty(report);
  assert(text.split("\n").length < 110);
  assert.match(text, /and 1,970 more: untracked-client × 990, E701 × 980; --verbose shows all/);
  assert.equal(text.match(/^warning {3}search-/gm)?.length, 30);
  assert.match(text, /green {5}agent-0, .* and 49\d more\n/);
  const all = await pretty(report, true);
  assert.match(all, /agent-499/);
  assert(!all.includes(" more"));
});

const [, calm] = exampleReport.agents;
assert(calm);
const green = (id: string) => ({ ...calm, id });

test("compact is one line a finding, whatever its message", () => {
  assert.equal(
    compactReport(exampleReport, same),
    `billing/agent.py:2:5: warning E701 Several statements on one line
billing/agent.py:3:10: error untracked-client OpenAI() is not traced 100% of its calls are lost
search/ui, 50%.tsx:1:2: warning missing-surface-id Surface needs a surfaceId
tool.py:1:5: info E701 Several statements on one line
billing/huge.py: not run: it is larger than 4 MiB
`,
  );
});

test("GitHub annotations escape what its runner would read as syntax", () => {
  assert.equal(
    githubReport(exampleReport, same),
    `::warning file=billing/agent.py,line=2,endLine=2,col=5,endColumn=6,title=E701::Several statements on one line
::error file=billing/agent.py,line=3,endLine=3,col=10,endColumn=18,title=untracked-client::OpenAI() is not traced%0A100%25 of its calls are lost
::warning file=search/ui%2C 50%25.tsx,line=1,endLine=1,col=2,endColumn=9,title=missing-surface-id::Surface needs a surfaceId
::notice file=tool.py,line=1,endLine=1,col=5,endColumn=6,title=E701::Several statements on one line
::warning file=billing/huge.py,title=not run::it is larger than 4 MiB
`,
  );
});

test("an audit passes when nothing reaches the threshold; a check that could not run weighs as much as a warning", () => {
  const with_ = (error: number, warning: number, info: number, notRun: number): AuditReport => ({
    ...exampleReport,
    summary: { ...exampleReport.summary, bySeverity: { error, warning, info }, notRun },
  });
  assert(passes(with_(0, 0, 0, 0), "info"));
  assert(!passes(with_(0, 0, 1, 0), "info"));
  assert(passes(with_(0, 0, 1, 0), "warning"));
  assert(!passes(with_(0, 1, 0, 0), "warning"));
  assert(passes(with_(0, 1, 0, 0), "error"));
  assert(!passes(with_(1, 0, 0, 0), "error"));
  assert(!passes(with_(0, 0, 0, 1), "warning"));
  assert(passes(with_(0, 0, 0, 1), "error"));
});

test("one agent's report counts that agent alone", () => {
  const { summary, agents, outside } = onlyAgent(exampleReport, "billing");
  assert.deepEqual(summary, {
    agents: 1,
    files: 2,
    findings: 2,
    bySeverity: { error: 1, warning: 1, info: 0 },
    notRun: 1,
    durationMs: 1234,
  });
  assert.deepEqual(
    agents.map((it) => it.id),
    ["billing"],
  );
  assert.deepEqual(outside.findings, []);
  assert.throws(() => onlyAgent(exampleReport, "bilings"), /no agent "bilings" here; did you mean "billing"\?/);
});

test("colour follows NO_COLOR, FORCE_COLOR and the terminal, in that order", () => {
  assert(wantsColor({ isTTY: true }, {}));
  assert(!wantsColor({}, {}));
  assert(!wantsColor({ isTTY: true }, { TERM: "dumb" }));
  assert(!wantsColor({ isTTY: true }, { NO_COLOR: "1", FORCE_COLOR: "1" }));
  assert(wantsColor({ isTTY: true }, { NO_COLOR: "" }));
  assert(wantsColor({}, { FORCE_COLOR: "1" }));
  assert(!wantsColor({ isTTY: true }, { FORCE_COLOR: "0" }));
});

test("names that do not exist are answered with a near one or none", () => {
  const rules = ["E701", "E702", "missing-surface-id", "untracked-client"];
  assert.equal(nearest("e701", rules), "E701");
  assert.equal(nearest("E71", rules), "E701");
  assert.equal(nearest("surface-id", rules), undefined);
  assert.equal(nearest("missing-surfaceid", rules), "missing-surface-id");
  assert.equal(nearest("", []), undefined);
});

test("help groups the commands by lifecycle and hides the old flags, which are accepted", async () => {
  const seen: unknown[] = [];
  const program = createProgram(async (spec, values) => void seen.push([spec.name, values]));
  const help = program.helpInformation();
  const groups = [...help.matchAll(/^(Build|Certify|Run|Govern):\n((?: {2}\w.*\n)+)/gm)].map(([, group, lines = ""]) => [
    group,
    lines.match(/^ {2}\w+/gm)?.map((it) => it.trim()),
  ]);
  assert.deepEqual(groups, [
    ["Build", ["discover", "scaffold", "auth"]],
    ["Certify", ["audit", "fix"]],
    ["Run", ["fleet"]],
    ["Govern", ["registry", "rules", "doctor", "completion"]],
  ]);
  const auditHelp = program.commands.find((it) => it.name() === "audit")?.helpInformation() ?? "";
  for (const old of Object.keys(oldFlags)) assert(!auditHelp.includes(`--${old} `));
  await program.parseAsync(["audit", "--path", "a", "--rule", "x", "--rule", "y"], { from: "user" });
  assert.deepEqual(seen, [["audit", { target: ".", format: "pretty", cache: true, color: true, path: "a", rule: ["x", "y"] }]]);
});

test("every shell's script knows every command, flag and rule", () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"] as const) {
    const script = completionScript(shell, ["E701", "some-rule"]);
    for (const word of shownCommands.flatMap(({ name }) => name.split(" "))) assert(script.includes(word), `${shell} knows ${word}`);
    for (const word of [shell === "fish" ? "-l fail-on" : "--fail-on", "sarif", "some-rule"])
      assert(script.includes(word), `${shell} knows ${word}`);
  }
});

test("an old Node.js is named, with the one that is needed", () => {
  assert.equal(nodeProblem("v20.20.2"), "this is Node.js v20.20.2; the cockpit needs 22.13 or later");
  assert.equal(nodeProblem("v22.9.0"), "this is Node.js v22.9.0; the cockpit needs 22.13 or later");
  for (const it of ["v22.13.0", "v22.22.1", "v24.21.0", "v100.0.0"]) assert.equal(nodeProblem(it), undefined);
});

test("control characters of audited files do not reach the terminal", () => {
  assert.equal(printable("a\u001b]0;title\u0007\u009bm\tb\r\n"), "a\ufffd]0;title\ufffd\ufffdm\ufffdb\ufffd\ufffd");
  assert.equal(printable("naïve – 日本語"), "naïve – 日本語");
});
