/** `cockpit fleet watch` where it cannot begin. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { run } from "../../../server/cli/commands/fleet-watch.ts";
import { createFlags, UsageError } from "../../../server/cli/flags.ts";
import { createTerminal } from "../../../server/cli/terminal.ts";

const target = mkdtempSync(join(tmpdir(), "cockpit-watch-"));
after(() => rmSync(target, { recursive: true }));

test("a watch that cannot begin leaves no live table", async () => {
  writeFileSync(join(target, ".cockpit"), "no folder");
  const seen: string[] = [];
  const area = { above: (write: () => void) => write(), clear() {}, update() {}, close: () => seen.push("closed") };
  async function live() {
    seen.push("opened");
    return area;
  }
  const plain = createTerminal(process, new AbortController().signal, { quiet: true, color: false });
  await assert.rejects(run(createFlags({ target, port: "0" }), { ...plain, live }), UsageError);
  assert.deepEqual(seen, ["opened", "closed"]);
});
