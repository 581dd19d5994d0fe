/** What a watcher tells of its agents, over a real lake: how often, what of the past, who is paused, and details. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetEvent } from "../../../server/fleet/event.ts";
import { rangeNames } from "../../../server/fleet/model/fleet-row.ts";
import { createLiveFleet } from "../../../server/fleet/model/live-fleet.ts";
import { watchLineSchema } from "../../../server/protocol/fleet-watch.ts";
import { createAgentFeed, type FeedLine } from "../../../server/telemetry/agent-feed.ts";
import { openLake } from "../../../server/telemetry/lake/lake.ts";
import { addMothball, removeMothball } from "../../../server/telemetry/mothball/signals.ts";
import { recallPast } from "../../../server/telemetry/recall.ts";
import { call, failed, folder } from "./lakes.ts";

const cockpitFolder = folder;
const lakeIn = (cockpit: string) => openLake(join(cockpit, "lake.db"), { onMoved: failed, onLost: failed });
const now = Date.now();
/** Call number `n` of three agents, every two seconds up to now. */
const past = (count: number): FleetEvent[] =>
  Array.from({ length: count }, (_, i) =>
    call(i, {
      time: now - (count - i) * 2000,
      agentId: `agent-${i % 3}`,
      inputTokens: 10,
      costUsd: i % 7 ? 0.5 : undefined,
      durationMs: 100 + (i % 50),
    }),
  );

test("the past comes back from the lake as it was heard, and what comes in meanwhile is not taken for it", async () => {
  const cockpit = cockpitFolder();
  const events = past(7000);
  const before = await lakeIn(cockpit);
  await before.append(events);
  await before.close();
  const lake = await lakeIn(cockpit);
  await lake.append([call(99_999, { time: now - 60_000, agentId: "agent-0" })]);
  const [recalled, heard] = [createLiveFleet(), createLiveFleet()];
  let pages = 0;
  await recallPast(lake, recalled, { now: () => now, signal: new AbortController().signal, onPage: () => pages++ });
  for (const it of events) heard.hear(it, it.time);
  for (const range of rangeNames)
    for (const id of ["agent-0", "agent-1", "agent-2"])
      assert.deepEqual(recalled.series(id, range, now), heard.series(id, range, now), `${id} ${range}`);
  const byName = (agents: { agentId: string }[]) => agents.toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1));
  assert.deepEqual(byName(recalled.takeChanged(now).agents), byName(heard.takeChanged(now).agents));
  assert.equal(pages, 4);
  assert.deepEqual(
    (await lake.latest("agent-1")).map((it) => it.id),
    events
      .filter((it) => it.agentId === "agent-1")
      .slice(-20)
      .map((it) => it.id)
      .reverse(),
  );
  assert.deepEqual(await lake.latest("nobody"), []);
  await lake.close();
});

async function feeding(context: TestContext, cockpit: string, tell?: (lines: readonly FeedLine[]) => Promise<void>) {
  const lines: FeedLine[] = [];
  const warnings: string[] = [];
  const lake = await lakeIn(cockpit);
  const feed = createAgentFeed({
    cockpit,
    async tell(all) {
      lines.push(...all);
      await tell?.(all);
    },
    now: Date.now,
    warn: (it) => warnings.push(it),
  });
  context.after(async () => {
    await feed.stop();
    await lake.close();
    for (const it of lines) watchLineSchema.parse(JSON.parse(JSON.stringify(it)));
  });
  feed.start(lake);
  const of = <Kind extends FeedLine["kind"]>(kind: Kind) => lines.flatMap((it) => (isOf(it, kind) ? [it] : []));
  return { feed, of, warnings };
}

function isOf<Kind extends FeedLine["kind"]>(it: FeedLine, kind: Kind): it is Extract<FeedLine, { kind: Kind }> {
  return it.kind === kind;
}

async function until(holds: () => boolean) {
  for (const deadline = Date.now() + 5000; !holds(); await sleep(10)) if (Date.now() > deadline) assert.fail(String(holds));
}

test("ten lines a second at most, whatever the events; the first says that nothing told before holds", async (context) => {
  const { feed, of } = await feeding(context, cockpitFolder());
  const end = Date.now() + 2000;
  for (let i = 0; Date.now() < end; i++) {
    feed.hear(Array.from({ length: 500 }, (_, k) => call(i * 500 + k, { time: Date.now(), agentId: `agent-${k}` })));
    await sleep(5);
  }
  const told = of("agents");
  assert.ok(told.length >= 2 && told.length <= 21, `${told.length}`);
  assert.deepEqual(told.map((it) => it.reset).indexOf(true), 0);
  assert.deepEqual(told.map((it) => it.reset).lastIndexOf(true), 0);
  const times = told.flatMap((it) => (it.agents.some(({ agentId }) => agentId === "agent-7") ? [it.time] : []));
  assert.ok(times.length >= 2);
  for (const [i, time] of times.entries()) if (i > 0) assert.ok(time - (times[i - 1] ?? 0) >= 1000, "an agent once a second at most");
});

