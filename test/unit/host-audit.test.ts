/** The audit on folders that are not as they should be, and its cache. */
import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, afterEach, beforeEach, test } from "node:test";
import type { Severity } from "../../server/engine/finding.ts";
import { auditWorkspace } from "../../server/host/audit.ts";
import type { AgentProgress, AuditProgress } from "../../server/host/audit-progress.ts";
import { type CockpitConfig, defaultCockpitConfig } from "../../server/protocol/config.ts";
import type { AuditReport } from "../../server/protocol/report.ts";

const home = mkdtempSync(join(tmpdir(), "audit-"));
after(() => rmSync(home, { recursive: true, force: true }));

let root = "";
let counter = 0;
beforeEach(() => {
  root = join(home, `workspace-${counter++}`);
  process.env.COCKPIT_CACHE_DIR = join(root, "../cache", String(counter));
  mkdirSync(root);
});
afterEach(() => {
  delete process.env.COCKPIT_CACHE_DIR;
});

function write(path: string, content: string | Uint8Array) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const audit = async (options: Partial<Parameters<typeof auditWorkspace>[0]> = {}): Promise<AuditReport> =>
  (await auditWorkspace({ target: root, config: defaultCockpitConfig, ...options })).report;

const places = ({ agents, outside }: AuditReport) =>
  [...agents, outside].flatMap((it) => it.findings.map(({ rule, file, start }) => `${file}:${start.line}:${start.column} ${rule}`)).sort();

const notRun = ({ agents, outside }: AuditReport) =>
  Object.fromEntries([...agents, outside].flatMap((it) => it.notRun.map((no) => [no.file, no.reason])));

test("files that cannot be checked say why, and harm no other", async () => {
  write("good.py", "if x: y\n");
  write("binary.py", Buffer.from("if x: y\n\0\x01"));
  write("latin.py", Buffer.from("if x: y  # caf\xe9\n", "latin1"));
  write("utf16.py", Buffer.from("\ufeffif x: y\n", "utf16le"));
  write("huge.py", Buffer.alloc(50 * 1024 * 1024, "x = 1\n"));
  write("deep.py", `x = ${"[".repeat(10_000)}${"]".repeat(10_000)}\nif x: y\n`);
  write("deep.tsx", `import { A2UIRenderer } from "@a2ui/react";\nconst x = ${"(".repeat(10_000)}<A2UIRenderer />${")".repeat(10_000)};\n`);
  write("half.py", "def f(:\n  if x: y\nclass\n");
  write("empty.py", "");
  symlinkSync(".", join(root, "loop"));
  const report = await audit();
  const reasons = notRun(report);
  assert.deepEqual(Object.keys(reasons).sort(), ["binary.py", "huge.py", "latin.py", "utf16.py"]);
  assert.match(reasons["binary.py"] ?? "", /binary/);
  assert.match(reasons["latin.py"] ?? "", /UTF-8/);
  assert.match(reasons["utf16.py"] ?? "", /UTF-16/);
  assert.match(reasons["huge.py"] ?? "", /50\.0 MiB.*4\.0 MiB/);
  assert.equal(report.summary.notRun, 4);
  assert(places(report).includes("good.py:1:5 E701"));
  assert(places(report).includes("deep.py:2:5 E701"));
});

test("a byte-order mark counts in offsets, not in columns seen by people", async () => {
  write("bom.py", "\ufeffif x: y\r\n");
  const [finding] = (await audit()).outside.findings;
  assert.deepEqual(finding?.start, { line: 1, column: 6, offset: 5 });
  assert.deepEqual(
    finding?.fix?.edits.map((it) => it.text),
    ["\r\n    "],
  );
});

test("a file deleted while the audit runs is reported, not fatal", async () => {
  for (let i = 0; i < 100; i++) write(`f${i}.py`, "if x: y\n");
  let deleted = false;
  const report = await audit({
    onProgress: () => {
      if (!deleted) rmSync(join(root, "f99.py"));
      deleted = true;
    },
  });
  assert.equal(notRun(report)["f99.py"], "it was deleted during the audit");
  assert.equal(report.summary.findings, 99);
});

