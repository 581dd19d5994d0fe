import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cockpit, exitCode, makeReadOnly, snapshot, start, workspace } from "./cockpit.ts";

const sources = {
  "a.py": "if True: pass\n",
  "crlf.py": "\uFEFFx = 1\r\nif x: print('é😀')\r\nif x: y",
  "tabs/b.py": "def f():\n\tif x: return 1 # why\n",
  "clean.py": "x = 1\n",
};

const fixed = {
  "a.py": "if True:\n    pass\n",
  "crlf.py": "\uFEFFx = 1\r\nif x:\r\n    print('é😀')\r\nif x:\r\n    y",
  "tabs/b.py": "def f():\n\tif x:\n\t\treturn 1 # why\n",
  "clean.py": "x = 1\n",
};

const texts = (root: string, names: object) =>
  Object.fromEntries(Object.keys(names).map((name) => [name, readFileSync(join(root, name), "utf8")]));

test("without --apply a diff is shown and nothing is written; git applies the diff", async () => {
  const cwd = workspace(sources, { repository: false });
  execFileSync("git", ["init", "-q"], { cwd });
  const before = snapshot(cwd).filter((it) => !it.startsWith(".git"));
  const { stdout, stderr, code } = await cockpit(["fix", "--rule", "E701"], { cwd });
  assert.deepEqual(
    snapshot(cwd).filter((it) => !it.startsWith(".git")),
    before,
  );
  assert.equal(code, 1);
  assert.match(stderr, /4 findings in 3 files would be fixed; --apply writes them/);
  execFileSync("git", ["apply", "-"], { cwd, input: stdout });
  assert.deepEqual(texts(cwd, fixed), fixed);
});

test("--apply writes exactly the safe fixes, and a second run finds nothing", async () => {
  const cwd = workspace(sources);
  const first = await cockpit(["fix", "--rule", "E701", "-f"], { cwd });
  assert.deepEqual([first.code, first.stderr], [0, "4 findings fixed in 3 files\n"]);
  assert.deepEqual(texts(cwd, fixed), fixed);
  const before = snapshot(cwd);
  const second = await cockpit(["fix", "--rule", "E701", "--apply"], { cwd });
  assert.deepEqual([second.code, second.stdout, second.stderr], [0, "", "nothing to fix\n"]);
  assert.deepEqual(snapshot(cwd), before);
});

test("--target and --rule narrow what is fixed", async () => {
  const cwd = workspace({ ...sources, "c.py": "x = 1;\nif x: y\n" });
  await cockpit(["fix", "-t", "c.py", "--rule", "E703", "-f"], { cwd });
  assert.equal(readFileSync(join(cwd, "c.py"), "utf8"), "x = 1\nif x: y\n");
  assert.equal(readFileSync(join(cwd, "a.py"), "utf8"), sources["a.py"]);
});

test("a read-only file is left alone with a reason, the others are fixed", async () => {
  const cwd = workspace(sources);
  makeReadOnly(join(cwd, "a.py"));
  const { code, stderr } = await cockpit(["fix", "--rule", "E701", "-f"], { cwd });
  assert.equal(code, 1);
  assert.match(stderr, /^a\.py was left alone: it is read-only/m);
  assert.deepEqual(texts(cwd, fixed), { ...fixed, "a.py": sources["a.py"] });
});

test("--format json tells what was fixed and what was left alone", async () => {
  const cwd = workspace(sources);
  makeReadOnly(join(cwd, "crlf.py"));
  const plan = JSON.parse((await cockpit(["fix", "--rule", "E701", "--format", "json"], { cwd })).stdout);
  assert.deepEqual([plan.version, plan.applied, plan.files.length], [1, false, 3]);
  assert.match(plan.files[0].diff, /^--- a\/a\.py\n/);
  const done = JSON.parse((await cockpit(["fix", "--rule", "E701", "--format", "json", "-f"], { cwd })).stdout);
  assert.deepEqual(done.files, [
    { file: "a.py", fixed: { E701: 1 } },
    { file: "tabs/b.py", fixed: { E701: 1 } },
  ]);
  assert.deepEqual(
    done.refused.map((it: { file: string }) => it.file),
    ["crlf.py"],
  );
});

const surfaces = {
  "package.json": '{ "name": "ui", "dependencies": { "@a2ui/react": "0.11.0" } }',
  "app.tsx":
    'import { A2UIRenderer } from "@a2ui/react";\n\nexport const App = () => <A2UIRenderer />;\nexport const Two = () => [<A2UIRenderer />, <A2UIRenderer />];\n',
};

test("a suggestion is shown but never applied with the rest", async () => {
  const cwd = workspace(surfaces);
  const { code, stderr } = await cockpit(["fix", "--rule", "missing-surface-id", "-f"], { cwd });
  assert.deepEqual([code, stderr], [0, "nothing to fix\n"]);
  assert.equal(readFileSync(join(cwd, "app.tsx"), "utf8"), surfaces["app.tsx"]);
});

test("--at makes the one suggestion at a place, and asks which when there are more", async () => {
  const cwd = workspace(surfaces);
  const at = (place: string, ...more: string[]) =>
    cockpit(["fix", "-t", "app.tsx", "--rule", "missing-surface-id", "--at", place, ...more], { cwd });
  const two = await at("4");
  assert.equal(two.code, 2);
  const [, first] = /--at (4:\d+) /.exec(two.stderr) ?? [];
  assert(first, two.stderr);
  assert.equal((await at("1")).code, 2);
  assert.equal((await at("x")).code, 2);
  assert.equal((await at("3")).code, 1);
  assert.equal(readFileSync(join(cwd, "app.tsx"), "utf8"), surfaces["app.tsx"]);
  assert.equal((await at("3", "-f")).code, 0);
  assert.equal((await at(first, "-f")).code, 0);
  const ids = [...readFileSync(join(cwd, "app.tsx"), "utf8").matchAll(/surfaceId="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(ids.length, 2);
  assert.equal(new Set(ids).size, 2, "ids are unique");
  assert.equal((await cockpit(["fix", "--at", "3"], { cwd })).code, 2);
});

test("a file that is deleted between audit and fix does no harm", async () => {
  const cwd = workspace(sources);
  await cockpit(["audit"], { cwd });
  rmSync(join(cwd, "a.py"));
  const { code } = await cockpit(["fix", "--rule", "E701", "-f"], { cwd });
  assert.equal(code, 0);
  assert.equal(readFileSync(join(cwd, "crlf.py"), "utf8"), fixed["crlf.py"]);
});

test("Ctrl-C stops between files: each is wholly old or wholly new, and the exit code says so", async () => {
  const old = "if True: pass\n".repeat(50);
  const names = Array.from({ length: 400 }, (_, i) => `f${i}.py`);
  const cwd = workspace(Object.fromEntries(names.map((name) => [name, old])));
  const child = start(["fix", "--rule", "E701", "-f"], { cwd });
  child.stdout?.once("data", () => child.kill("SIGINT"));
  child.stdout?.resume();
  assert.equal(await exitCode(child), 130);
  const now = names.map((name) => readFileSync(join(cwd, name), "utf8"));
  const done = "if True:\n    pass\n".repeat(50);
  assert(now.every((text) => text === old || text === done));
  assert(now.includes(old) && now.includes(done));
  assert.equal(snapshot(cwd).length, names.length + 1, "no temporary file stays");
});
