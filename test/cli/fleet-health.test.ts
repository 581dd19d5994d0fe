/** One fleet, asked through each door: `cockpit audit`, `cockpit fleet status` and the model say the same of each agent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { createFleetModel } from "../../server/fleet/model/fleet-model.ts";
import { freshnesses, healths } from "../../server/fleet/model/fleet-row.ts";
import { fleetStatusSchema } from "../../server/protocol/fleet-watch.ts";
import type { AuditReport } from "../../server/protocol/report.ts";
import { post, request, watch } from "../live/watcher.ts";
import { cockpit, workspace } from "./cockpit.ts";

const manifest = (name: string) => `[project]\nname = "${name}"\nversion = "1"\ndependencies = ["openai"]\n`;
const client = (name: string) => `from openai import OpenAI\n\n${name} = OpenAI()\n`;
const agents = {
  "agents/broken/pyproject.toml": manifest("broken"),
  "agents/broken/agent.py": client("client"),
  "agents/untidy/pyproject.toml": manifest("untidy"),
  "agents/untidy/agent.py": "import openai\n\nif openai: print(1)\n",
  "agents/fine/pyproject.toml": manifest("fine"),
  "agents/fine/agent.py": "import openai\n\nprint(openai)\n",
  "agents/spender/pyproject.toml": manifest("agent-0"),
  "agents/spender/agent.py": "import openai\n\nprint(openai)\n",
  "agents/unread/pyproject.toml": manifest("unread"),
  "agents/unread/agent.py": Buffer.from("import openai\n\nx = '\xe9'\nif x: print(1)\n", "latin1"),
  "cockpit.json": JSON.stringify({
    rules: { "untracked-client": "error", "uncapped-client": "off", E701: "warning" },
    fleet: { budgets: [{ agent: "*", unit: "tokens", per: "hour", limit: 200 }] },
  }),
};

const standing = {
  agentId: z.string(),
  health: z.enum(healths),
  reasons: z.array(z.object({ health: z.enum(healths), text: z.string(), since: z.nullable(z.iso.datetime()) })),
  freshness: z.enum(freshnesses),
};
const statusSchema = fleetStatusSchema.extend({
  agents: z.array(z.looseObject({ ...standing, lastHeard: z.string(), calls: z.number() })),
  unheard: z.array(z.looseObject({ ...standing, lastHeard: z.nullable(z.iso.datetime()) })),
  totals: z.looseObject({ agents: z.number(), byHealth: z.record(z.enum(healths), z.number()), callsPerMinute: z.nullable(z.number()) }),
});

async function statusOf(cwd: string, ...more: string[]) {
  const { stdout, code } = await cockpit(["fleet", "status", "--format", "json", ...more], { cwd });
  return { ...statusSchema.parse(JSON.parse(stdout)), code };
}

test("audit, fleet status and the model agree on a fleet", async () => {
  const cwd = workspace(agents);
  const report: AuditReport = JSON.parse((await cockpit(["audit", "--format", "json"], { cwd })).stdout);
  const model = createFleetModel();
  model.audit(report.agents.map((it) => ({ ...it, key: it.id, folder: "" })));
  const byModel = Object.fromEntries(model.rows(Date.now()).map((it) => [it.agentId, it.health]));
  assert.deepEqual(byModel, Object.fromEntries(report.agents.map((it) => [it.id, it.health])));
  const before = await statusOf(cwd);
  assert.deepEqual([before.code, before.agents], [0, []]);
  assert.deepEqual(Object.fromEntries(before.unheard.map((it) => [it.agentId, it.health])), byModel);
  assert.deepEqual(
    before.unheard.map((it) => [it.agentId, it.health, it.reasons[0]?.text.split(":")[0]]),
    model.rows(Date.now()).map((it) => [it.agentId, it.health, it.reasons[0]?.text.split(":")[0]]),
  );
  assert.deepEqual(byModel, { "agent-0": "green", broken: "critical", fine: "green", unread: "warning", untidy: "warning" });
  assert.match(before.unheard.find((it) => it.agentId === "unread")?.reasons[0]?.text ?? "", /^1 check could not run: agents\/unread/);

  const watcher = await watch(cwd);
  assert.ok(await post(watcher.url, request(0, 60, 2)));
  const during = await statusOf(cwd);
  const spender = during.agents.find((it) => it.agentId === "agent-0");
  assert.equal(during.code, 1);
  assert.deepEqual([spender?.health, spender?.freshness, spender?.calls], ["critical", "live", 30]);
  assert.match(spender?.reasons[0]?.text ?? "", /has spent more than its budget/);
  assert.deepEqual(during.totals.byHealth, count([...during.agents, ...during.unheard]));
  assert.equal(during.totals.callsPerMinute, 60);
  assert.equal(during.unheard.find((it) => it.agentId === "broken")?.freshness, "unheard");

  await cockpit(["fleet", "mothball", "--id", "agent-0", "--reason", "too dear", "--by", "me", "-f"], { cwd });
  await watcher.end("SIGINT");
  const after = await statusOf(cwd, "--no-audit");
  assert.deepEqual(
    after.agents.map((it) => [it.agentId, it.health, it.freshness, it.mothball !== null]),
    [
      ["agent-1", "critical", "stale", false],
      ["agent-0", "critical", "stale", true],
    ],
  );
  assert.deepEqual([after.unheard, after.totals.callsPerMinute], [[], null]);
  const { stdout } = await cockpit(["fleet", "status"], { cwd });
  const told = stdout.split("\n").flatMap((it) => /^(critical|warning|green) +(\S+)/.exec(it)?.slice(1).join(" ") ?? []);
  assert.deepEqual(told, ["critical agent-1", "critical broken", "critical agent-0", "warning unread", "warning untidy", "green fine"]);
  assert.match(stdout, /\ncritical {2}broken .*\n {2}agents\/broken\/agent\.py:3:10 +error +untracked-client /);
  assert.match(stdout, /\n {2}alert {2}agent-0 has spent more than its budget: .*\n {2}paused by me at \S+: too dear\n/);
  assert.match(stdout, /\nwarning +unread {2}1 check could not run: agents\/unread\/agent\.py/);
  assert.match(stdout, / · nobody watches now · 6 agents · .*\n3 critical · 2 with warnings · 1 green · 1 paused · /);
});

test("who was last heard before the window is quiet or stale, with when that was: only the figures are those of the window", async (context) => {
  const cwd = workspace(agents);
  const watcher = await watch(cwd);
  context.after(() => watcher.end("SIGTERM"));
  const time = Date.now() - 3 * 3_600_000;
  assert.ok(await post(watcher.url, request(0, 20, 2, time)));
  const heard = new Date(time).toISOString();
  const of = ({ agents, unheard }: Awaited<ReturnType<typeof statusOf>>) =>
    Object.fromEntries([...agents, ...unheard].map((it) => [it.agentId, [it.freshness, it.lastHeard]]));
  const others = Object.fromEntries(["broken", "fine", "unread", "untidy"].map((it) => [it, ["unheard", null]]));

  const [hour, day] = [await statusOf(cwd), await statusOf(cwd, "--since", "1d")];
  assert.deepEqual(of(hour), { "agent-0": ["quiet", heard], "agent-1": ["quiet", heard], ...others });
  assert.deepEqual(of(day), of(hour));
  assert.deepEqual([hour.agents, day.agents.map((it) => it.calls)], [[], [10, 10]]);
  assert.deepEqual(of(await statusOf(cwd, "--id", "agent-1", "--since", "1m")), { "agent-1": ["quiet", heard] });
  const { stdout } = await cockpit(["fleet", "status", "--verbose"], { cwd });
  assert.match(stdout, /\ngreen {5}agent-1 {2}not an agent of this workspace\n {2}heard 3 h ago\n/);

  await watcher.end("SIGINT");
  assert.deepEqual(of(await statusOf(cwd)), { "agent-0": ["stale", heard], "agent-1": ["stale", heard], ...others });
});

function count(rows: readonly { health: (typeof healths)[number] }[]) {
  return Object.fromEntries(healths.map((health) => [health, rows.filter((it) => it.health === health).length]));
}
