import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadEngine } from "../../server/host/engine.ts";
import { checkExamples } from "../rule-page.ts";

const engine = await loadEngine();

for (const { meta } of engine.rules)
  test(`examples of ${meta.id}`, async () => {
    const page = readFileSync(new URL(`../../server/engine/rules/${meta.id}/rule.md`, import.meta.url), "utf8");
    assert((await checkExamples(engine, meta.id, page)) >= 3, "a page shows at least three examples");
  });
