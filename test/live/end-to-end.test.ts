/**
 * Agents in each language, with the real SDKs and their exporters, under the real `cockpit fleet watch`: what they do is in the lake; a pause reaches them by file and by address, outlives
 * restarts of both sides and is taken back without one; a policy pauses an agent that runs away.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cockpit, openWorld, run, serving, type World, wrappedAgentOf } from "../wrap/world.ts";
import { statusOf, until } from "./status.ts";
import { watch } from "./watcher.ts";

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

async function steer(workspace: string, kind: "mothball" | "resume", agent: string) {
  const why = kind === "mothball" ? ["--reason", "runaway loop"] : [];
  const { code, stderr } = await cockpit(workspace, "fleet", kind, "--id", agent, "--by", "ana@example.com", "-f", ...why);
  assert.equal(code, 0, stderr);
}

const pausedByAna = /ana@example\.com.*runaway loop/;

/** Asks until the answer is as expected. The address is asked once a second, in the background. */
const answers = (agent: ReturnType<typeof serving>, expected: RegExp) =>
  until(async () => (expected.test(await agent.ask("hello")) ? true : undefined), String(expected));

for (const language of ["python", "typescript", "go"] as const)
  test(`an agent in ${language} under the watch`, async (t) => {
    const { folder, remove, start } = await wrappedAgentOf(language);
    const elsewhere = mkdtempSync(join(tmpdir(), "cockpit-live-"));
    let watcher = await watch(elsewhere);
    const environment = { ...world.environment, OTEL_EXPORTER_OTLP_ENDPOINT: watcher.url };
    const byAddress = { ...environment, COCKPIT_MOTHBALL_URL: watcher.url };
    t.after(async () => {
      await watcher.end("SIGKILL");
      rmSync(elsewhere, { recursive: true });
      remove();
    });

    await t.test("what it does is in the lake", async () => {
      const [command = "", ...args] = start;
      const ran = await run(command, args, folder, environment);
      assert.equal(ran.code, 0, ran.stderr);
      const { models, calls, errors, inputTokens, outputTokens } = await statusOf(elsewhere, language, 6);
      assert.deepEqual(
        { models: models.map((it) => it.replace(/-2024.*$/, "")), calls, errors, inputTokens, outputTokens },
        { models: ["gemini-2.0-flash", "gpt-4o-mini"], calls: 6, errors: 1, inputTokens: 125, outputTokens: 57 },
      );
    });

    await t.test("a pause reaches it by address, outlives restarts of both sides, and is taken back without one", async () => {
      const agent = serving(start, folder, byAddress);
      assert.equal(await agent.ask("hello"), "Hello.");
      await steer(elsewhere, "mothball", language);
      await answers(agent, pausedByAna);
      await watcher.end("SIGKILL");
      assert.match(await agent.ask("hello"), pausedByAna);
      watcher = await watch(elsewhere, Number(new URL(watcher.url).port));
      const restarted = serving(start, folder, byAddress);
      await answers(restarted, pausedByAna);
      assert.match(await agent.ask("hello"), pausedByAna);
      await steer(elsewhere, "resume", language);
      for (const it of [agent, restarted]) {
        await answers(it, /^Hello\.$/);
        it.stop();
      }
    });

    await t.test("a pause reaches it by file, before its next call", async () => {
      const agent = serving(start, folder, environment);
      assert.equal(await agent.ask("hello"), "Hello.");
      await steer(folder, "mothball", language);
      const sent = await world.requests();
      const restarted = serving(start, folder, environment);
      for (const it of [agent, restarted]) assert.match(await it.ask("hello"), pausedByAna);
      assert.equal(await world.requests(), sent, "nothing of what was refused was sent");
      await steer(folder, "resume", language);
      for (const it of [agent, restarted]) {
        assert.equal(await it.ask("hello"), "Hello.");
        it.stop();
      }
    });

    await t.test("a policy pauses it when it runs away", async (t) => {
      const budgets = [{ agent: "*", unit: "tokens", per: "day", limit: 100 }];
      const mothball = { kinds: ["budget"], sure: 1, share: 1 };
      writeFileSync(join(folder, "cockpit.json"), JSON.stringify({ fleet: { budgets, mothball } }));
      let watching = await watch(folder);
      t.after(() => watching.end("SIGKILL"));
      const watched = { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: watching.url };
      const agent = serving(start, folder, watched);
      await answers(agent, /cockpit.*more than its budget/);
      const { mothball: paused } = await statusOf(folder, language, 6);
      assert.equal(paused?.by, "cockpit");
      // What was learnt is kept within a second of a pause.
      await sleep(2000);
      await watching.end("SIGKILL");
      const restarted = serving(start, folder, watched);
      assert.match(await restarted.ask("hello"), /more than its budget/);
      restarted.stop();
      watching = await watch(folder, Number(new URL(watching.url).port));
      assert.match(await agent.ask("hello"), /more than its budget/);
      await steer(folder, "resume", language);
      assert.equal(await agent.ask("hello"), "Hello.");
      await watching.end("SIGKILL");
      watching = await watch(folder, Number(new URL(watching.url).port));
      assert.equal(await agent.ask("hello"), "Hello.", "no restart pauses again whom somebody resumed");
      agent.stop();
      assert.deepEqual(signalsIn(folder), [
        ["mothball", language, "cockpit", true],
        ["resume", language, "ana@example.com", true],
      ]);
      assert.match((await cockpit(folder, "doctor")).stdout, /ok +evidence.*intact/);
    });
  });

/** What the evidence says of pauses that were made since the policy: what, whom, by whom, and whether it says when. */
function signalsIn(folder: string) {
  const lake = new DatabaseSync(join(folder, ".cockpit/lake/lake.db"), { readOnly: true });
  const bodies = lake.prepare("SELECT body FROM evidence WHERE kind = 'signal' ORDER BY seq").all();
  lake.close();
  // The first two are of the pause by file; withheld is what comes before enough of the agent was heard.
  const signals = bodies
    .map(({ body }) => JSON.parse(String(body)))
    .filter((it) => !it.withheld)
    .slice(2);
  return signals.map(({ kind, agentId, by, at, time }) => [kind, agentId, by, Date.parse(at ?? new Date(time).toISOString()) > 0]);
}
