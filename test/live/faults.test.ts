/** What goes wrong under a watcher: a disk that is full, a lake that is locked or damaged, a sender that stops halfway, files that are rotated. Nothing acknowledged is lost, nothing is there twice. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cockpit, workspace } from "../cli/cockpit.ts";
import { until } from "./status.ts";
import { type Answer, answerTo, post, request, type Watching, watch } from "./watcher.ts";

const lakeIn = (cwd: string) => join(cwd, ".cockpit/lake/lake.db");

/** What is in the lake of a watcher that has ended. */
function lakeOf(cwd: string) {
  const lake = new DatabaseSync(lakeIn(cwd), { readOnly: true });
  const { events, ids } = { ...lake.prepare("SELECT count(*) AS events, count(DISTINCT id) AS ids FROM events").get() };
  const check = lake.prepare("PRAGMA integrity_check").get()?.integrity_check;
  lake.close();
  return { events, ids, check };
}

/** Senders that send again what was not acknowledged, until they are told to stop. */
function senders(url: string, count: number) {
  const answers: Answer[] = [];
  let [sent, isOver] = [0, false];
  async function send() {
    while (!isOver) {
      const body = request(sent, 200, 50);
      sent += 200;
      for (let isTaken = false; !isTaken; ) {
        const answer = await answerTo(url, body, 20_000);
        answers.push(answer);
        isTaken = answer.status === 200;
        if (!isTaken) await sleep(50);
      }
    }
  }
  const all = Array.from({ length: count }, send);
  return {
    answers,
    /** Resolves when all that was sent is acknowledged, with how many events that are. */
    async stop() {
      isOver = true;
      await Promise.all(all);
      return sent;
    },
  };
}

interface SmallDisk {
  /** What the watcher is started with. */
  under: readonly string[];
  makeRoom(watcher: Watching): void;
}

const megabytes = 8;

/** Two ways to have no room; each is a real one. */
const disks: [name: string, make: (t: TestContext, cockpit: string) => SmallDisk | undefined][] = [
  [
    "a file system of its own",
    (t, cockpit) => {
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", cockpit], { stdio: "ignore" });
      } catch {
        return undefined;
      }
      t.after(() => execFileSync("umount", [cockpit]));
      return { under: [], makeRoom: () => execFileSync("mount", ["-o", "remount,size=256m", cockpit]) };
    },
  ],
  [
    "a limit on the size of files",
    () => ({
      under: ["prlimit", `--fsize=${megabytes * 1024 * 1024}:unlimited`],
      makeRoom: ({ child }) => execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited:unlimited"]),
    }),
  ],
];
for (const [name, make] of disks)
  test(`no room on the disk (${name}): senders are told to come again, and nothing acknowledged is lost`, async (t) => {
    if (process.platform !== "linux") return t.skip("needs Linux: mount or prlimit");
    const cwd = workspace({});
    mkdirSync(join(cwd, ".cockpit"));
    const disk = make(t, join(cwd, ".cockpit"));
    if (!disk) return t.skip("this user may not mount; the other way is used");
    t.diagnostic(`${name}, ${megabytes} MB`);
    const watcher = await watch(cwd, 0, [], disk);
    t.after(() => watcher.end("SIGKILL"));
    const load = senders(watcher.url, 3);
    const refused = () => load.answers.filter((it) => it.status !== 200);
    await until(async () => (refused().length >= 6 ? true : undefined), "a disk that is full");
    disk.makeRoom(watcher);
    const before = load.answers.length;
    await until(async () => (load.answers.slice(before).filter((it) => it.status === 200).length >= 20 ? true : undefined), "room again");
    const sent = await load.stop();
    for (const it of refused()) assert.deepEqual([it.status, Number(it.retryAfter) > 0], [503, true]);
    assert.equal(await watcher.end("SIGINT"), 130);
    const said = await watcher.errors;
    assert.match(
      said,
      /lake\.db cannot be written: .*(full|I\/O).*; until it can, senders are told to come again\n(.*\n)*the lake takes events again\n/,
    );
    assert.deepEqual(lakeOf(cwd), { events: sent, ids: sent, check: "ok" });
  });

