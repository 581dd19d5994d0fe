/** `cockpit fleet …` as processes: a replay, a watcher with agents that stream in, who is paused, and what is said to bad input. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tryLock } from "../../server/host/file-lock.ts";
import { post, request, watch } from "../live/watcher.ts";
import { cockpit, exitCode, fleet, read, start, workspace } from "./cockpit.ts";

const monday = Date.UTC(2025, 2, 3);
const line = (i: number, value: number) => JSON.stringify({ time: monday + i * 60_000, agentId: "billing", metrics: { value } });
/** A quiet series with one spike, in its place. */
const spike = 1800;
const series = Array.from({ length: 2000 }, (_, i) => line(i, i === spike ? 900 : 50 + (i % 5)));
const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((it) => JSON.parse(it));

test("a replay gives a score for each event and a line for each alert", async () => {
  const cwd = workspace({ "events.ndjson": `${series.join("\n")}\n` });
  const { code, stdout, stderr } = await cockpit(["fleet", "watch", "--source", "file:events.ndjson", "--format", "json", "--scores"], {
    cwd,
  });
  assert.deepEqual([code, stderr], [0, ""]);
  const all = jsonLines(stdout);
  const scores = all.filter((it) => it.kind === "score");
  assert.equal(scores.length, series.length);
  for (const [i, it] of scores.entries()) {
    assert.deepEqual([it.version, it.agentId, Date.parse(it.time)], [1, "billing", monday + i * 60_000]);
    assert.ok(it.score >= 0 && it.score <= 1, `${it.score}`);
  }
  const highest = scores.reduce((best, it, i) => (it.score > (scores[best]?.score ?? 0) ? i : best), 0);
  assert.equal(highest, spike);
  const [alert] = all.filter((it) => it.kind === "alert");
  assert.deepEqual([alert.alert.agentId, alert.alert.status], ["billing", "opened"]);
  assert.equal(existsSync(join(cwd, ".cockpit")), false);
});

test("a replay that nobody reads any more goes no further", async () => {
  const lines = Array.from({ length: 20 }, () => series.join("\n"));
  const cwd = workspace({ "events.ndjson": `${lines.join("\n")}\nno event\n` });
  const child = start(["fleet", "watch", "--source", "file:events.ndjson", "--scores"], { cwd });
  const said = read(child.stderr);
  child.stdout?.once("data", () => child.stdout?.destroy());
  assert.deepEqual([await exitCode(child), await said], [0, ""]);
});

