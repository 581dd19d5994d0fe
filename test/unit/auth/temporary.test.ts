/** Folders for the settings of tools. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const many = `
import { openTemporary } from ${JSON.stringify(new URL("../../../server/auth/temporary.ts", import.meta.url).href)};
const all = Array.from({ length: 20 }, () => openTemporary(process.argv[1]));
for (const it of all) it.write("settings", "");
all[0].remove();
`;

test("many that are open at once are no leak to Node, and are all gone at the end", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "cockpit-temporary-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", many, folder], { encoding: "utf8" });
  assert.deepEqual([status, stderr, readdirSync(folder)], [0, "", []]);
});
