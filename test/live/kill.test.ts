/**
 * A watcher that is killed at random moments under load: afterwards the lake holds every acknowledged event exactly once, and AnomalySME has learnt each once. KILLS says how
 * many times (8), SEED from where the moments are drawn.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { deserialize } from "node:v8";
import type { Spending } from "../../server/fleet/anomaly/budgets.ts";
import { workspace } from "../cli/cockpit.ts";
import { random } from "../tools/random.ts";
import { post, request, type Watching, watch } from "./watcher.ts";

const kills = Number(process.env.KILLS ?? "8");
const seed = Number(process.env.SEED ?? Date.now());
const [batch, senders, agents] = [200, 4, 50];

test(`${kills} kills under load (seed ${seed}): every acknowledged event is there once, and learnt once`, {
  timeout: 600_000,
}, async (t) => {
  const cwd = workspace({ "cockpit.json": '{"fleet": {"budgets": [{"agent": "agent-7", "unit": "tokens", "per": "day", "limit": 1e9}]}}' });
  const draw = random(seed);
  let watcher: Watching = await watch(cwd);
  const { url } = watcher;
  let [sent, again, isOver] = [0, 0, false];

  async function send() {
    while (!isOver) {
      const body = request(sent, batch, agents);
      sent += batch;
      while (!(await post(url, body))) {
        again++;
        await sleep(20);
      }
    }
  }
  const all = Array.from({ length: senders }, send);
  for (let i = 0; i < kills; i++) {
    await sleep(50 + draw() * 600);
    assert.equal(await watcher.end("SIGKILL"), null);
    watcher = await watch(cwd, Number(new URL(url).port));
  }
  await sleep(300);
  isOver = true;
  await Promise.all(all);
  assert.equal(await watcher.end("SIGINT"), 130);

  const lake = new DatabaseSync(join(cwd, ".cockpit/lake/lake.db"), { readOnly: true });
  assert.deepEqual(
    { ...lake.prepare("SELECT count(*) AS events, count(DISTINCT id) AS ids FROM events").get() },
    { events: sent, ids: sent },
  );
  const kept = lake.prepare("SELECT value FROM state WHERE name = 'anomalies/0'").get()?.value;
  assert(kept instanceof Uint8Array);
  const { counts, spending } = deserialize(kept);
  assert.equal(counts.events, sent);
  const { windows }: Spending = spending[0];
  assert.equal(
    windows.reduce((sum, it) => sum + it.spent, 0),
    (sent / agents) * 7,
  );
  assert.equal(lake.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
  t.diagnostic(`${sent} events; ${again} requests were sent again`);
  assert.ok(again > 0, "no kill hit a request");
});
