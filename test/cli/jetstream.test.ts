/** `cockpit audit` and `cockpit fleet watch` in a terminal, as a person sees them. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { widthOf } from "../../server/cli/live/cells.ts";
import { hostileTexts } from "../hostile.ts";
import { post, request } from "../live/watcher.ts";
import { hasPty, openPty, type Pty, type PtyOptions } from "../pty.ts";
import { cockpit, command, environment, workspace } from "./cockpit.ts";

const inTerminal = { skip: hasPty ? false : "Python 3 is not installed" };

/** Enough work for a table to show, and to be seen on a busy machine: `critical` agents, some with warnings, and many that are well. */
function manyAgents(count: number, files: number) {
  const all: Record<string, string> = {
    "cockpit.json": '{ "rules": { "E702": "error", "untracked-client": "off", "uncapped-client": "off" } }',
  };
  for (let i = 0; i < count; i++) {
    const body = i % 40 === 7 ? "import os; import sys\n" : i % 10 === 3 ? "if True: pass\n" : "";
    all[`agents/agent-${i}/pyproject.toml`] = `[project]\nname = "agent-${i}"\n`;
    all[`agents/agent-${i}/main.py`] = `from openai import OpenAI\n\nclient = OpenAI()\n${body}`;
    // What a comment silences is found first, which takes its time on a fast machine too.
    for (let k = 0; k < files; k++) all[`agents/agent-${i}/m${k}.py`] = "x = 1; y = 2  # cockpit-ignore E702\n".repeat(200);
  }
  return all;
}

let made: string | undefined;
/** Audits write nothing: one is enough for all. */
function fleet(): string {
  made ??= workspace(manyAgents(120, 15));
  return made;
}

const opened: Pty[] = [];
afterEach(() => {
  for (const it of opened.splice(0)) it.kill();
});

function open(args: readonly string[], options: Omit<PtyOptions, "env"> & { env?: Record<string, string> }): Pty {
  const env = { ...environment(), TERM: "xterm-256color", ...options.env };
  const pty = openPty([process.execPath, ...command, ...args], { ...options, env });
  opened.push(pty);
  return pty;
}

async function until<T>(look: () => Promise<T> | T, isIt: (it: T) => boolean, context: TestContext): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    await sleep(20, undefined, { signal: context.signal });
  }
}

const has = (pattern: RegExp) => (rows: readonly string[]) => rows.some((it) => pattern.test(it));
const timeout = 60_000;

