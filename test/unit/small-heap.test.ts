/** What `keepHeapSmall` does to a process that makes and forgets much, as a watcher does. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

/** Prints the most that the young generation took, in MiB, while a million objects lived for a moment each. */
const churn = `
  const { getHeapSpaceStatistics } = await import("node:v8");
  const young = () => getHeapSpaceStatistics().find((it) => it.space_name === "new_space").space_size / 1024 / 1024;
  const lately = Array(20_000);
  let most = 0;
  for (let i = 0; i < 4_000_000; i++) {
    lately[i % lately.length] = { text: "event " + i, values: [i, i + 1, i + 2] };
    if (i % 20_000 === 0) most = Math.max(most, young(), await new Promise((resolve) => setTimeout(resolve, 1, 0)));
  }
  console.log(most);`;

async function mostYoung(before: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", before + churn]);
  return Number(stdout);
}

test("the young generation stays small", async () => {
  const module = new URL("../../server/host/small-heap.ts", import.meta.url).href;
  const small = await mostYoung(`(await import(${JSON.stringify(module)})).keepHeapSmall();`);
  const usual = await mostYoung("");
  assert.ok(usual > 40, `the program makes too little: ${usual} MiB without it`);
  assert.ok(small <= 32, `${small} MiB`);
});
