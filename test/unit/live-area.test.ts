/** Lines that update in place, as a terminal shows them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cell, fitted, widthOf } from "../../server/cli/live/cells.ts";
import { changes, createLiveArea } from "../../server/cli/live/live-area.ts";
import { tableLines } from "../../server/cli/live/table.ts";
import { createScreen, createStream } from "../screen.ts";

const line = fc.constantFrom("", "a", "agent one  12", "agent one  13", "緊急 日本", "x".repeat(39));
const frames = fc.array(fc.array(line, { maxLength: 9 }), { minLength: 1, maxLength: 6 });

test("whatever was shown before, the screen shows the lines of now below what was written above", async () => {
  await fc.assert(
    fc.asyncProperty(frames, async (all) => {
      const screen = createScreen(40, 10);
      screen.write("before\r\n");
      let shown: readonly string[] = [];
      for (const frame of all) {
        screen.write(changes(shown, frame).replaceAll("\n", "\r\n"));
        shown = frame;
        const rows = await screen.rows("all");
        assert.deepEqual(rows, trimmed(["before", ...frame]));
      }
    }),
    { numRuns: 300 },
  );
});

const trimmed = (lines: string[]) => lines.slice(0, lines.findLastIndex((it) => it !== "") + 1);

test("nothing is written when nothing has changed, and a line alone when it alone has", () => {
  const before = Array.from({ length: 20 }, (_, i) => `agent-${i}  ${"0".repeat(60)}`);
  assert.equal(changes(before, [...before]), "");
  const after = before.with(5, `agent-5  ${"1".repeat(60)}`);
  assert(Buffer.byteLength(changes(before, after)) < 90);
});

test("the lines stay below what is written above them, and leave nothing behind", async () => {
  const { seen, stream } = createStream(40, 6);
  let count = 0;
  const area = createLiveArea(stream, () => [`one ${count}`, "two", "three"]);
  area.update();
  assert.equal(await seen.isCursorShown(), false);
  for (count = 1; count < 5; count++) area.above(() => void stream.write(`alert ${count}\n`));
  area.update();
  assert.deepEqual(await seen.rows("all"), ["alert 1", "alert 2", "alert 3", "alert 4", "one 5", "two", "three"]);
  area.close();
  assert.deepEqual(await seen.rows("all"), ["alert 1", "alert 2", "alert 3", "alert 4"]);
  assert.equal(await seen.isCursorShown(), true);
});

test("a window that becomes narrower, wider, lower or higher shows the lines once", async () => {
  const { seen, stream } = createStream(80, 24);
  stream.write("before\n");
  const area = createLiveArea(stream, ({ columns, rows }) => Array.from({ length: Math.min(5, rows) }, (_, i) => `${i}`.repeat(columns)));
  area.update();
  for (const [columns, rows] of [
    [40, 24],
    [33, 24],
    [100, 24],
    [100, 30],
    [60, 30],
  ] as const) {
    await stream.resize(columns, rows);
    assert.deepEqual(await seen.rows("all"), ["before", ...[0, 1, 2, 3, 4].map((it) => `${it}`.repeat(columns - 1))]);
  }
  await stream.resize(60, 4);
  assert.deepEqual(
    await seen.rows(),
    [0, 1, 2].map((it) => `${it}`.repeat(59)),
  );
  area.close();
});

const hostile = [
  "\u001b[31mred\u001b]0;title\u0007",
  "\u202egnp.exe",
  "a\u0300".repeat(500),
  "two\nlines\ttab",
  "\ud800",
  "<img src=x>",
  "x".repeat(10_000),
  "שלום",
  "緊急".repeat(50),
  "👩‍👩‍👧‍👦",
  "\u0000",
  "\u2028",
];

test("no name is wider than its place, and none steers the terminal", () => {
  for (const name of hostile)
    for (const width of [1, 2, 7, 30]) {
      assert.equal(widthOf(cell(name, width)), width, JSON.stringify(name.slice(0, 20)));
      assert.doesNotMatch(cell(name, width), /\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069\u2028]/u);
      assert(cell(name, width).length < 20 * width + 20);
    }
  assert.equal(fitted("abcdef", 4), "abc…");
});

test("numbers stay after a name that is written from right to left, and marks do not pile up", () => {
  assert.equal(cell("שלום 12", 9), "שלום 12\u200e  ");
  assert.equal(cell("緊急 12", 9), "緊急 12  ");
  assert.equal(fitted(`e${"\u0301".repeat(50)}`, 9), "e\u0301\u0301");
});

test("a message of more than a million characters is cut as any other", () => {
  assert.equal(fitted("緊急 ".repeat(500_000), 12), "緊急 緊急 …");
});

test("a narrow table loses columns, not lines", () => {
  const columns = [
    { head: "agent", width: 0, rank: 0 },
    { head: "errors", align: "right", width: 6, rank: 1 },
    { head: "p95", align: "right", width: 9, rank: 3 },
    { head: "state", width: 6, rank: 2 },
  ] as const;
  const rows = [
    ["緊急 billing", "3", "1,200 ms", "live"],
    ["b", "12", "–", "quiet"],
  ].map((row) => row.map((text) => ({ text })));
  const at = (width: number) => tableLines(columns, rows, width, (it) => it);
  assert.deepEqual(at(60), [
    "agent         errors        p95  state",
    "緊急 billing       3   1,200 ms  live",
    "b                 12          –  quiet",
  ]);
  assert.deepEqual(at(30), ["agent         errors  state", "緊急 billing       3  live", "b                 12  quiet"]);
  assert.deepEqual(
    at(8),
    ["agent", "緊急 bi…", "b"].map((it) => it),
  );
});
