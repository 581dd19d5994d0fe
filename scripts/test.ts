/**
 * Runs every check and every suite, one after the other, and ends with what failed and `N passed, N failed`, summed from what each runner reports of itself.
 * `npm test -- unit cli` runs only those named.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

/** npm scripts in the order they run; a check counts as one test, a suite as the tests it reports. */
const steps: { name: string; script: string; kind: "check" | "suite" }[] = [
  { name: "lint", script: "check:lint", kind: "check" },
  { name: "types", script: "check:types", kind: "check" },
  { name: "unused", script: "check:unused", kind: "check" },
  { name: "generated", script: "check:generated", kind: "check" },
  { name: "unit", script: "test:unit", kind: "suite" },
  { name: "build", script: "build", kind: "check" },
  { name: "cli", script: "test:cli", kind: "suite" },
  { name: "lsp", script: "test:lsp", kind: "suite" },
  { name: "webview", script: "test:webview", kind: "suite" },
  { name: "a2ui", script: "test:a2ui", kind: "suite" },
  { name: "runtime", script: "test:runtime", kind: "suite" },
  { name: "policy", script: "test:policy", kind: "suite" },
  { name: "wrap", script: "test:wrap", kind: "suite" },
  { name: "live-gcp", script: "test:live-gcp", kind: "suite" },
  { name: "report", script: "test:report", kind: "suite" },
  { name: "samples", script: "test:samples", kind: "suite" },
  { name: "demo", script: "test:demo", kind: "suite" },
  { name: "auth", script: "test:auth", kind: "suite" },
  { name: "live", script: "test:live", kind: "suite" },
  { name: "extension", script: "test:extension", kind: "suite" },
];

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a runner says of itself: node:test's summary lines or a plain `N passed, N failed[, N skipped]`. */
export function readTally(output: string): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [, word, count] of output.matchAll(/^[ℹ#] (pass|fail|cancelled|skipped) (\d+)$/gm))
    tally[word === "pass" ? "passed" : word === "skipped" ? "skipped" : "failed"] += Number(count);
  for (const [, passed, failed, skipped] of output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)) {
    tally.passed += Number(passed);
    tally.failed += Number(failed);
    tally.skipped += Number(skipped ?? 0);
  }
  return tally;
}

/** Of what a step that failed has said: the first 100 lines of node:test's list of failing tests, or without one the last 100 lines. */
export function lastWords(said: string): string {
  const list = said.lastIndexOf("\n✖ failing tests:");
  const lines = (list < 0 ? said : said.slice(list)).trim().split("\n");
  if (list < 0 || lines.length <= 100) return lines.slice(-100).join("\n");
  return [...lines.slice(0, 100), `… and ${lines.length - 100} more lines`].join("\n");
}

interface Run {
  code: number;
  /** On stdout. */
  output: string;
  /** On both, as it came. */
  said: string;
}

async function run(script: string): Promise<Run> {
  const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", "pipe", "pipe"] });
  let [output, said] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    process.stdout.write(chunk);
    output += chunk;
    said += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    process.stderr.write(chunk);
    said += chunk;
  });
  const [code] = await once(child, "close");
  return { code: code ?? 1, output, said };
}

/** A suite that exits badly without naming a failed test, or that ran none, is itself a failure. */
function judge(kind: "check" | "suite", code: number, output: string): Tally {
  const tally = kind === "check" ? { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0 } : readTally(output);
  if ((code !== 0 || tally.passed === 0) && tally.failed === 0) tally.failed = 1;
  return tally;
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((it) => !steps.some(({ name }) => name === it));
  if (unknown.length > 0) throw new Error(`there is no step ${unknown.join(", ")}; there are ${steps.map(({ name }) => name).join(", ")}`);
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const failed: { name: string; said: string }[] = [];
  for (const { name, script, kind } of steps) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`\n── ${name}`);
    const { code, output, said } = await run(script);
    const tally = judge(kind, code, output);
    if (tally.failed > 0) failed.push({ name, said });
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
  }
  for (const { name, said } of failed) console.log(`\n── ${name} failed\n${lastWords(said)}`);
  if (failed.length > 0) console.log(`\nfailed: ${failed.map(({ name }) => name).join(", ")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}
