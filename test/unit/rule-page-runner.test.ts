/** The runner of rule pages can fail: planted mistakes in a detector, a message and a fix each turn a good page red. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultConfig } from "../../server/engine/config.ts";
import type { Rule } from "../../server/engine/rule.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { checkExamples } from "../rule-page.ts";

const page = ["```ts", "call(1); // error: one", "call(2);", "```", "", "```ts fixed", "call(0);", "call(2);", "```", ""].join("\n");

const good: Rule = {
  meta: { id: "no-one", title: "No ones", severity: "warning", languages: ["typescript"], fix: "safe" },
  mayMatch: (text) => text.includes("1"),
  detect: ({ facts, file }) =>
    facts
      .calls(["call"])
      .flatMap((it) => it.arguments)
      .filter((it) => file.text.slice(it.start, it.end) === "1")
      .map((it) => ({
        start: it.start,
        end: it.end,
        message: "one",
        fix: { title: "Zero", safety: "safe", edits: [{ ...it.value, text: "0" }] },
      })),
};

const planted: Record<string, Partial<Rule>> = {
  "a detector that finds nothing": { detect: () => [] },
  "a byte test that says no wrongly": { mayMatch: () => false },
  "another message": { detect: (context) => good.detect(context).map((it) => ({ ...it, message: "two" })) },
  "a finding without its fix": { detect: (context) => good.detect(context).map(({ fix: _, ...it }) => it) },
  "a fix to another text": { detect: (context) => good.detect(context).map((it) => withEdit(it, "9")) },
  "a fix that breaks the syntax": { detect: (context) => good.detect(context).map((it) => withEdit(it, "(")) },
};

const withEdit = (finding: ReturnType<Rule["detect"]>[number], text: string) => ({
  ...finding,
  fix: { title: "Zero", safety: "safe" as const, edits: [{ start: finding.start, end: finding.end, text }] },
});

test("a good page passes and says how many examples it has", async () => {
  assert.equal(await checkExamples(await loadEngine({ rules: [good] }), "no-one", page), 1);
});

for (const [mistake, change] of Object.entries(planted))
  test(`${mistake} turns the page red`, async () => {
    await assert.rejects(checkExamples(await loadEngine({ rules: [{ ...good, ...change }] }), "no-one", page), assert.AssertionError);
  });

test("a fix that would break the syntax is withheld, reported, and leaves the finding", async () => {
  const withheld: string[] = [];
  const breaking = { ...good, detect: (context: Parameters<Rule["detect"]>[0]) => good.detect(context).map((it) => withEdit(it, "(")) };
  const engine = await loadEngine({ rules: [breaking], onWithheld: (finding, path) => withheld.push(`${path}: ${finding.rule}`) });
  const file = { path: "a.ts", language: "typescript" as const, text: "call(1);\n" };
  const findings = await engine.verify(file, await engine.analyze(file, { config: defaultConfig }));
  assert.deepEqual(findings, [{ start: 5, end: 6, message: "one", rule: "no-one", severity: "warning" }]);
  assert.deepEqual(withheld, ["a.ts: no-one"]);
  assert.equal((await engine.fixAll(file, { config: defaultConfig })).text, file.text);
});
