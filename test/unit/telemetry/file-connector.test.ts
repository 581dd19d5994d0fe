/** A file as a source of a watcher: it can be stopped at any point, and what is wrong with it is its own health, nobody's end. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Intake } from "../../../server/telemetry/connectors/connector.ts";
import { createFileConnector } from "../../../server/telemetry/connectors/file/connector.ts";
import { failed, folder } from "./lakes.ts";

const taking = (take: Intake["take"]): Intake => ({ isFull: () => false, take });

function fileOf(name: string, text: string) {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return createFileConnector({ path, follow: false, warn: failed });
}

const large = [
  { name: "large.csv", text: `time,agentId,value\n${"1700000000000,a,1\n".repeat(200_000)}` },
  { name: "large.ndjson", text: '{"time":1700000000000,"agentId":"a"}\n'.repeat(200_000) },
];

for (const { name, text } of large)
  test(`a replay of ${name} stops in the middle`, { timeout: 20_000 }, async () => {
    const file = fileOf(name, text);
    const begun = Promise.withResolvers<void>();
    await file.start(
      taking(async () => {
        begun.resolve();
        await sleep(1);
        return { refused: {} };
      }),
    );
    await begun.promise;
    await file.stop();
    const { state, counts } = file.health();
    assert.equal(state, "stopped");
    assert.ok((counts.events ?? 0) < 200_000);
  });

test("a file that cannot be read to its end fails, and who does not wait for its end goes on", async () => {
  const file = fileOf("broken.csv", 'time,agentId\n1700000000000,a\n"17"0,b\n');
  await file.start(taking(async () => ({ refused: {} })));
  for (const end = Date.now() + 10_000; file.health().state === "running" && Date.now() < end; ) await sleep(5);
  assert.equal(file.health().state, "failing");
  assert.match(file.health().detail, /Quote/);
  await file.stop();
});
