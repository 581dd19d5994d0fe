/** What `cockpit fleet status` asks a lake, which may be one that costs money. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { statusNow } from "../../server/cli/fleet/status.ts";

const cockpit = mkdtempSync(join(tmpdir(), "cockpit-status-"));
after(() => rmSync(cockpit, { recursive: true }));

test("where nobody watches, the lake is asked once, and rates are not known", async () => {
  const asked: [number, number][] = [];
  const figures = async (since: number, until: number) => {
    asked.push([since, until]);
    return { agents: [], omitted: 0 };
  };
  const { model } = await statusNow({ cockpit, since: 0, until: 600_000, figures, only: undefined, audited: [] });
  assert.deepEqual(asked, [[0, 600_000]]);
  assert.equal(model.totals(600_000).callsPerMinute, null);
});
