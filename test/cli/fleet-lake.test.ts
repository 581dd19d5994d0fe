/** What commands say of a lake: `fleet export` and the evidence that `doctor` verifies. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { FleetEvent } from "../../server/fleet/event.ts";
import { readFleetEvent } from "../../server/protocol/fleet-event.ts";
import type { AuditReport } from "../../server/protocol/report.ts";
import type { Evidence } from "../../server/telemetry/lake/evidence.ts";
import { openLakeFile } from "../../server/telemetry/lake/lake-file.ts";
import { rowOf } from "../../server/telemetry/lake/schema.ts";
import { cockpit, fleet, snapshot, workspace } from "./cockpit.ts";

const noon = Date.parse("2026-11-23T12:00:00Z");
const events: FleetEvent[] = Array.from({ length: 2500 }, (_, i) => ({
  id: `e${String(i).padStart(5, "0")}`,
  time: noon + i,
  agentId: i % 2 ? "billing" : "=cmd|' /C calc'!A0",
  operation: "chat",
  model: "gpt-4o-mini",
  inputTokens: i,
  durationMs: 1.5,
  source: "otlp",
  ...(i % 3 ? { costUsd: 0.000_042 } : { error: 'said "no",\nthen left', metrics: { queue: i / 4 } }),
}));

function withLake(all: readonly FleetEvent[], evidence: readonly Evidence[] = []): string {
  const folder = workspace({ ".cockpit/.keep": "" });
  const lake = openLakeFile(lakeOf(folder), () => assert.fail("damaged"));
  lake.write({ cells: all.flatMap(rowOf), evidence, state: {} });
  lake.close();
  return folder;
}

const lakeOf = (folder: string) => join(folder, ".cockpit/lake/lake.db");
const sorted = (event: object) =>
  Object.fromEntries(
    Object.entries(event)
      .filter(([, it]) => it != null)
      .sort(),
  );

test("NDJSON says each event exactly, as the file connector reads it", async () => {
  const folder = withLake(events);
  const { stdout, code, stderr } = await cockpit(["fleet", "export"], { cwd: folder });
  assert.equal(code, 0, stderr);
  const read = stdout
    .trimEnd()
    .split("\n")
    .map((line) => readFleetEvent(JSON.parse(line)));
  assert.deepEqual(
    read.map((it) => "event" in it && sorted(it.event)),
    events.map(sorted),
  );
});

test("Parquet says each event exactly", async () => {
  const folder = withLake(events);
  const { code, stderr } = await cockpit(["fleet", "export", "--format", "parquet", "-o", "out.parquet"], { cwd: folder });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /2,500 events in out\.parquet/);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, "out.parquet")) });
  assert.deepEqual(
    rows.map((row) => sorted({ ...row, time: row.time.getTime() })),
    events.map(sorted),
  );
  assert.deepEqual(
    readdirSync(folder).filter((it) => it.endsWith(".part")),
    [],
  );
});

test("a file is written as it is named, unless another format is asked for", async () => {
  const cwd = withLake(events.slice(0, 3));
  const startOf = async (file: string, ...more: string[]) => {
    const { code } = await cockpit(["fleet", "export", "-o", file, ...more], { cwd });
    return [code, readFileSync(join(cwd, file), "utf8").slice(0, 4)];
  };
  assert.deepEqual(await startOf("a.CSV"), [0, "time"]);
  assert.deepEqual(await startOf("a.parquet"), [0, "PAR1"]);
  assert.deepEqual(await startOf("a.jsonl"), [0, '{"ti']);
  assert.deepEqual(await startOf("b.csv", "--format", "ndjson"), [0, '{"ti']);
});

test("CSV has a line for each event, and no cell that a spreadsheet runs", async () => {
  const { stdout } = await cockpit(["fleet", "export", "--format", "csv", "--id", "=cmd|' /C calc'!A0"], {
    cwd: withLake(events.slice(0, 3)),
  });
  assert.equal(
    stdout,
    [
      "time,id,agentId,operation,model,provider,inputTokens,outputTokens,costUsd,durationMs,error,traceId,spanId,source,metrics",
      `2026-11-23T12:00:00.000Z,e00000,'=cmd|' /C calc'!A0,chat,gpt-4o-mini,,0,,,1.5,"said ""no"",\nthen left",,,otlp,"{""queue"":0}"`,
      "2026-11-23T12:00:00.002Z,e00002,'=cmd|' /C calc'!A0,chat,gpt-4o-mini,,2,,0.000042,1.5,,,,otlp,",
      "",
    ].join("\n"),
  );
});

test("--since leaves out what is older; a file that is there stays when nothing can be written", async () => {
  const now = Date.now();
  const folder = withLake([
    { id: "old", time: now - 7_200_000, agentId: "a" },
    { id: "new", time: now - 1000, agentId: "a" },
  ]);
  const { stdout } = await cockpit(["fleet", "export", "--since", "1h"], { cwd: folder });
  assert.deepEqual(stdout.match(/"id":"\w+"/g), ['"id":"new"']);
  writeFileSync(join(folder, "out.csv"), "mine");
  writeFileSync(lakeOf(folder), "no database");
  const { code, stderr } = await cockpit(["fleet", "export", "--format", "csv", "-o", "out.csv"], { cwd: folder });
  assert.deepEqual([code, stderr.includes("the lake cannot be read")], [2, true]);
  assert.equal(readFileSync(join(folder, "out.csv"), "utf8"), "mine");
});

test("what cannot be exported is said", async () => {
  const folder = workspace({});
  const none = await cockpit(["fleet", "export"], { cwd: folder });
  assert.deepEqual([none.code, none.stderr.includes("cockpit fleet watch begins one")], [2, true]);
  const parquet = await cockpit(["fleet", "export", "--format", "parquet"], { cwd: withLake([]) });
  assert.deepEqual([parquet.code, parquet.stderr.includes("--output")], [2, true]);
});

test("an export is never written over the lake, nor in the place of a folder or a pipe", async () => {
  const folder = withLake(events.slice(0, 3), signals);
  const before = readFileSync(lakeOf(folder));
  symlinkSync(join(folder, ".cockpit/lake"), join(folder, "link"), "junction");
  for (const output of [".cockpit/lake/lake.db", "link/lake.db", ".cockpit"]) {
    const { code, stderr } = await cockpit(["fleet", "export", "-o", output, "--format", "csv"], { cwd: folder });
    assert.equal(code, 2, output);
    assert.match(stderr, /belongs to the lake itself; name another file with --output|is no file; name one with --output/);
  }
  assert.deepEqual(readFileSync(lakeOf(folder)), before);
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [join(folder, "pipe")]);
  assert.equal((await cockpit(["fleet", "export", "-o", "pipe"], { cwd: folder })).code, 2);
  assert.ok(statSync(join(folder, "pipe")).isFIFO());
});

test("beside the lake, only its own files are not written over", async () => {
  const cwd = withLake(events.slice(0, 3));
  const codeOf = async (ending: string) => {
    writeFileSync(lakeOf(cwd) + ending, "");
    return (await cockpit(["fleet", "export", "-o", lakeOf(cwd) + ending], { cwd })).code;
  };
  for (const ending of [".ndjson", ".csv", "ase.csv", "-wal.csv", ".broken.csv"]) assert.equal(await codeOf(ending), 0, ending);
  for (const ending of [".damaged-1", ".damaged-1-wal", "-journal", ".broken"]) assert.equal(await codeOf(ending), 2, ending);
});

const unreadable: [name: string, spoil: (folder: string) => void, said: RegExp][] = [
  [
    "damaged",
    (folder) => writeFileSync(lakeOf(folder), "no database, and longer than a header of one".repeat(9)),
    /file is not a database/,
  ],
  ["a newer cockpit's", (folder) => change(folder, "PRAGMA user_version = 99"), /it was written by a newer cockpit/],
];
for (const [name, spoil, said] of unreadable)
  test(`a lake that cannot be read (${name}) is said in a sentence`, async () => {
    const folder = withLake(events.slice(0, 3), signals);
    spoil(folder);
    for (const args of [["status"], ["status", "--format", "json"], ["export"]]) {
      const { code, stdout, stderr } = await cockpit(["fleet", ...args], { cwd: folder });
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, /^cockpit: the lake cannot be read: .*\n$/);
      assert.match(stderr, said);
    }
    const { state, detail } = await evidenceOf(folder);
    assert.equal(state, "broken");
    assert.match(detail, said);
  });

test("a lake whose tables nobody came to make is none yet", async () => {
  const folder = workspace({ ".cockpit/lake/lake.db": "" });
  const { code, stdout, stderr } = await cockpit(["fleet", "status", "--format", "json"], { cwd: folder });
  assert.deepEqual([code, JSON.parse(stdout).agents], [0, []], stderr);
  assert.equal((await evidenceOf(folder)).state, "missing");
  const none = await cockpit(["fleet", "export"], { cwd: folder });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^cockpit: .*lake\.db is no lake yet; cockpit fleet watch begins one\n$/);
});

const signals: Evidence[] = ["a", "b", "c"].map((agentId, i) => ({ time: noon + i, kind: "signal", body: { kind: "mothball", agentId } }));

async function evidenceOf(folder: string) {
  const { stdout, code } = await cockpit(["doctor", "--format", "json"], { cwd: folder });
  const { name: _, ...check } = JSON.parse(stdout).checks.find((it: { name: string }) => it.name === "evidence");
  return { code, ...check };
}

function change(folder: string, sql: string) {
  const database = new DatabaseSync(lakeOf(folder));
  database.exec(sql);
  database.close();
}

test("doctor finds evidence that was changed or removed", async () => {
  const folder = withLake([], signals);
  const { state, code, detail } = await evidenceOf(folder);
  assert.deepEqual({ state, code }, { state: "ok", code: 0 });
  assert.match(detail, /lake\.db: 3 records, intact; head [0-9a-f]{64}$/);
  assert.equal((await evidenceOf(workspace({}))).state, "missing");
  change(folder, `UPDATE evidence SET body = replace(body, '"b"', '"x"') WHERE seq = 2`);
  const changed = await evidenceOf(folder);
  assert.deepEqual([changed.state, changed.code], ["broken", 2]);
  assert.match(changed.detail, /record 2 was changed/);
  const removed = withLake([], signals);
  change(removed, "DELETE FROM evidence WHERE seq = 1");
  assert.match((await evidenceOf(removed)).detail, /record 1 was changed, or one before it removed/);
});

test("doctor finds a record of which only the number was changed", async () => {
  for (const [sql, brokenAt] of [
    ["UPDATE evidence SET seq = 9 WHERE seq = 3", 3],
    ["UPDATE evidence SET seq = 0 WHERE seq = 1", 1],
    ["UPDATE evidence SET seq = 9 WHERE seq = 2; UPDATE evidence SET seq = 2 WHERE seq = 3; UPDATE evidence SET seq = 3 WHERE seq = 9", 2],
  ] as const) {
    const folder = withLake([], signals);
    change(folder, sql);
    const { state, code, detail } = await evidenceOf(folder);
    assert.deepEqual([state, code], ["broken", 2], sql);
    assert.match(detail, new RegExp(`record ${brokenAt} was changed`));
  }
});

test("an audit is recorded when asked for: counts by rule, and the digest of its report", async () => {
  const folder = workspace(fleet);
  const before = snapshot(folder);
  await cockpit(["audit", "--format", "json"], { cwd: folder });
  assert.deepEqual(snapshot(folder), before, "an audit writes nothing by itself");
  const { stdout, code } = await cockpit(["audit", "--format", "json", "--record"], { cwd: folder });
  await cockpit(["audit", "-t", "agents/calm", "--record", "-q"], { cwd: folder });
  const database = new DatabaseSync(lakeOf(folder), { readOnly: true });
  const rows = database.prepare("SELECT kind, body FROM evidence ORDER BY seq").all();
  database.close();
  const [body, second] = rows.map((it) => JSON.parse(String(it.body)));
  const { agents, outside, summary }: AuditReport = JSON.parse(stdout);
  assert.equal(code, 1);
  assert.deepEqual([rows[0]?.kind, body.kind, body.target, body.bySeverity], ["finding", "audit", ".", summary.bySeverity]);
  assert.deepEqual(body.agents[0], {
    id: agents[0]?.id,
    health: agents[0]?.health,
    findings: Object.fromEntries(agents[0]?.findings.map(({ rule }) => [rule, 1]) ?? []),
    notRun: 0,
  });
  assert.equal(body.digest, createHash("sha256").update(JSON.stringify({ agents, outside })).digest("hex"));
  assert.equal(second.target, "agents/calm");
  const { detail } = await evidenceOf(folder);
  assert.match(detail, /2 records, intact/);
  const status = await cockpit(["fleet", "status", "--format", "json"], { cwd: folder });
  assert.deepEqual(JSON.parse(status.stdout).alerts, [], "an audit is no alert");
  change(folder, "UPDATE evidence SET body = replace(body, '\"E701\":1', '\"E701\":0') WHERE seq = 1");
  assert.match((await evidenceOf(folder)).detail, /record 1 was changed/);
  const refused = await cockpit(["audit", "--record"], { cwd: workspace({ "a.py": "x = 1\n", ".cockpit/lake": "no folder" }) });
  assert.deepEqual([refused.code, /the audit was not recorded/.test(refused.stderr)], [2, true]);
});
