/** A file that a thread cannot get through costs only itself. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { FileOutcome } from "../../server/host/file-audit.ts";
import { createPool } from "../../server/host/worker-pool.ts";
import { defaultCockpitConfig } from "../../server/protocol/config.ts";

const root = mkdtempSync(join(tmpdir(), "pool-"));
after(() => rmSync(root, { recursive: true }));

test("a file that never ends to read is given up and named; all others are audited", async () => {
  const names = Array.from({ length: 40 }, (_, i) => `f${i}.py`);
  for (const it of names) writeFileSync(join(root, it), "if x: y\n");
  // Opening a pipe that nobody writes to waits forever.
  const pipe = join(root, "pipe.py");
  execFileSync("mkfifo", [pipe]);
  const outcomes = new Map<string, FileOutcome>();
  const pool = createPool({ root, config: defaultCockpitConfig }, { threads: 2, patienceMs: 2000 });
  const job = pool.open((path, it) => outcomes.set(path, it));
  job.add([...names.slice(0, 20), "pipe.py"].map((path) => ({ path })));
  job.add(names.slice(20).map((path) => ({ path })));
  await job.done();
  // Lets the threads that still wait there end.
  closeSync(openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
  await pool.close();
  assert.match(outcomes.get("pipe.py")?.notRun ?? "", /took longer than 2 s/);
  assert.deepEqual(
    names.filter((it) => outcomes.get(it)?.findings?.length !== 1),
    [],
  );
});