test("CSV is replayed by its header, and lines that are no events are named", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${new Date(monday + i * 60_000).toISOString()},${i}`);
  const cwd = workspace({ "cpu.csv": `timestamp,value\n${rows.join("\n")}\nnever,3\n` });
  const { code, stdout, stderr } = await cockpit(["fleet", "watch", "--source", "file:cpu.csv", "--format", "json", "--scores"], { cwd });
  assert.deepEqual([code, jsonLines(stdout).length, jsonLines(stdout)[0].agentId], [0, 30, "cpu"]);
  assert.match(stderr, /cpu\.csv:32 is no event: time: "never" is no time\n$/);
});

test("an alert that becomes worse is said to be the one of before", async () => {
  const spent = [2, 2, 6].map((costUsd, i) => ({ id: `${i}`, time: monday + i * 60_000, agentId: "billing", costUsd }));
  const cwd = workspace({
    "cockpit.json": JSON.stringify({ fleet: { budgets: [{ agent: "*", unit: "usd", per: "hour", limit: 1 }] } }),
    "spent.ndjson": spent.map((it) => `${JSON.stringify(it)}\n`).join(""),
  });
  const { stdout } = await cockpit(["fleet", "watch", "--source", "file:spent.ndjson"], { cwd });
  const said = stdout.split("\n").map((it) => it.slice("2026-11-25 14:05:11  ".length));
  const budget = "billing has spent more than its budget";
  assert.deepEqual(said, [
    `alert     ${budget}: 2 of 1 USD an hour`,
    `updated   ${budget}: 4 of 1 USD an hour`,
    `updated   ${budget}: 10 of 1 USD an hour`,
    "",
  ]);
});

test("agents stream in, are seen, paused and resumed; the watcher's end keeps everything", async () => {
  const cwd = workspace({});
  const watcher = await watch(cwd, 0, ["--format", "json"]);
  assert.ok(await post(watcher.url, request(0, 100, 2)));
  const status = async () => JSON.parse((await cockpit(["fleet", "status", "--format", "json"], { cwd })).stdout);
  const { watcher: seen, agents, alerts, mothballed } = await status();
  assert.deepEqual([seen.pid, seen.url, alerts, mothballed], [watcher.child.pid, watcher.url, [], {}]);
  assert.deepEqual(
    agents.map((it: Record<string, unknown>) => [it.agentId, it.calls, it.inputTokens, it.mothball]),
    [
      ["agent-0", 50, 350, null],
      ["agent-1", 50, 350, null],
    ],
  );

  const pause = ["fleet", "mothball", "--id", "agent-1", "--reason", "it loops", "--by", "me"];
  const asked = async () => (await fetch(`${watcher.url}/agents/agent-1/mothball`)).status;
  assert.deepEqual([(await cockpit(pause, { cwd })).code, await asked()], [1, 204]);
  assert.deepEqual([(await cockpit([...pause, "-f"], { cwd })).code, await asked()], [0, 200]);
  const again = await cockpit([...pause, "-f"], { cwd });
  assert.match(again.stdout, /^agent-1 is paused already, by me since .*: it loops\n$/);
  assert.equal(again.stderr, "");
  assert.deepEqual(Object.keys((await status()).mothballed), ["agent-1"]);
  const resumed = await cockpit(["fleet", "resume", "--id", "agent-1", "--by", "me", "--reason", " mended ", "-f"], { cwd });
  assert.deepEqual([resumed.code, resumed.stdout, await asked()], [0, "agent-1 is resumed\n", 204]);

  const second = await cockpit(["fleet", "watch", "--port", "0"], { cwd });
  assert.equal(second.code, 2);
  assert.match(second.stderr, new RegExp(`process ${watcher.child.pid} watches this workspace already, at ${watcher.url}; end it first`));
  assert.equal(await watcher.end("SIGTERM"), 143);
  assert.match(await watcher.errors, /cockpit: 100 events/);
  const after = await status();
  assert.deepEqual([after.watcher, after.agents.length], [null, 2]);
  const lake = new DatabaseSync(join(cwd, ".cockpit/lake/lake.db"), { readOnly: true });
  const signals = lake.prepare("select body from evidence where kind = 'signal' order by seq").all();
  lake.close();
  assert.deepEqual(
    signals.map(({ body }) => JSON.parse(String(body))).map(({ kind, by, reason }) => [kind, by, reason]),
    [
      ["mothball", "me", "it loops"],
      ["resume", "me", "mended"],
    ],
  );
});

test("who was killed with kill -9 is not in the way of the next watcher, even if its number is another's", async () => {
  const cwd = workspace({});
  const first = await watch(cwd);
  await first.end("SIGKILL");
  const claim = join(cwd, ".cockpit/lake/watcher.json");
  assert.equal(JSON.parse(readFileSync(claim, "utf8")).pid, first.child.pid);
  const second = await watch(cwd);
  assert.equal(await second.end("SIGINT"), 130);
  assert.equal(existsSync(claim), false);
});

/** A command line, and the sentence that it is answered with. */
const wrong: [args: string[], sentence: RegExp][] = [
  [
    ["watch", "--source", "kafka:x"],
    /"kafka:x" is no source; write --source otlp, file:PATH, gcp:PROJECT\/SUBSCRIPTION or bigquery:PROJECT\/DATASET/,
  ],
  [["watch", "--source", "file:missing.ndjson"], /missing\.ndjson is no file that can be read; name one with --source file:PATH/],
  [["watch", "--source", "file:."], /is no file that can be read/],
  [["watch", "--source", "file:a.csv", "--follow"], /a\.csv cannot be followed: only NDJSON can; leave --follow out to replay it/],
  [["watch", "--port", "http"], /--port must be a number from 0 to 65535, not http/],
  [["watch", "--port", "70000"], /--port must be a number from 0 to 65535, not 70000/],
  [["watch", "--host", "0.0.0.0", "--port", "0"], /0\.0\.0\.0 can be reached from outside of this machine: set COCKPIT_OTLP_TOKEN/],
  [["watch", "--port", "0", "--scores"], /--scores replays files alone/],
  [
    ["watch", "--port", "0", "--webhook", "http://bob:hunter2@127.0.0.1:1/x"],
    /^(?!.*hunter2).*the webhook at 127\.0\.0\.1:1 must not have a user and password in its address/,
  ],
  [["watch", "--port", "0", "--webhook", "example.com/hook?token=hunter2"], /^(?!.*hunter2).*--webhook must be an address such as https:/],
  [["watch", "--port", "0", "--webhook", "ftp://example.com/"], /--webhook must be an address such as https:/],
  [["watch", "--port", "0", "--agents"], /--agents is for programs: add --format json/],
  [["watch", "--source", "file:a.csv", "--agents", "--format", "json"], /--agents follows agents as they run/],
  [["status", "--since", "soon"], /--since must be a time span such as 15m, 1h or 7d, not "soon"/],
  [["status", "--since", "999999999d", "--format", "json"], /--since must be at most 36500d, not "999999999d"/],
  [["watch", "--source", "bigquery:project/dataset", "--poll", "30d"], /--poll must be at most 24d, not "30d"/],
  [["mothball", "--reason", "x"], /which agent\? name it with --id/],
  [["mothball", "--id", "", "--reason", "x", "-f"], /which agent\? name it with --id/],
  [["mothball", "--id", "__proto__", "--reason", "x", "-f"], /no agent may have this name: __proto__/],
  [["mothball", "--id", "a"], /say why with --reason/],
  [["resume"], /which agent\? name it with --id/],
];
for (const [args, sentence] of wrong)
  test(`fleet ${args.join(" ")} is told what is wrong`, async () => {
    const { code, stdout, stderr } = await cockpit(["fleet", ...args], { cwd: workspace({ "a.csv": "time,value\n" }) });
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, sentence);
    assert.doesNotMatch(stderr, /\n {4}at |Error:/);
  });

test("a workspace that cannot be claimed is not said to be watched already", async () => {
  const cwd = workspace({ ".cockpit/lake/watcher.lock": "no database, and longer than a header of one: ".repeat(9) });
  const { code, stderr } = await cockpit(["fleet", "watch", "--port", "0"], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /^cockpit: .*watcher\.lock cannot be locked: file is not a database\n$/);
});

test("who is paused with all agents is not said to go on", async () => {
  const cwd = workspace({});
  const paused = await cockpit(["fleet", "mothball", "--id", "*", "--reason", "stop", "-f"], { cwd });
  assert.deepEqual([paused.code, paused.stdout, paused.stderr], [0, "all agents are paused: the next call of each is refused\n", ""]);
  const { code, stderr } = await cockpit(["fleet", "resume", "--id", "billing", "-f"], { cwd });
  assert.deepEqual([code, stderr], [2, 'cockpit: billing is paused with all agents; to resume all, write --id "*"\n']);
  assert.equal((await cockpit(["fleet", "resume", "--id", "*", "-f"], { cwd })).code, 0);
});

test("a pause says who made it, however that is left out, and when nobody of that name was heard", async () => {
  const cwd = workspace({});
  const pause = (...more: string[]) => cockpit(["fleet", "mothball", "--id", "billing", "--reason", "x", ...more], { cwd });
  const unheard = "cockpit: no agent named billing was heard in .: are --id and --target right?\n";
  assert.deepEqual((await pause("--by", " ")).stderr, unheard);
  assert.deepEqual((await pause("--by", "", "-f")).stderr, unheard);
  const { agents } = JSON.parse(readFileSync(join(cwd, ".cockpit/mothball.json"), "utf8"));
  assert.match(agents.billing.by, /^.+@.+$/);
  assert.equal((await pause("--quiet")).stderr, "");
});

test("of two who pause an agent at one time, the second is told of the first, and is no evidence", async () => {
  const cwd = workspace({ ".cockpit/lake/.keep": "" });
  const held = tryLock(join(cwd, ".cockpit/lake/mothball.lock"));
  const second = cockpit(["fleet", "mothball", "--id", "billing", "--reason", "mine", "-f"], { cwd });
  // By then it has read that nobody is paused, and waits for the lock.
  await sleep(1500);
  const pause = { by: "ana", at: "2026-11-23T10:00:00.000Z", reason: "hers" };
  writeFileSync(join(cwd, ".cockpit/mothball.json"), JSON.stringify({ version: 1, agents: { billing: pause } }));
  held?.release();
  const { code, stdout } = await second;
  assert.deepEqual([code, stdout], [0, "billing is paused already, by ana since 2026-11-23T10:00:00.000Z: hers\n"]);
  assert.equal(existsSync(join(cwd, ".cockpit/lake/lake.db")), false);
});

test("who is paused by name and with all agents stays paused when the first is lifted, and is said to", async () => {
  const cwd = workspace({});
  const pause = (id: string, reason: string) => cockpit(["fleet", "mothball", "--id", id, "--reason", reason, "--by", "me", "-f"], { cwd });
  const resume = (id: string, ...more: string[]) => cockpit(["fleet", "resume", "--id", id, ...more], { cwd });
  await pause("*", "stop");
  await pause("billing", "it loops");
  const held = /; it stays paused with all agents, by me since \S+: stop; to resume all, write --id "\*"\n$/;
  const planned = await resume("billing");
  assert.match(
    planned.stdout,
    /^billing's own pause would be lifted; it is paused by me since \S+: it loops; --apply writes \S+mothball\.json;/,
  );
  assert.match(planned.stdout, held);
  const done = await resume("billing", "-f");
  assert.deepEqual([planned.code, done.code], [1, 1]);
  assert.match(done.stdout, /^billing's own pause is lifted;/);
  assert.match(done.stdout, held);

  await pause("billing", "it loops");
  const { code, stdout } = await resume("billing", "-f", "--format", "json");
  const { state, before, others } = JSON.parse(stdout);
  assert.deepEqual([code, state, before.reason, Object.keys(others), others["*"].reason], [1, "done", "it loops", ["*"], "stop"]);

  await pause("billing", "it loops");
  const all = await resume("*", "-f");
  assert.deepEqual([all.code, all.stdout], [0, "all agents are resumed, but for 1 agent paused by name\n"]);
  assert.equal((await resume("*", "-f")).stdout, "there is no pause of all agents; paused by name: 1 agent\n");
  const last = await resume("billing", "-f");
  assert.deepEqual([last.code, last.stdout], [0, "billing is resumed\n"]);
});

test("status says when nobody of the name that was asked for is known", async () => {
  const cwd = workspace({});
  await cockpit(["fleet", "mothball", "--id", "billing", "--reason", "x", "-f"], { cwd });
  const { code, stderr } = await cockpit(["fleet", "status", "--no-audit", "--id", "biling"], { cwd });
  assert.deepEqual([code, stderr], [0, "cockpit: no agent named biling is known here; cockpit fleet status lists all\n"]);
});

test("status of a lake that is damaged is told so", async () => {
  const cwd = workspace({ ".cockpit/lake/lake.db": "no database" });
  const { code, stdout, stderr } = await cockpit(["fleet", "status", "--no-audit"], { cwd });
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^cockpit: the lake cannot be read: file is not a database/);
});

test("a pause file that is not as it must be is named, and stays as it is", async () => {
  const wrong = {
    "it is no JSON": "{",
    "agents.a.by: Invalid input": '{ "version": 1, "agents": { "a": { "by": 1, "at": "", "reason": "" } } }',
  };
  for (const [problem, text] of Object.entries(wrong)) {
    const cwd = workspace({ ".cockpit/mothball.json": text });
    for (const args of [["status"], ["mothball", "--id", "a", "--reason", "x", "-f"], ["resume", "--id", "a", "-f"]]) {
      const { code, stderr } = await cockpit(["fleet", ...args], { cwd });
      assert.equal(code, 2);
      assert.match(stderr, /mothball\.json is not as it must be \(.*\); mend it, or remove it to resume all agents/);
      assert.ok(stderr.includes(`(${problem}`), stderr);
    }
    assert.equal(readFileSync(join(cwd, ".cockpit/mothball.json"), "utf8"), text);
  }
});

test("status for people: findings and alerts make health, figures are those of the window, in every format", async (context) => {
  const cwd = workspace({ ...fleet, "cockpit.json": '{ "rules": { "untracked-client": "error" } }' });
  const watcher = await watch(cwd, 0, ["--format", "json"]);
  context.after(() => watcher.end("SIGTERM"));
  assert.ok(await post(watcher.url, request(0, 100, 2)));
  const status = async (...args: string[]) => (await cockpit(["fleet", "status", ...args], { cwd })).stdout;
  const pretty = await status();
  assert.match(pretty, /^critical {2}billing {2}agents\/billing · python · OpenAI\n/);
  assert.match(pretty, /^ {2}agents\/billing\/agent\.py:4:10 {2}error {3}untracked-client/m);
  assert.match(pretty, /^green {5}agent-0, agent-1, \S*calm$/m);
  assert.match(
    pretty,
    /^figures of the last 1h · watched by process \d+ at http:\S+ · 4 agents · heard now\n1 critical · 3 green · last minute: 100 calls\/min · 700 tokens\/min/m,
  );
  assert.match(
    await status("--verbose"),
    /^green {5}agent-1 {2}not an agent of this workspace\n {2}calls 50 · errors 0 · tokens 350 · USD unknown · p50 \S+ · p95 \S+ · heard now$/m,
  );
  assert.match(await status("--verbose", "--no-audit"), /^green {5}agent-1\n {2}calls 50 /m);
  assert.match(await status("--id", "agent-1"), /^figures of the last 1h · .* · 1 agent · /m);
  assert.match(await status("--format", "markdown"), /^# Fleet\n\nfigures of the last 1h · [\s\S]* · last minute: [\s\S]*^### `billing`$/m);
  assert.match(await status("--format", "html"), /<h3><bdi>billing<\/bdi><\/h3>/);
});
