/** What senders may send to a watcher that nobody should have to see: names without end, names that steer terminals. It goes on, takes no more memory than it may, and draws nothing raw. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cockpit, workspace } from "../cli/cockpit.ts";
import { post, request, watch } from "./watcher.ts";

const megabytesOf = (pid: number | undefined) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

test("a hundred thousand agents from one sender: they are counted, memory stays as it may be, status shows a part", async (t) => {
  const cwd = workspace({});
  const watcher = await watch(cwd);
  t.after(() => watcher.end("SIGKILL"));
  const [each, requests] = [5000, 20];
  for (let i = 0; i < requests; i++) assert.ok(await post(watcher.url, request(i * each, each, Number.POSITIVE_INFINITY)));
  if (process.platform === "linux") {
    const megabytes = megabytesOf(watcher.child.pid);
    assert.ok(megabytes < 250, `${megabytes} MB`);
    t.diagnostic(`${Math.round(megabytes)} MB`);
  }
  const { stdout } = await cockpit(["fleet", "status", "--format", "json"], { cwd });
  const { agents, omitted } = JSON.parse(stdout);
  assert.deepEqual([agents.length, omitted], [5000, each * requests - 5000]);
  const text = await cockpit(["fleet", "status"], { cwd });
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, / 95,000 agents of little cost left out /);
  const one = await cockpit(["fleet", "status", "--id", "agent-99999", "--format", "json"], { cwd });
  assert.equal(JSON.parse(one.stdout).agents[0].calls, 1);
  assert.equal(await watcher.end("SIGINT"), 130);
  assert.match(await watcher.errors, /100,000 events/);
});

const steering = "\u001b[2J\u001b]0;owned\u0007\u009b31m\r\u202e<img src=x onerror=alert(1)>";
/** Control characters but for the line's end, and those that turn the direction. */
const raw = /[\u202a-\u202e\u2066-\u2069]|(?!\n)\p{Cc}/u;

function hostile(): string {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = (n: number) => ({
    traceId: `${n}`.padStart(32, "a"),
    spanId: `${n}`.padStart(16, "b"),
    endTimeUnixNano: `${Date.now()}000000`,
    attributes: [
      text("gen_ai.operation.name", steering),
      text("gen_ai.request.model", steering),
      text("gen_ai.agent.id", steering),
      text("error.type", steering),
      { key: "gen_ai.usage.input_tokens", value: { intValue: "100" } },
    ],
  });
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: Array.from({ length: 40 }, (_, i) => span(i)) }] }] });
}

test("names that steer terminals are shown, never drawn raw: alerts, what is withheld, status", async (t) => {
  const budgets = [{ agent: "*", unit: "tokens", per: "day", limit: 10 }];
  const cwd = workspace({ "cockpit.json": JSON.stringify({ fleet: { budgets, mothball: { kinds: ["budget"], sure: 0, share: 0.1 } } }) });
  const watcher = await watch(cwd);
  t.after(() => watcher.end("SIGKILL"));
  assert.ok(await post(watcher.url, hostile()));
  const status = await cockpit(["fleet", "status"], { cwd });
  assert.equal(await watcher.end("SIGINT"), 130);
  const said = { alert: await watcher.output, withheld: await watcher.errors, status: status.stdout };
  for (const [what, text] of Object.entries(said)) {
    assert.match(text, /<img src=x onerror=alert\(1\)>/, `${what} says nothing of it`);
    assert.doesNotMatch(text, raw, what);
  }
});
