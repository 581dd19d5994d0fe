/** Who owns a folder, by the text of a CODEOWNERS. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ownersBelow, readOwners } from "../../server/host/owners.ts";

/** A CODEOWNERS, a folder, and who owns it. */
const cases: readonly [text: string, folder: string, owners: string][] = [
  ["* @all", "agents/billing", "@all"],
  ["* @all", "", "@all"],
  ["/agents/ @agents\n* @all", "agents/billing", "@all"],
  ["* @all\n/agents/ @agents @org/team", "agents/billing", "@agents @org/team"],
  ["* @all\nagents/billing bill@example.com", "agents/billing", "bill@example.com"],
  ["* @all\nagents/billing @b", "agents/billings", "@all"],
  ["billing/ @b", "agents/billing/inner", "@b"],
  ["/billing/ @b", "agents/billing", ""],
  ["agents/* @files", "agents", "@files"],
  ["agents/* @files", "agents/billing", ""],
  ["agents/** @deep", "agents/billing", "@deep"],
  ["* @all\n*.py @python\npackage.json @deps", "agents/billing", "@all"],
  ["* @all\nagents/billing", "agents/billing", ""],
  ["* @all # nobody @else\n# agents/ @comment", "agents/billing", "@all"],
  ["agents/two\\ words/ @space", "agents/two words", "@space"],
  ["Agents/ @upper", "agents/billing", ""],
  ["* not-an-owner @all", "billing", "@all"],
  [
    "[Bots] @bots @@developer\nagents/\n[Money][2] @money\nagents/billing/ @bill\n^[Money]\nagents/tax/",
    "agents/billing",
    "@bots @@developer @bill",
  ],
  ["[Bots] @bots\nagents/\n!agents/billing/", "agents/billing", ""],
  ["\ufeff* @all\r\n/agents/ @agents\r\n", "agents/billing", "@agents"],
];

for (const [text, folder, owners] of cases)
  test(`${JSON.stringify(folder)} by ${JSON.stringify(text)} is ${owners || "nobody"}'s`, () =>
    assert.equal(readOwners(text)(folder).join(" "), owners));

test("the file is looked for in the repository, and its patterns are relative to it", () => {
  const repository = mkdtempSync(join(tmpdir(), "owners-"));
  try {
    for (const folder of [".git", ".github", "docs", "fleet/agents"]) mkdirSync(join(repository, folder), { recursive: true });
    const owner = () => ownersBelow(join(repository, "fleet"))("agents").join();
    assert.equal(owner(), "");
    writeFileSync(join(repository, "docs/CODEOWNERS"), "/fleet/agents/ @docs");
    assert.equal(owner(), "@docs");
    writeFileSync(join(repository, "CODEOWNERS"), "/agents/ @wrong\n/fleet/ @root");
    assert.equal(owner(), "@root");
    writeFileSync(join(repository, ".github/CODEOWNERS"), "/fleet/agents @github");
    assert.equal(owner(), "@github");
  } finally {
    rmSync(repository, { recursive: true });
  }
});

test("ten thousand folders under a long file have the owners of their teams", () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `/agents/team-${i}/ @team-${i}`);
  const ownersOf = readOwners(["* @all", ...lines].join("\n"));
  for (let i = 0; i < 10_000; i++) assert.deepEqual(ownersOf(`agents/team-${i % 2000}/a${i}`), [`@team-${i % 2000}`]);
});