test("a lake that another holds for longer than a write waits: senders come again; who asks about a pause does not wait", async (t) => {
  const cwd = workspace({});
  const watcher = await watch(cwd);
  t.after(() => watcher.end("SIGKILL"));
  assert.ok(await post(watcher.url, request(0, 10, 1)));
  const holder = new DatabaseSync(lakeIn(cwd));
  holder.exec("BEGIN IMMEDIATE");
  const locked = answerTo(watcher.url, request(10, 10, 1), 20_000);
  await sleep(200);
  const asked = fetch(`${watcher.url}/agents/a/mothball`);
  assert.equal(await Promise.race([asked.then((it) => it.status), locked]), 204, "who asks waits for the lake");
  const { status, retryAfter } = await locked;
  assert.deepEqual([status, retryAfter], [503, "5"]);
  holder.exec("COMMIT");
  holder.close();
  assert.ok(await post(watcher.url, request(10, 10, 1)));
  await watcher.end("SIGINT");
  assert.match(await watcher.errors, /cannot be written: database is locked; .*\nthe lake takes events again/);
  assert.deepEqual(lakeOf(cwd), { events: 20, ids: 20, check: "ok" });
});

test("a lake that is damaged while it is written: nothing is acknowledged, and the next watcher moves it aside and says so", async (t) => {
  const cwd = workspace({});
  const watcher = await watch(cwd);
  t.after(() => watcher.end("SIGKILL"));
  for (let i = 0; i < 20; i++) assert.ok(await post(watcher.url, request(i * 200, 200, 5)));
  damage(lakeIn(cwd));
  const answers = [];
  for (let i = 20; i < 23; i++) answers.push(await answerTo(watcher.url, request(i * 200, 200, 5)));
  assert.deepEqual(
    answers.map((it) => [it.status, it.retryAfter]),
    Array(3).fill([503, "5"]),
  );
  await watcher.end("SIGINT");
  assert.match(await watcher.errors, /lake\.db cannot be written: it is damaged; start the watcher again, which moves it aside/);

  const second = await watch(cwd);
  t.after(() => second.end("SIGKILL"));
  assert.ok(await post(second.url, request(20 * 200, 200, 5)));
  await second.end("SIGINT");
  assert.match(
    await second.errors,
    /the lake was damaged \(its damage showed while it was used\): it was moved to .*lake\.db\.damaged-\d+, and a new one begun/,
  );
  assert.deepEqual(lakeOf(cwd), { events: 200, ids: 200, check: "ok" });
  const aside = readdirSync(join(cwd, ".cockpit/lake")).filter((it) => /^lake\.db\.damaged-\d+$/.test(it));
  assert.equal(aside.length, 1);
  const third = await watch(cwd);
  await third.end("SIGINT");
  assert.doesNotMatch(await third.errors, /damaged/);
});

test("a lake that is removed while it is written: nothing is acknowledged from then on, and the next watcher begins a new one", async (t) => {
  if (process.platform === "win32") return t.skip("a file that is open cannot be removed there");
  const cwd = workspace({});
  const watcher = await watch(cwd);
  t.after(() => watcher.end("SIGKILL"));
  assert.ok(await post(watcher.url, request(0, 10, 1)));
  for (const end of ["", "-wal", "-shm"]) rmSync(`${lakeIn(cwd)}${end}`);
  const { status, retryAfter } = await answerTo(watcher.url, request(10, 10, 1));
  assert.deepEqual([status, retryAfter], [503, "5"]);
  // Whoever makes a lake there meanwhile makes another one.
  assert.equal((await cockpit(["fleet", "mothball", "--id", "a", "--reason", "x", "--apply"], { cwd })).code, 0);
  assert.equal((await answerTo(watcher.url, request(10, 10, 1))).status, 503);
  await watcher.end("SIGINT");
  assert.match(await watcher.errors, /lake\.db cannot be written: it was removed while it was open; start the watcher again/);
  const second = await watch(cwd);
  t.after(() => second.end("SIGKILL"));
  assert.ok(await post(second.url, request(10, 10, 1)));
  await second.end("SIGINT");
  assert.deepEqual(lakeOf(cwd), { events: 10, ids: 10, check: "ok" });
});