test("at the end all that was heard is told, of however many agents, and also of those who were told a moment ago", async (context) => {
  const { feed, of } = await feeding(context, cockpitFolder());
  feed.hear([call(0, { time: Date.now(), agentId: "early" })]);
  await until(() => of("agents").some(({ agents }) => agents.length > 0));
  feed.hear(Array.from({ length: 1500 }, (_, i) => call(i + 1, { time: Date.now(), agentId: `agent-${i}` })));
  feed.hear(Array.from({ length: 5 }, (_, i) => call(5000 + i, { time: Date.now(), agentId: "early" })));
  await feed.stop();
  const told = of("agents").flatMap(({ agents }) => agents);
  assert.equal(new Set(told.map((it) => it.agentId)).size, 1501);
  assert.equal(told.findLast((it) => it.agentId === "early")?.callsPerMinute, 6);
});

test("a reader that does not read does not hold the end up", async (context) => {
  const { feed, of } = await feeding(context, cockpitFolder(), () => new Promise(() => {}));
  await until(() => of("agents").length === 1);
  feed.hear([call(0, { time: Date.now(), agentId: "late" })]);
  await feed.stop();
  assert.equal(of("agents").length, 1);
});

test("while a reader does not read, nothing piles up", async (context) => {
  const gate = Promise.withResolvers<void>();
  const { feed, of } = await feeding(context, cockpitFolder(), () => gate.promise);
  await until(() => of("agents").length === 1);
  for (let i = 0; i < 20; i++) {
    feed.hear([call(i, { time: Date.now(), agentId: `agent-${i}` })]);
    await sleep(50);
  }
  assert.equal(of("agents").length, 1);
  gate.resolve();
  await until(() => of("agents").length === 2);
  assert.equal(of("agents")[1]?.agents.length, 20);
});

test("who is paused is told at first and on each change; a file that is not as it must be is said once", async (context) => {
  const cockpit = cockpitFolder();
  const { of, warnings } = await feeding(context, cockpit);
  const entry = { by: "me", at: new Date().toISOString(), reason: "it loops" };
  await until(() => of("mothballs").length === 1);
  await addMothball(cockpit, "billing", entry);
  await until(() => of("mothballs").length === 2);
  writeFileSync(join(cockpit, "mothball.json"), "{");
  await until(() => warnings.length === 1);
  await sleep(1200);
  writeFileSync(join(cockpit, "mothball.json"), JSON.stringify({ version: 1, agents: { billing: entry, "*": entry } }));
  await until(() => of("mothballs").length === 3);
  await removeMothball(cockpit, "*");
  await removeMothball(cockpit, "billing");
  await until(() => of("mothballs").at(-1)?.mothballed !== undefined && Object.keys(of("mothballs").at(-1)?.mothballed ?? {}).length === 0);
  assert.deepEqual(of("mothballs")[1]?.mothballed, { billing: entry });
  assert.deepEqual(Object.keys(of("mothballs")[2]?.mothballed ?? {}), ["billing", "*"]);
  assert.equal(warnings.length, 1);
});

test("of those who are looked at, details: the last events of before and of now, once a second at most and only when they changed", async (context) => {
  const cockpit = cockpitFolder();
  const before = await lakeIn(cockpit);
  await before.append(past(60));
  await before.close();
  const { feed, of } = await feeding(context, cockpit);
  // Also of nobody a line comes when a step of time is over.
  const latest = () => of("detail").findLast((it) => it.detail.agentId === "agent-1")?.detail;
  // A view that opens says more than once whom it looks at.
  for (const range of ["1 h", "15 min"] as const) feed.look({ kind: "look", agents: ["agent-1", "nobody"], range });
  await until(() => of("detail").some(({ detail }) => detail.lastEvents.length === 20));
  const detail = latest() ?? assert.fail();
  assert.deepEqual(
    [detail.calls.length, detail.stepMs, detail.lastEvents.at(-1)?.id, detail.lastEvents.at(-1)?.tokens],
    [60, 15_000, "id-58", 10],
  );
  assert.equal(
    detail.calls.reduce<number>((sum, it) => sum + (it ?? 0), 0),
    20,
  );
  const nobody = of("detail").find((it) => it.detail.agentId === "nobody");
  assert.ok(nobody?.detail.calls.every((it) => it === null));
  feed.hear([call(1000, { time: Date.now(), agentId: "agent-1", error: "429" }), call(1001, { time: Date.now(), agentId: "agent-2" })]);
  await until(() => latest()?.lastEvents.at(-1)?.error === "429");
  feed.look({ kind: "look", agents: ["agent-1"], range: "1 h" });
  await until(() => latest()?.stepMs === 60_000);
  feed.look({ kind: "look", agents: [], range: "1 h" });
  const count = of("detail").length;
  feed.hear([call(1002, { time: Date.now(), agentId: "agent-1" })]);
  await sleep(1300);
  assert.equal(of("detail").length, count);
});
