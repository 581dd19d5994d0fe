/**
 * The Go runtime as a wrapped program has it: renders the template into a module with the real SDKs, lets gofmt, vet and staticcheck look at it, and runs the
 * module's tests against a stand-in server, with the race detector where there is a C compiler. Needs Go. Ends with `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npmTool } from "../../tools/npm.ts";

const here = import.meta.dirname;
const staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2";

async function main() {
  await render();
  const checks = [await check("gofmt", ["-l", "."]), await check("go", ["vet", "./..."]), await check("go", ["run", staticcheck, "./..."])];
  const tests = await test();
  const passed = checks.filter((it) => it).length + tests.passed;
  const failed = checks.filter((it) => !it).length + tests.failed;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function render() {
  const template = await readFile(join(here, "../../../templates/runtime/go/cockpit_runtime.go.hbs"), "utf8");
  await mkdir(join(here, "internal/cockpit"), { recursive: true });
  await writeFile(join(here, "internal/cockpit/cockpit_runtime.go"), template.replaceAll("{{agentId}}", "billing"));
}

/** A checker that has nothing to say is content. */
async function check(command: string, args: string[]): Promise<boolean> {
  const { code, output } = await run(command, args);
  const isClean = code === 0 && output.trim() === "";
  if (!isClean) console.log(`${command} ${args.join(" ")}: exit code ${code}\n${output}`);
  return isClean;
}

/** Prints what failing tests say, and counts those that have no tests within them. */
async function test() {
  const aimock = await npmTool("@copilotkit/aimock", "1.43.0");
  const canRace = (await run("go", ["env", "CGO_ENABLED"])).output.trim() === "1";
  if (!canRace) console.log("no C compiler: the tests run without the race detector");
  const { code, output } = await run("go", ["test", ...(canRace ? ["-race"] : []), "-count=1", "-json", "./..."], {
    AIMOCK: join(aimock, "dist/cli.js"),
  });
  const events = output.split("\n").filter(Boolean).map(readEvent);
  const tests = events.filter((it) => it.Test && !events.some((other) => other.Test?.startsWith(`${it.Test}/`)));
  const failed = tests.filter((it) => it.Action === "fail").length;
  const isWorthReading = (it: TestEvent) => !it.Test || events.some((other) => other.Test === it.Test && other.Action === "fail");
  if (code !== 0) console.log(events.map((it) => (isWorthReading(it) ? (it.Output ?? "") : "")).join(""));
  return { passed: tests.filter((it) => it.Action === "pass").length, failed: code !== 0 ? Math.max(failed, 1) : 0 };
}

interface TestEvent {
  Action?: string;
  Test?: string;
  Output?: string;
}

/** Lines that are no JSON come from the compiler. */
function readEvent(line: string): TestEvent {
  return line.startsWith("{") ? JSON.parse(line) : { Output: `${line}\n` };
}

function run(command: string, args: string[], environment: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { cwd: here, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", (cause) => reject(new Error(`${command} could not be started: is it installed and on the PATH?`, { cause })));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

await main();