const moves = /\p{Cc}\[\??[\d;]*[A-LP-Zhl]|\r(?!\n)/u;
const colours = /\p{Cc}\[[\d;]*m/u;
/** What the cockpit steers a terminal by. */
const ours = /\p{Cc}\[(?:\d*[ABJKm]|\?(?:25|2026)[hl])|[\r\n]/gu;

test("an audit shows a table while it runs, and the report alone when it is done", { ...inTerminal, timeout }, async (context) => {
  const cwd = fleet();
  const pty = open(["audit", "--no-cache", "--workspace"], { cwd: join(cwd, "agents/agent-3"), columns: 80, rows: 24 });
  const rows = await until(() => pty.rows(), has(/^health +agent +phase/), context);
  assert.match(rows[0] ?? "", /^auditing .* files? · \d+ agents? · \d+ errors?, \d+ warnings?/);
  assert(rows.length <= 23 && rows.every((it) => it.length <= 79));
  assert.equal(await pty.isCursorShown(), false);
  assert.equal(await pty.ended, 1);
  const all = await pty.rows("all");
  assert(!has(/^auditing|^health/)(all));
  assert.equal(all.filter((it) => it.startsWith("critical  agent-")).length, 3);
  assert.equal(all.filter((it) => it.startsWith("warning   agent-")).length, 12);
  assert.equal(all.filter((it) => it.startsWith("green ")).length, 1);
  assert(has(/^120 agents · /)(all));
  assert.equal(await pty.isCursorShown(), true);
});

for (const [columns, rows] of [
  [40, 12],
  [20, 3],
  [200, 50],
] as const)
  test(`a window of ${columns} × ${rows} is enough`, { ...inTerminal, timeout }, async (context) => {
    const pty = open(["audit", "--no-cache"], { cwd: fleet(), columns, rows });
    const seen = await until(() => pty.rows(), has(/^auditing/), context);
    assert(seen.length < rows && seen.every((it) => it.length < columns), seen.join("\n"));
    await pty.ended;
    assert(!has(/^auditing|^health|more: /)((await pty.rows("all")).slice(0, 3)));
  });

test("Ctrl-C takes the table away, shows the cursor and ends with 130", { ...inTerminal, timeout }, async (context) => {
  const pty = open(["audit", "--no-cache"], { cwd: fleet() });
  await until(() => pty.rows(), has(/^health/), context);
  pty.type("\u0003");
  assert.equal(await pty.ended, 130);
  assert.deepEqual(await pty.rows("all"), []);
  assert.equal(await pty.isCursorShown(), true);
});

for (const [what, env, args] of [
  ["CI", { CI: "true" }, []],
  ["TERM=dumb", { TERM: "dumb" }, []],
  ["--quiet", {}, ["--quiet"]],
] as const)
  test(`with ${what} nothing moves`, { ...inTerminal, timeout }, async () => {
    const pty = open(["audit", "--no-cache", ...args], { cwd: fleet(), env });
    await pty.ended;
    assert.doesNotMatch(pty.written(), moves);
    assert.match(pty.written(), /agent-7/);
  });

test("where stderr is no terminal nothing moves", { timeout }, async () => {
  const { stdout, stderr } = await cockpit(["audit", "--no-cache"], { cwd: fleet() });
  assert.doesNotMatch(stdout + stderr, moves);
  assert.match(stdout, /agent-7/);
});

for (const [what, env, args] of [
  ["NO_COLOR", { NO_COLOR: "1" }, []],
  ["--no-color", {}, ["--no-color"]],
] as const)
  test(`with ${what} the table has no colours`, { ...inTerminal, timeout }, async () => {
    const pty = open(["audit", "--no-cache", ...args], { cwd: fleet(), env });
    await pty.ended;
    assert.match(pty.written(), /health +agent/);
    assert.doesNotMatch(pty.written(), colours);
  });

async function watching(cwd: string, context: TestContext, options: Partial<PtyOptions> = {}) {
  const pty = open(["fleet", "watch", "--port", "0"], { cwd, ...options });
  const claim = join(cwd, ".cockpit/lake/watcher.json");
  const read = () => (existsSync(claim) ? String(JSON.parse(readFileSync(claim, "utf8")).url) : "");
  const url = await until(read, (it) => it !== "", context);
  return { pty, url };
}

test("fleet watch shows who lives in a table, in a window that changes, and ends with a report", {
  ...inTerminal,
  timeout,
}, async (context) => {
  const { pty, url } = await watching(workspace({}), context);
  assert(await post(url, request(0, 300, 100)));
  const rows = await until(() => pty.rows(), has(/^… \d+ more: \d+ green/), context);
  assert.equal(rows.length, 23);
  assert(has(/^green {5}agent-0 +live +3 +21 +\? /)(rows), rows.join("\n"));
  assert.match(rows.slice(0, 2).join("\n"), /^100 agents · 100 green · heard \S.*\nlast minute: 300 calls\/min · /);
  await pty.resize(40, 12);
  const narrow = await until(
    () => pty.rows(),
    (it) => it.length === 11 && has(/^health/)(it) && it.every((row) => row.length < 40),
    context,
  );
  assert(has(/^green {5}agent-0/)(narrow), narrow.join("\n"));
  await pty.resize(100, 30);
  // A window that grows brings back what the narrow one had scrolled away, until the table is drawn anew.
  await until(
    () => pty.rows(),
    (it) => has(/^health +agent +state +calls\/m +tok\/m/)(it) && it.filter((row) => row.startsWith("health")).length === 1,
    context,
  );
  pty.type("\u0003");
  assert.equal(await pty.ended, 130);
  // What a narrower window has wrapped out of sight is out of reach, too.
  const all = await pty.rows();
  assert(!has(/^health|more: /)(all), all.join("\n"));
  const green = all.find((it) => /^green {5}agent-0, .* and \d+ more$/.test(it)) ?? "";
  assert(green.length > 80 && green.length < 100, all.join("\n"));
  assert.equal(await pty.isCursorShown(), true);
});

test("findings join the table of who is watched", { ...inTerminal, timeout }, async (context) => {
  const { pty } = await watching(workspace(manyAgents(8, 0)), context);
  const rows = await until(() => pty.rows(), has(/^critical {2}agent-7 +unheard +– +– /), context);
  assert(has(/^8 agents · 1 critical, 1 warning, 6 green · nobody heard yet/)(rows), rows.join("\n"));
  pty.type("\u0003");
  await pty.ended;
});

test("an alert is a line above the table and stays there; the report tells it, with findings by their place from here", {
  ...inTerminal,
  timeout,
}, async (context) => {
  const budget = { fleet: { budgets: [{ agent: "*", unit: "tokens", per: "hour", limit: 20 }] } };
  const root = workspace({
    "cockpit.json": JSON.stringify({ ...budget, rules: { E702: "error", "untracked-client": "off" } }),
    "agents/agent-0/pyproject.toml": '[project]\nname = "agent-0"\ndependencies = ["openai"]\n',
    "agents/agent-0/main.py": "import openai; import os\n",
    ".cockpit/policy.json": "{}",
  });
  const { pty, url } = await watching(root, context, { cwd: join(root, "agents"), columns: 120 });
  await until(() => pty.rows(), has(/^critical {2}agent-0 +unheard/), context);
  assert(await post(url, request(0, 6, 1)));
  const rows = await until(() => pty.rows(), has(/^critical {2}agent-0 +live .* 1$/), context);
  const at = (pattern: RegExp) => rows.findIndex((it) => pattern.test(it));
  const alert = /^\S+ \S+ {2}alert {5}agent-0 has spent more than its budget: \d+ of 20 tokens an hour/;
  assert(at(alert) >= 0 && at(alert) < at(/^health +agent/), rows.join("\n"));
  pty.type("\u0003");
  await pty.ended;
  const all = await pty.rows("all");
  const left = all.slice(all.findIndex((it) => alert.test(it)) + 1).join("\n");
  assert.doesNotMatch(left, /^health/m);
  assert.match(left, /^cockpit: 6 events, 1 alert opened\b/m);
  assert.match(left, /^critical {2}agent-0 {2}.*\n {2}since .*\n {2}alert {2}agent-0 has spent .*\n.*\n {2}agent-0\/main\.py:1:14 +error/m);
});

test("a watcher that rests writes nothing", { ...inTerminal, timeout }, async (context) => {
  const { pty, url } = await watching(workspace({}), context);
  assert(await post(url, request(0, 30, 10)));
  await until(() => pty.rows(), has(/agent-9 +live/), context);
  await sleep(2500);
  const before = pty.written().length;
  await sleep(3000);
  assert(pty.written().length - before < 600, `${pty.written().length - before} bytes`);
  pty.type("\u0003");
  await pty.ended;
});

test("names that would steer a terminal are shown, and steer nothing", { ...inTerminal, timeout }, async (context) => {
  const { pty, url } = await watching(workspace({}), context, { columns: 60, rows: 40 });
  const names = hostileTexts.filter((it) => it !== "").map((it) => it.slice(0, 300));
  const spans = names.map((name, i) => ({
    traceId: `${i + 1}`.padStart(32, "0"),
    spanId: `${i + 1}`.padStart(16, "0"),
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [
      { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
      { key: "gen_ai.agent.id", value: { stringValue: name } },
    ],
  }));
  await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  const rows = await until(() => pty.rows(), has(/<img src=x/), context);
  assert(
    rows.filter((it) => it.startsWith("green")).every((it) => / live /.test(it) && widthOf(it) < 60),
    rows.join("\n"),
  );
  pty.type("\u0003");
  await pty.ended;
  const rest = pty.written().replace(ours, "");
  assert.doesNotMatch(rest, /\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u);
});
