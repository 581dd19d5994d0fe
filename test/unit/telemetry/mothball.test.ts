/** Pauses that many write at once, and the claim of a watcher. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addMothball, readMothballs, removeMothball } from "../../../server/telemetry/mothball/signals.ts";
import { claimWatch, watcherOf } from "../../../server/telemetry/watch-claim.ts";
import { makeLakeFolder } from "../../../server/telemetry/workspace.ts";
import { folder } from "./lakes.ts";

test("of many that write at once none gets lost", async () => {
  const cockpit = folder();
  const ids = Array.from({ length: 60 }, (_, i) => `agent-${i}`);
  const entry = { by: "me", at: "2025-03-03T00:00:00Z", reason: "test" };
  assert.deepEqual(new Set(await Promise.all(ids.map((it) => addMothball(cockpit, it, entry)))), new Set([true]));
  assert.deepEqual([...(await readMothballs(cockpit)).keys()].sort(), ids.toSorted());
  await Promise.all(ids.slice(1).map((it) => removeMothball(cockpit, it)));
  assert.deepEqual([await readMothballs(cockpit), await addMothball(cockpit, "agent-0", entry)], [new Map([["agent-0", entry]]), false]);
});

test("of watchers that start at once one gets the workspace", async () => {
  const cockpit = folder();
  await makeLakeFolder(cockpit);
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => claimWatch(cockpit)));
  const won = all.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
  assert.equal(won.length, 1);
  await won[0]?.announce("http://127.0.0.1:1");
  assert.equal((await watcherOf(cockpit))?.url, "http://127.0.0.1:1");
  await assert.rejects(claimWatch(cockpit), /watches this workspace already, at http:\/\/127\.0\.0\.1:1; end it first/);
  await won[0]?.giveUp();
  assert.equal(await watcherOf(cockpit), undefined);
});
