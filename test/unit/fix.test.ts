import assert from "node:assert/strict";
import { hash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { defaultConfig } from "../../server/engine/config.ts";
import { applyEdits } from "../../server/engine/finding.ts";
import { loadEngine } from "../../server/host/engine.ts";
import { report } from "../../server/host/file-audit.ts";
import { type FixPlan, isRefusal, planEdits, planFix, readSource, writeFix } from "../../server/host/fix.ts";

const folder = mkdtempSync(join(tmpdir(), "fix-"));
after(() => rmSync(folder, { recursive: true }));

let made = 0;
function workspace(files: Record<string, string | Buffer>): string {
  const root = join(folder, String(made++));
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

async function source(root: string, file: string): Promise<FixPlan> {
  const read = await readSource(root, file);
  assert(!isRefusal(read), JSON.stringify(read));
  return read;
}

/** Replaces the first `old` of a file. */
async function replace(root: string, file: string, old: string, text: string) {
  const read = await source(root, file);
  const start = read.before.indexOf(old);
  const edits = [{ start, end: start + old.length, text }];
  return planEdits(read, { rule: "r", message: "m", fix: { title: "t", safety: "safe", edits } });
}

test("only what an edit names changes: byte-order mark, CRLF, mixed endings and a missing last newline stay", async () => {
  const root = workspace({ "a.py": "\uFEFFx = 1\r\ny = 'é😀'\nz = 3\r\f\tw" });
  assert.equal(await writeFix(await replace(root, "a.py", "😀", "!")), undefined);
  assert.deepEqual(readFileSync(join(root, "a.py")), Buffer.from("\uFEFFx = 1\r\ny = 'é!'\nz = 3\r\f\tw"));
});

test("mode is kept, and no temporary file stays", async () => {
  const root = workspace({ "a.py": "old\n" });
  chmodSync(join(root, "a.py"), 0o755);
  assert.equal(await writeFix(await replace(root, "a.py", "old", "new")), undefined);
  assert.equal(statSync(join(root, "a.py")).mode & 0o7777, 0o755);
  assert.deepEqual(readdirSync(root), ["a.py"]);
});

test("a read-only file is left alone, for root too", async () => {
  const root = workspace({ "a.py": "old\n" });
  chmodSync(join(root, "a.py"), 0o444);
  const refusal = await writeFix(await replace(root, "a.py", "old", "new"));
  assert.match(refusal?.reason ?? "", /read-only/);
  assert.equal(readFileSync(join(root, "a.py"), "utf8"), "old\n");
  assert.deepEqual(readdirSync(root), ["a.py"]);
});

test("a file that changed after it was read is left alone", async () => {
  const root = workspace({ "a.py": "old\n" });
  const plan = await replace(root, "a.py", "old", "new");
  writeFileSync(join(root, "a.py"), "other\n");
  assert.match((await writeFix(plan))?.reason ?? "", /changed while it was being fixed/);
  assert.equal(readFileSync(join(root, "a.py"), "utf8"), "other\n");
  assert.deepEqual(readdirSync(root), ["a.py"]);
});

test("a file that is gone is not made again", async () => {
  const root = workspace({ "a.py": "old\n" });
  const plan = await replace(root, "a.py", "old", "new");
  rmSync(join(root, "a.py"));
  assert.match((await writeFix(plan))?.reason ?? "", /cannot be written/);
  assert.deepEqual(readdirSync(root), []);
});

test("a link inside the target is followed and stays a link; one that leads outside is left alone", async () => {
  const outside = workspace({ "b.py": "old\n" });
  const root = workspace({ "a.py": "old\n" });
  symlinkSync("a.py", join(root, "inside.py"));
  symlinkSync(join(outside, "b.py"), join(root, "outside.py"));
  assert.equal(await writeFix(await replace(root, "inside.py", "old", "new")), undefined);
  assert(lstatSync(join(root, "inside.py")).isSymbolicLink());
  assert.equal(readFileSync(join(root, "a.py"), "utf8"), "new\n");
  const refusal = await readSource(root, "outside.py");
  assert(isRefusal(refusal));
  assert.match(refusal.reason, /outside the target/);
});

test("what is not UTF-8 is left alone", async () => {
  const root = workspace({ "latin1.py": Buffer.from([0x61, 0xe9, 0x0a]), "utf16.py": Buffer.from("\uFEFFx", "utf16le") });
  for (const file of ["latin1.py", "utf16.py", "missing.py"]) assert(isRefusal(await readSource(root, file)), file);
});

const engine = await loadEngine();
const only = new Set(["E701"]);
const options = { config: defaultConfig, only };
const mixed = "if a: b\nclass C:\n    def f(self): return 1\nif x: print('é😀')\n";
const mixedFixed = "if a:\n    b\nclass C:\n    def f(self): return 1\nif x:\n    print('é😀')\n";

test("what an audit found is the first pass while the bytes are the same, and is looked for again when they are not", async () => {
  const root = workspace({ "a.py": mixed });
  const file = { path: "a.py", language: "python" as const, text: mixed };
  const findings = report(file, await engine.analyze(file, options));
  assert.equal(findings.length, 2);
  for (const known of [undefined, { hash: hash("sha1", mixed), findings }, { hash: hash("sha1", "other"), findings: [] }]) {
    const plan = await planFix(engine, root, "a.py", options, known);
    assert(!isRefusal(plan));
    assert.equal(plan.after, mixedFixed);
    assert.equal(applyEdits(plan.before, plan.edits), mixedFixed);
    assert.equal(plan.fixed.length, 2);
  }
  const fewer = await planFix(
    engine,
    root,
    "a.py",
    { ...options, only: new Set(["E703"]) },
    { hash: hash("sha1", mixed), findings: findings.slice(0, 1) },
  );
  assert(!isRefusal(fewer));
  assert.equal(fewer.after, mixed.replace("if a: b", "if a:\n    b"), "the audit's own findings are used");
});

test("an audit's fixes that would break the syntax together are not made", async () => {
  const root = workspace({ "a.py": mixed });
  const file = { path: "a.py", language: "python" as const, text: mixed };
  const findings = report(file, await engine.analyze(file, options)).map((it) => ({
    ...it,
    fix: it.fix && { ...it.fix, edits: it.fix.edits.map((edit) => ({ ...edit, text: ")" })) },
  }));
  const plan = await planFix(engine, root, "a.py", options, { hash: hash("sha1", mixed), findings });
  assert(!isRefusal(plan));
  assert.equal(plan.after, mixedFixed);
});

test("a name that begins with two dots leads nowhere", async () => {
  const root = workspace({ "..foo.py": "if x: y\n" });
  assert.equal((await source(root, "..foo.py")).before, "if x: y\n");
});