test("progress by agent ends at what the report says, also from the cache and after neighbours changed", async () => {
  for (let i = 0; i < 150; i++) {
    write(`agents/a${i % 3}/f${i}.py`, i % 5 ? "x = 1\n" : "if x: y\n");
    if (i < 3) write(`agents/a${i}/pyproject.toml`, "[project]\n");
  }
  for (const it of ["agents/a0", "agents/a1"]) write(`${it}/main.py`, "from openai import OpenAI\n\nclient = OpenAI()\n");
  const instruments = "from opentelemetry.instrumentation.openai import OpenAIInstrumentor\n\nOpenAIInstrumentor().instrument()\n";
  for (const change of [
    () => {},
    () => {},
    () => write("agents/a1/trace.py", instruments),
    () => rmSync(join(root, "agents/a1/trace.py")),
  ]) {
    change();
    let progress: AuditProgress | undefined;
    let shown: AgentProgress[] = [];
    const report = await audit({
      onStart: (it) => {
        progress = it;
      },
      onProgress: () => {
        shown = progress?.agents() ?? [];
      },
    });
    const told = report.agents.map(({ id, files: total, findings }) => {
      const of = (severity: Severity) => findings.filter((it) => it.severity === severity).length;
      return {
        id,
        phase: "done",
        done: total,
        total,
        bySeverity: { error: of("error"), warning: of("warning"), info: of("info") },
        notRun: 0,
      };
    });
    assert.deepEqual(progress?.agents(), told);
    assert.deepEqual(progress?.all().bySeverity, report.summary.bySeverity);
    assert.deepEqual(shown.map((it) => it.id).sort(), ["a0", "a1"]);
  }
});

test("while it is audited, an agent in the root itself is called what it will be called", async () => {
  write("pyproject.toml", "[project]\n");
  write("main.py", "from openai import OpenAI\n\nclient = OpenAI()\n");
  let progress: AuditProgress | undefined;
  const shown: (string | undefined)[] = [];
  await audit({
    cache: false,
    onStart: (it) => {
      progress = it;
    },
    onProgress: () => shown.push(...(progress?.agents() ?? []).map((it) => it.id)),
  });
  assert.deepEqual([...new Set(shown)], [basename(root)]);
});

test("many files on several threads give what few give on one", async () => {
  for (let i = 0; i < 200; i++) write(`pkg/f${i}.py`, i % 3 ? "x = 1\n" : "if x: y\n");
  const threaded = await audit({ cache: false });
  const single = await audit({ cache: false, workers: 0 });
  assert.equal(threaded.summary.findings, 67);
  assert.deepEqual(places(threaded), places(single));
});

test("an aborted audit rejects with the signal's reason", async () => {
  for (let i = 0; i < 200; i++) write(`f${i}.py`, "x = 1\n");
  const controller = new AbortController();
  const reason = new Error("enough");
  await assert.rejects(audit({ signal: controller.signal, onProgress: () => controller.abort(reason) }), reason);
});

test("an audit writes nothing into its target", async () => {
  write("a.py", "if x: y\n");
  const before = readdirSync(root, { recursive: true });
  await audit();
  assert.deepEqual(readdirSync(root, { recursive: true }), before);
  assert.equal(readdirSync(process.env.COCKPIT_CACHE_DIR ?? "").length, 1);
});

const old = new Date("2020-01-01");
const age = (path: string) => utimesSync(join(root, path), old, old);

test("the cache notices edits, even of the same size with the same time, and deletions", async () => {
  write("a.py", "if x: y\n");
  write("b.py", "if x: y\n");
  age("a.py");
  assert.deepEqual(places(await audit()), ["a.py:1:5 E701", "b.py:1:5 E701"]);
  write("a.py", "x = 123\n");
  age("a.py");
  assert.deepEqual(places(await audit()), ["b.py:1:5 E701"]);
  rmSync(join(root, "b.py"));
  assert.deepEqual(places(await audit()), []);
});

