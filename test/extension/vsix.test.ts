/** What is in the VSIX, and what must not be. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { installExtension } from "../../scripts/code-server.ts";
import { vsixFile } from "../../scripts/demo/places.ts";

const megabyte = 1024 * 1024;

test("the VSIX is at most 3 MB", (t) => {
  const { size } = statSync(vsixFile);
  t.diagnostic(`${(size / megabyte).toFixed(2)} MB`);
  assert(size <= 3 * megabyte);
});

test("the VSIX unpacks to bundles, grammars and pages, without native binaries, node_modules or source maps", async (t) => {
  const profile = await mkdtemp(join(tmpdir(), "cockpit-vsix-"));
  t.after(() => rm(profile, { recursive: true, force: true }));
  await installExtension(vsixFile, profile);
  const files = (await readdir(join(profile, "extensions"), { recursive: true })).map((it) => it.split("/").slice(1).join("/"));
  for (const file of wanted) assert(files.includes(file), `${file} is missing`);
  assert.deepEqual(
    files.filter((it) => unwanted.test(it)),
    [],
  );
});

const wanted = [
  "dist/extension.cjs",
  "dist/server.mjs",
  "dist/cockpit.mjs",
  "dist/wasm/web-tree-sitter.wasm",
  "dist/wasm/tree-sitter-tsx.wasm",
  "docs/rules/E701.md",
  "schemas/cockpit.schema.json",
  "media/icon.png",
];

const unwanted = /\.(node|so|dll|dylib|exe|map|ts|tsx|vsix)$|(^|\/)(node_modules|test|client|server|samples|scripts)(\/|$)/;
