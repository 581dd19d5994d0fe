import assert from "node:assert/strict";
import { test } from "node:test";
import { type SarifOptions, sarifReport } from "../../server/cli/format/sarif.ts";
import type { Rule } from "../../server/engine/rule.ts";
import type { AuditReport } from "../../server/protocol/report.ts";
import { sarifErrors } from "../sarif-schema.ts";
import { exampleLine, exampleReport, exampleSources } from "./example-report.ts";

const rules: Rule[] = ["E701", "missing-surface-id", "untracked-client"].map((id) => ({
  meta: { id, title: `About ${id}`, severity: "warning", languages: ["python"], fix: "safe" },
  mayMatch: () => false,
  detect: () => [],
}));

const options: SarifOptions = {
  version: "1.2.3",
  rules,
  pages: { E701: "# E701\n\nOne `if` a line.\n\n```python\nif x: y\n```\n" },
  root: "/fleet",
  shown: (file) => file,
  lineOf: exampleLine,
};

/** The parts of SARIF that tests look into. */
interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string; help: { markdown: string }; fullDescription: { text: string } }[] } };
    columnKind: string;
    invocations: { executionSuccessful: boolean; toolExecutionNotifications?: { message: { text: string } }[] }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string }; region: object } }[];
      partialFingerprints: Record<string, string>;
      fixes?: { artifactChanges: { replacements: { deletedRegion: object; insertedContent: { text: string } }[] }[] }[];
    }[];
  }[];
}

async function sarif(report: AuditReport, changed: Partial<SarifOptions> = {}) {
  const text = await sarifReport(report, { ...options, ...changed });
  const log: Sarif = JSON.parse(text);
  const [run] = log.runs;
  assert(run);
  return { log, run };
}

test("the report is valid SARIF 2.1.0, and the schema would notice if it were not", async () => {
  const { log } = await sarif(exampleReport);
  assert.deepEqual(sarifErrors(log), []);
  assert.notDeepEqual(sarifErrors({ ...log, version: "2.0.0" }), []);
  assert.notDeepEqual(sarifErrors({ ...log, runs: [{ ...log.runs[0], columnKind: "bytes" }] }), []);
});

test("every finding of every agent is a result, with its rule's page", async () => {
  const { run } = await sarif(exampleReport);
  assert.deepEqual(
    run.results.map((it) => [it.ruleId, run.tool.driver.rules[it.ruleIndex]?.id, it.level]),
    [
      ["E701", "E701", "warning"],
      ["untracked-client", "untracked-client", "error"],
      ["missing-surface-id", "missing-surface-id", "warning"],
      ["E701", "E701", "note"],
    ],
  );
  assert.equal(run.tool.driver.rules[0]?.help.markdown, options.pages.E701);
  assert.equal(run.tool.driver.rules[0]?.fullDescription.text, "One if a line.");
});

test("regions and fixes are in UTF-16 columns, paths are URIs", async () => {
  const { run } = await sarif(exampleReport);
  assert.equal(run.columnKind, "utf16CodeUnits");
  const [, client, surface] = run.results;
  assert.deepEqual(client?.locations[0]?.physicalLocation.region, { startLine: 3, startColumn: 10, endLine: 3, endColumn: 18 });
  assert.equal(surface?.locations[0]?.physicalLocation.artifactLocation.uri, "search/ui%2C%2050%25.tsx");
  assert.deepEqual(surface?.fixes?.[0]?.artifactChanges[0]?.replacements, [
    { deletedRegion: { startLine: 1, startColumn: 9, endLine: 1, endColumn: 9 }, insertedContent: { text: ' surfaceId="ui"' } },
  ]);
});

test("a check that could not run is a notification, and the run is not a success", async () => {
  const { run } = await sarif(exampleReport);
  assert.equal(run.invocations[0]?.executionSuccessful, false);
  assert.equal(
    run.invocations[0]?.toolExecutionNotifications?.[0]?.message.text,
    "billing/huge.py was not checked: it is larger than 4 MiB",
  );
  const complete = { ...exampleReport, agents: exampleReport.agents.map((it) => ({ ...it, notRun: [] })) };
  assert.equal((await sarif(complete)).run.invocations[0]?.executionSuccessful, true);
});

const fingerprints = (run: Sarif["runs"][number]) => run.results.map((it) => it.partialFingerprints.primaryLocationLineHash);

test("fingerprints stay when lines above come and go, and tell equal lines apart", async () => {
  const [billing] = exampleReport.agents;
  const [oneLiner] = billing?.findings ?? [];
  assert(billing && oneLiner);
  const outside = { ...exampleReport.outside, findings: [] };
  const original = { ...exampleReport, outside, agents: [{ ...billing, findings: [oneLiner] }] };
  const moved = { ...oneLiner, start: { ...oneLiner.start, line: 5 }, end: { ...oneLiner.end, line: 5 } };
  const shifted = { ...exampleReport, outside, agents: [{ ...billing, findings: [moved] }] };
  const longer = async (file: string, line: number) => `\n\n\n${exampleSources[file]}`.split("\n")[line - 1];
  assert.deepEqual(fingerprints((await sarif(original)).run), fingerprints((await sarif(shifted, { lineOf: longer })).run));
  const twice = fingerprints((await sarif({ ...exampleReport, agents: [{ ...billing, findings: [oneLiner, oneLiner] }] })).run);
  assert.equal(new Set(twice).size, twice.length);
});