test("the cache notices that a file imports its runtime from elsewhere now, though the file is as it was", async () => {
  write("agent/main.py", "from openai import OpenAI\n\nclient = OpenAI()\n");
  write("agent/helper.py", "");
  const imports = (report: AuditReport) =>
    [...report.agents, report.outside].flatMap((it) => it.findings.map(({ fix }) => /from (\S+) import/.exec(JSON.stringify(fix))?.[1]));
  assert.deepEqual(imports(await audit()), ["cockpit_runtime", "cockpit_runtime"]);
  write("agent/__init__.py", "");
  assert.deepEqual(imports(await audit()), ["agent.cockpit_runtime", "agent.cockpit_runtime"]);
  rmSync(join(root, "agent/__init__.py"));
  assert.deepEqual(imports(await audit()), ["cockpit_runtime", "cockpit_runtime"]);
});

/** As if the cache had been written long after the files: what is not changed from now on is trusted unread. */
function trustCache(): string {
  const [name = ""] = readdirSync(process.env.COCKPIT_CACHE_DIR ?? "");
  const file = join(process.env.COCKPIT_CACHE_DIR ?? "", name);
  writeFileSync(file, readFileSync(file, "utf8").replace(/"writtenAt":\d+/, `"writtenAt":${Date.now() + 60_000}`));
  return file;
}

test("a trusted cache notices files that come and go, what is newly ignored, and edits", async () => {
  const finding = "if x: y\n";
  write("src/a.py", finding);
  write("src/deep/b.py", finding);
  await audit();
  const cached = trustCache();
  const before = readFileSync(cached, "utf8");
  assert.deepEqual(places(await audit()), ["src/a.py:1:5 E701", "src/deep/b.py:1:5 E701"]);
  assert.equal(readFileSync(cached, "utf8"), before, "nothing changed, so nothing was written");
  // Bytes that only a cache that is not looked at keeps apart: the entry counts, unread.
  writeFileSync(cached, before.replaceAll('"E701"', '"E999"'));
  assert.deepEqual(places(await audit()), ["src/a.py:1:5 E999", "src/deep/b.py:1:5 E999"]);
  write("src/deep/c.py", finding);
  write("src/a.py", `${finding}\n`);
  assert.deepEqual(places(await audit()), ["src/a.py:1:5 E701", "src/deep/b.py:1:5 E999", "src/deep/c.py:1:5 E701"]);
  trustCache();
  write(".gitignore", "deep/\n");
  assert.deepEqual(places(await audit()), ["src/a.py:1:5 E701"]);
  trustCache();
  rmSync(join(root, ".gitignore"));
  renameSync(join(root, "src/deep/b.py"), join(root, "src/deep/d.py"));
  assert.deepEqual(places(await audit()), ["src/a.py:1:5 E701", "src/deep/c.py:1:5 E701", "src/deep/d.py:1:5 E701"]);
});

test("the cache holds for one configuration only", async () => {
  write("a.py", "class C: ...\n");
  const pycodestyle: CockpitConfig = { ...defaultCockpitConfig, e70: "pycodestyle" };
  assert.deepEqual(places(await audit()), []);
  assert.deepEqual(places(await audit({ config: pycodestyle })), ["a.py:1:8 E701"]);
  assert.deepEqual(places(await audit({ config: { ...pycodestyle, rules: { E701: "off" } } })), []);
  assert.deepEqual(places(await audit({ config: pycodestyle, only: new Set(["E702"]) })), []);
});

test("a broken cache is as good as none, and one that cannot be written does no harm", async () => {
  write("a.py", "if x: y\n");
  await audit();
  const folder = process.env.COCKPIT_CACHE_DIR ?? "";
  const [file = ""] = readdirSync(folder);
  writeFileSync(join(folder, file), readFileSync(join(folder, file), "utf8").slice(0, 40));
  assert.deepEqual(places(await audit()), ["a.py:1:5 E701"]);
  process.env.COCKPIT_CACHE_DIR = join(root, "a.py");
  const warnings: string[] = [];
  assert.deepEqual(places(await audit({ onWarning: (it) => warnings.push(it) })), ["a.py:1:5 E701"]);
  assert.match(warnings.join("\n"), /^the next audit will be slower, .*EEXIST|ENOTDIR/);
});

