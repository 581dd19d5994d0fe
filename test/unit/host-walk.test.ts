/** What the walk finds is what git would add: real git decides on nasty trees. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { walk } from "../../server/host/walk.ts";

const folders: string[] = [];
after(() => {
  for (const it of folders) rmSync(it, { recursive: true, force: true });
});

function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "walk-"));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const git = (root: string, ...args: string[]) =>
  execFileSync("git", ["-c", "core.excludesFile=", ...args], { cwd: root, encoding: "utf8" });

function gitFiles(root: string): string[] {
  git(root, "init", "--quiet");
  return git(root, "ls-files", "-z", "--others", "--cached", "--exclude-standard").split("\0").filter(Boolean).sort();
}

const nasty = {
  ".gitignore": "*.log\n!keep.log\n/build/\ndocs/**/draft*\nvendor/\n\\#odd\ntrailing   \nCapital/\n[ab].py\n!/src/a.py\n",
  "a.py": "",
  "src/a.py": "",
  "capital/in.py": "",
  "src/b.py": "",
  "x.log": "",
  "keep.log": "",
  "build/out.py": "",
  "src/build/in.py": "",
  "docs/draft.md": "",
  "docs/deep/er/draft-1.md": "",
  "docs/deep/final.md": "",
  "vendor/lib.py": "",
  "src/vendor/lib.py": "",
  "#odd": "",
  trailing: "",
  "src/.gitignore": "!*.log\nnested/*\n!nested/in.py\n",
  "src/y.log": "",
  "src/nested/in.py": "",
  "src/nested/out.py": "",
  "names with spaces/ünïcode.py": "",
  ".hidden/file.py": "",
};

test("nested, negated, anchored and escaped patterns are git's", () => {
  const root = tree(nasty);
  const expected = gitFiles(root);
  assert.deepEqual([...walk(root)].sort(), expected);
  assert(expected.includes("src/y.log") && !expected.includes("x.log"));
});

test("a subfolder is under the patterns above it and under .git/info/exclude", () => {
  const root = tree(nasty);
  gitFiles(root);
  writeFileSync(join(root, ".git/info/exclude"), "in.py\n");
  const expected = git(root, "ls-files", "-z", "--others", "--exclude-standard", "src").split("\0").filter(Boolean);
  assert.deepEqual([...walk(join(root, "src"))].sort(), expected.map((it) => it.slice("src/".length)).sort());
});

test("any tree of a few names and patterns", () => {
  const name = fc.constantFrom("a", "b", "c.py", "d.log", "build");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((it) => it.join("/"));
  const pattern = fc
    .tuple(fc.constantFrom("", "!", "/"), fc.constantFrom("a", "b/", "*.py", "**/build", "a/*", "c.*", "build/**"))
    .map((it) => it.join(""));
  fc.assert(
    fc.property(fc.array(path, { maxLength: 8 }), fc.array(pattern, { maxLength: 4 }), (paths, patterns) => {
      // A name is a folder or a file, not both.
      const files = paths.filter(
        (it) => !paths.some((other) => other !== it && (other.startsWith(`${it}/`) || it.startsWith(`${other}/`))),
      );
      const root = tree({ ...Object.fromEntries(files.map((it) => [it, ""])), ".gitignore": `${patterns.join("\n")}\n` });
      assert.deepEqual([...walk(root)].sort(), gitFiles(root));
    }),
    { numRuns: 40, seed: 20 },
  );
});

test("links are not followed, so that loops end; environments and dependencies are left out", () => {
  const root = tree({ "a/b.py": "", "venv/pyvenv.cfg": "", "venv/lib/x.py": "", "node_modules/m/index.js": "", "a/__pycache__/b.pyc": "" });
  symlinkSync("..", join(root, "a/loop"));
  symlinkSync("b.py", join(root, "a/link.py"));
  assert.deepEqual([...walk(root)], ["a/b.py"]);
});

test("exclude patterns add to what git ignores, relative to their own folder", () => {
  const root = tree({ "gen/a.py": "", "src/gen/b.py": "", "src/c.py": "" });
  assert.deepEqual([...walk(root, { exclude: ["/gen/", "c.py"] })], ["src/gen/b.py"]);
  assert.deepEqual([...walk(join(root, "src"), { exclude: ["/src/gen"], excludeRoot: root })], ["c.py"]);
});