/** All but the first page, which says what the tables are. Another's write makes the watcher read the pages again. */
function damage(file: string) {
  const other = new DatabaseSync(file);
  other.exec("INSERT OR REPLACE INTO state VALUES ('other', '1'); PRAGMA wal_checkpoint(TRUNCATE)");
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(statSync(file).size - 4096, 0xa5), 0, undefined, 4096);
  closeSync(handle);
  other.close();
}

test("a sender that stops in the middle of a request keeps nobody waiting, and not the end of the watcher", async (t) => {
  const cwd = workspace({});
  const watcher = await watch(cwd);
  t.after(() => watcher.end("SIGKILL"));
  const { hostname, port } = new URL(watcher.url);
  const sockets = Array.from({ length: 50 }, () => connect(Number(port), hostname));
  for (const it of sockets) {
    it.on("error", () => {});
    it.write(`POST /v1/traces HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"resour`);
  }
  assert.ok(await post(watcher.url, request(0, 100, 5)));
  const since = performance.now();
  assert.equal(await watcher.end("SIGINT"), 130);
  assert.ok(performance.now() - since < 10_000, `it took ${performance.now() - since} ms to end`);
  for (const it of sockets) it.destroy();
  assert.deepEqual(lakeOf(cwd), { events: 100, ids: 100, check: "ok" });
});

test("a file that is followed while it is rotated, cut and the watcher killed: each line is one event", async (t) => {
  const cwd = workspace({ "app.ndjson": "" });
  const path = join(cwd, "app.ndjson");
  const follow = ["--source", "file:app.ndjson", "--follow"];
  let [watcher, written] = [await watch(cwd, 0, ["--live", ...follow]), 0];
  t.after(() => watcher.end("SIGKILL"));
  const line = () => JSON.stringify({ id: `line-${written++}`, time: Date.now(), agentId: "app", metrics: { value: written } });
  const lines = (count: number) => Array.from({ length: count }, () => `${line()}\n`).join("");
  const taken = () => {
    const lake = new DatabaseSync(lakeIn(cwd), { readOnly: true });
    const count = Number(lake.prepare("SELECT count(*) AS n FROM events").get()?.n);
    lake.close();
    return count;
  };
  const allTaken = () => until(async () => (taken() === written ? true : undefined), `${written} lines, of which there are ${taken()}`);

  appendFileSync(path, lines(1000));
  await allTaken();
  // Renamed, with a last line that has no end, and a new one begun.
  const last = line();
  appendFileSync(path, last.slice(0, 20));
  await sleep(300);
  appendFileSync(path, last.slice(20));
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, `\n${lines(50)}${line()}`);
  writeFileSync(path, lines(500));
  await allTaken();
  // Copied and cut.
  truncateSync(path);
  await sleep(300);
  appendFileSync(path, lines(200));
  await allTaken();
  // Gone for a while.
  renameSync(path, `${path}.2`);
  await sleep(300);
  assert.equal(existsSync(path), false);
  writeFileSync(path, lines(100));
  await sleep(20);
  await watcher.end("SIGKILL");
  appendFileSync(path, lines(100));
  watcher = await watch(cwd, 0, ["--live", ...follow]);
  await allTaken();
  await watcher.end("SIGINT");
  assert.deepEqual(lakeOf(cwd), { events: written, ids: written, check: "ok" });
});