test("tracing turned on in one file covers the clients of its agent and of no other", async () => {
  for (const agent of ["traced", "plain"]) {
    write(`${agent}/requirements.txt`, "openai\n");
    write(`${agent}/llm.py`, "from openai import OpenAI\nclient = OpenAI()\n");
  }
  write("traced/main.py", 'from traceloop.sdk import Traceloop\nTraceloop.init(app_name="x")\n');
  const report = await audit();
  const tracing = (it: AuditReport) => places(it).filter((place) => place.endsWith("untracked-client"));
  assert.deepEqual(tracing(report), ["plain/llm.py:2:10 untracked-client"]);
  assert.deepEqual(
    report.agents.map((it) => [it.id, it.health]),
    [
      ["plain", "warning"],
      ["traced", "green"],
    ],
  );
  // So it does for a file by itself.
  for (const [agent, found] of [
    ["traced", []],
    ["plain", ["llm.py:2:10 untracked-client"]],
  ] as const)
    assert.deepEqual(tracing(await audit({ target: join(root, agent, "llm.py") })), found);
  // And it still does when everything comes from the cache.
  assert.deepEqual(tracing(await audit()), ["plain/llm.py:2:10 untracked-client"]);
});

test("an unreadable folder is reported", async () => {
  write("locked/a.py", "if x: y\n");
  write("open/b.py", "if x: y\n");
  for (const it of [home, root]) chmodSync(it, 0o755);
  chmodSync(join(root, "locked"), 0);
  // Root reads everything: be somebody else for a while.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  const report = await audit({ cache: false }).finally(() => isRoot && process.seteuid?.(0));
  chmodSync(join(root, "locked"), 0o755);
  assert.match(notRun(report).locked ?? "", /cannot be read/);
  assert.deepEqual(places(report), ["open/b.py:1:5 E701"]);
});

test("files are read up to the limit and not beyond, whatever their size", async () => {
  const kib = 1024;
  const finding = "if x: y\n";
  for (const size of [100, 256 * kib, 300 * kib]) write(`${size}.py`, finding.padEnd(size, "#"));
  const sizes = async (maxFileBytes: number) => places(await audit({ cache: false, config: { ...defaultCockpitConfig, maxFileBytes } }));
  assert.deepEqual(await sizes(99), []);
  assert.deepEqual(await sizes(100), ["100.py:1:5 E701"]);
  assert.deepEqual(await sizes(256 * kib), ["100.py:1:5 E701", "262144.py:1:5 E701"]);
  assert.deepEqual(await sizes(300 * kib), ["100.py:1:5 E701", "262144.py:1:5 E701", "307200.py:1:5 E701"]);
});

test("what a file's neighbours said counts no longer when they have nothing to say", async () => {
  write("requirements.txt", "openai\nlogfire\n");
  write("agent.py", "from openai import OpenAI\n\nclient = OpenAI()\n");
  write("tracing.py", "import logfire\n\nlogfire.instrument_openai()\n");
  const only = new Set(["untracked-client"]);
  assert.deepEqual(places(await audit({ only })), []);
  write("tracing.py", "import logfire\n");
  assert.deepEqual(places(await audit({ only })), ["agent.py:3:10 untracked-client"]);
  trustCache();
  assert.deepEqual(places(await audit({ only })), ["agent.py:3:10 untracked-client"]);
});

test("a file may have more findings than a call may have arguments", async () => {
  write("a.py", "x=1;\n".repeat(140_000));
  assert.equal((await audit()).summary.findings, 140_000);
});

test("a single file of a kind that no rule reads is not run, never passed", async () => {
  write("README.md", "# Readme\n");
  const report = await audit({ target: join(root, "README.md") });
  assert.deepEqual(notRun(report), { "README.md": "no rule reads files of this kind" });
});

test("caches that nobody has used for a month are removed, others stay", async () => {
  write("a.py", "x = 1\n");
  const folder = process.env.COCKPIT_CACHE_DIR ?? "";
  mkdirSync(folder, { recursive: true });
  const longAgo = new Date(Date.now() - 40 * 24 * 3600 * 1000);
  for (const name of ["audit-old.json", ".audit-old.json.abc.cockpit", "other.json", "audit-new.json"])
    writeFileSync(join(folder, name), "");
  for (const name of ["audit-old.json", ".audit-old.json.abc.cockpit", "other.json"]) utimesSync(join(folder, name), longAgo, longAgo);
  await audit();
  const names = readdirSync(folder).filter((it) => !/^audit-[\da-f]{20}\.json$/.test(it));
  assert.deepEqual(names.sort(), ["audit-new.json", "other.json"]);
});
