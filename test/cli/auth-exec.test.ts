/** `cockpit auth exec` through the real command, with nobody logged in; test/auth drives it with credentials. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cockpit, exitCode, start, workspace } from "./cockpit.ts";

const cwd = workspace({ "package.json": "{}" });

test("auth exec passes the command's flags, output and exit code on", async () => {
  const { code, stdout, stderr } = await cockpit(["auth", "exec", "--", "sh", "-c", 'echo "$1"; exit 7', "sh", "--help"], { cwd });
  assert.deepEqual([code, stdout, stderr], [7, "--help\n", ""]);
});

test("auth exec without a command says what is missing", async () => {
  const { code, stdout, stderr } = await cockpit(["auth", "exec"], { cwd });
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^cockpit: missing required argument 'command'/);
});

test("auth exec lets the command decide what a second Ctrl-C means", async () => {
  const script = "n=0; trap 'n=$((n+1)); echo $n' INT; echo ready; while [ $n -lt 2 ]; do sleep 0.05; done; exit 3";
  const child = start(["auth", "exec", "--", "sh", "-c", script], { cwd });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    if (/ready|1/.test(text)) child.kill("SIGINT");
  });
  assert.equal(await exitCode(child), 3);
});

test("auth keyring and auth go answer nothing for what is not ours", async () => {
  const env = { PATH: "", GOPROXY: "https://a.test" };
  const asked = await cockpit(["auth", "keyring", "--", "--mode=creds", "--output=json", "get", "https://a.test/simple/"], { cwd, env });
  assert.deepEqual([asked.code, asked.stdout], [1, ""]);
  const go = await cockpit(["auth", "go", "https://a.test/m/@v/list"], { cwd, env });
  assert.deepEqual([go.code, go.stdout], [0, ""]);
});
