/** The E70x rules on random programs: ruff judges what they find, Python's `ast` what their fixes mean. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultConfig } from "../../server/engine/config.ts";
import { applyEdits } from "../../server/engine/finding.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { samePrograms } from "../tools/cpython.ts";
import { ruffJudge } from "../tools/ruff.ts";
import { programs } from "./e70-programs.ts";

const rules = ["E701", "E702", "E703"];
const options = { config: defaultConfig, only: new Set(rules) };
const withheld: string[] = [];
const engine = await loadEngine({ onWithheld: ({ rule }) => withheld.push(rule) });
const source = (text: string) => ({ path: "a.py", language: "python" as const, text });

async function places(text: string): Promise<string[]> {
  return (await engine.analyze(source(text), options)).map(({ rule, start }) => {
    const before = text.slice(0, start).split(/\r\n|\n|\r/);
    return `${before.length}:${(before.at(-1) ?? "").length + 1} ${rule}`;
  });
}

/** ruff 0.17 takes the `if` of a conditional expression for a statement's when an annotation follows it after a semicolon. */
const withoutConditionals = (text: string) => text.replaceAll(" if a else ", " or a and  ");

/** The rules whose byte test lets the text's bytes through. */
const candidates = (text: string) => engine.candidates(Buffer.from(text).toString("latin1"), "python", options).map(({ meta }) => meta.id);

test("they find in random programs what ruff finds, and their byte tests say so exactly", async () => {
  const judge = await ruffJudge(rules);
  let found = 0;
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      // Which lines a `# noqa` silences is another question.
      const text = program.replaceAll("noqa", "note");
      const mine = await places(text);
      found += mine.length;
      assert.deepEqual(candidates(text), [...new Set(mine.map((it) => it.slice(-4)))].sort());
      assert.deepEqual(mine.sort(), judge(withoutConditionals(text)).sort());
    }),
    { numRuns: 600, seed: 701 },
  );
  assert(found > 1000, `the programs have one-liners: ${found}`);
});

const trailingSpaces = (text: string) => text.match(/[ \t\f]+$/gm)?.length ?? 0;

test("their fixes leave nothing to find, touch nothing but layout, and keep the program", async () => {
  const pairs: { before: string; after: string }[] = [];
  await fc.assert(
    fc.asyncProperty(programs, async (before) => {
      const { text: after, edits } = await engine.fixAll(source(before), options);
      assert.deepEqual(await places(after), []);
      assert.equal((await engine.fixAll(source(after), options)).text, after);
      assert.equal(applyEdits(before, edits), after);
      for (const { start, end, text } of edits) {
        assert.match(before.slice(start, end), /^[\s;\\]*(?:# pragma: no cover)?$/);
        assert.match(text, /^\s*(?:# pragma: no cover)?\s*$/);
      }
      assert(trailingSpaces(after) <= trailingSpaces(before));
      assert.deepEqual(withheld, []);
      pairs.push({ before, after });
    }),
    { numRuns: 400, seed: 702 },
  );
  assert(pairs.filter(({ before, after }) => before !== after).length > 200);
  const verdicts = await samePrograms(pairs);
  assert.deepEqual(
    pairs.filter((_, i) => verdicts[i] !== "same"),
    [],
  );
});
