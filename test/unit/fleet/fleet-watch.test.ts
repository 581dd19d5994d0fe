/** `cockpit fleet watch` where it cannot begin, or not end as it should. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { run } from "../../../server/cli/commands/fleet-watch.ts";
import { createFlags, UsageError } from "../../../server/cli/flags.ts";
import { createTerminal } from "../../../server/cli/terminal.ts";

function folder() {
  const made = mkdtempSync(join(tmpdir(), "cockpit-watch-"));
  after(() => rmSync(made, { recursive: true }));
  return made;
}

function withTable(signal: AbortSignal) {
  const seen: string[] = [];
  const area = { above: (write: () => void) => write(), clear() {}, update() {}, close: () => seen.push("closed") };
  async function live() {
    seen.push("opened");
    return area;
  }
  return { seen, terminal: { ...createTerminal(process, signal, { quiet: true, color: false }), live } };
}

test("a watch that cannot begin leaves no live table", async () => {
  const target = folder();
  writeFileSync(join(target, ".cockpit"), "no folder");
  const { seen, terminal } = withTable(new AbortController().signal);
  await assert.rejects(run(createFlags({ target, port: "0" }), terminal), UsageError);
  assert.deepEqual(seen, ["opened", "closed"]);
});

test("a sink that fails at the end is told, and leaves no live table", async () => {
  const target = folder();
  writeFileSync(join(target, "cockpit.json"), '{ "fleet": { "budgets": [{ "agent": "*", "unit": "usd", "per": "hour", "limit": 1 }] } }');
  const spent = join(target, "spent.ndjson");
  writeFileSync(spent, `${JSON.stringify({ id: "1", time: Date.now(), agentId: "billing", costUsd: 2 })}\n`);
  const ending = new AbortController();
  const { seen, terminal } = withTable(ending.signal);
  // The webhook tries again for seconds, but for the end.
  const out = async () => ending.abort();
  function note(text: string) {
    if (text.includes("webhook")) throw new Error("nowhere to say it");
  }
  const flags = createFlags({ target, port: "0", source: [`file:${spent}`], live: true, quiet: true, webhook: "http://127.0.0.1:1/" });
  await assert.rejects(run(flags, { ...terminal, out, note }), /nowhere to say it/);
  assert.deepEqual(seen, ["opened", "closed"]);
});
