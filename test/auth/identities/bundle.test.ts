/** A cloud's SDK is read only when somebody logs in to that cloud: no bundle imports one at its start. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const dist = join(import.meta.dirname, "../../../dist");

/** The bundle and what it imports before it runs. */
function atStart(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, chunk = ""] of readFileSync(join(dist, file), "utf8").matchAll(/(?:^|[;}\s])(?:import|from)\s*"\.\/(chunk-\w+\.mjs)"/g))
    atStart(chunk, seen);
  return seen;
}

/** What only that cloud's SDK says. */
const marks = { google: "iamcredentials", aws: "AWS4-HMAC-SHA256", azure: "login.microsoftonline.com" };

test("the marks are in the bundle", () => {
  const all = readdirSync(dist).filter((it) => it.endsWith(".mjs"));
  const texts = all.map((it) => readFileSync(join(dist, it), "utf8")).join("");
  for (const mark of Object.values(marks)) assert(texts.includes(mark), mark);
});

for (const entry of ["cockpit.mjs", "keeper.mjs", "server.mjs"])
  test(entry, () => {
    const files = [...atStart(entry)];
    const texts = files.map((it) => readFileSync(join(dist, it), "utf8")).join("");
    assert.deepEqual(
      Object.entries(marks).filter(([, mark]) => texts.includes(mark)),
      [],
    );
    assert(files.length > 1, "chunks are followed");
  });

test("zod comes with its messages in English alone: `import { z }` would bring fifty languages", () => {
  const texts = readdirSync(dist)
    .filter((it) => it.endsWith(".mjs"))
    .map((it) => readFileSync(join(dist, it), "utf8"));
  assert(texts.some((it) => it.includes("Unrecognized key")));
  assert(!texts.some((it) => /Llave/.test(it)));
});
