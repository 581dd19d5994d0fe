import assert from "node:assert/strict";
import { test } from "node:test";
import { type FleetItem, fleetItems, idOf } from "../../../client/fleet/fleet-model.ts";
import { statusText } from "../../../client/status/status-text.ts";
import { type Fleet, type FleetAgent, type FleetFinding, fleetSchema } from "../../../server/protocol/lsp.ts";

const finding = (file: string, severity: FleetFinding["severity"] = "warning"): FleetFinding => ({
  rule: "E701",
  severity,
  message: `something in ${file}`,
  file,
  start: { line: 3, column: 1 },
  end: { line: 3, column: 5 },
  fix: null,
});

const agent = (id: string, more: Partial<FleetAgent> = {}): FleetAgent => ({
  id,
  root: `agents/${id}`,
  language: "python",
  owners: [],
  frameworks: [],
  health: "green",
  findings: [],
  notRun: [],
  ...more,
});

const fleet = (agents: FleetAgent[], outside: FleetFinding[] = [], auditing = false): Fleet =>
  fleetSchema.parse({ auditing, folders: [{ uri: "file:///fleet", agents, outside: { findings: outside, notRun: [] } }] });

const two = [finding("agents/b/x.py"), finding("agents/b/y.py")];

function lines(item: FleetItem, depth = 0): string[] {
  const text = `${"  ".repeat(depth)}${item.label}${item.kind === "health" ? "" : ` | ${item.description}`}`;
  return [text, ...("children" in item ? item.children : []).flatMap((it) => lines(it, depth + 1))];
}

test("the worst health comes first, and inside it the agent with most findings", () => {
  const agents = [
    agent("green"),
    agent("a", { health: "warning", findings: [finding("agents/a/main.py")] }),
    agent("b", { health: "warning", findings: two }),
    agent("bad", { health: "critical", language: "go", findings: [finding("agents/bad/a.go"), finding("agents/bad/b.go", "error")] }),
  ];
  assert.deepEqual(
    fleetItems(fleet(agents)).flatMap((it) => lines(it)),
    [
      "Critical (1)",
      "  bad | 1 error, 1 warning · Go",
      "    b.go:3 | something in agents/bad/b.go",
      "    a.go:3 | something in agents/bad/a.go",
      "Warning (2)",
      "  b | 2 warnings · Python",
      "    x.py:3 | something in agents/b/x.py",
      "    y.py:3 | something in agents/b/y.py",
      "  a | 1 warning · Python",
      "    main.py:3 | something in agents/a/main.py",
      "Green (1)",
      "  green | no findings · Python",
    ],
  );
});

test("an item is the same one when its group counts others, when it moves to another, and in one folder alone", () => {
  const ids = (all: Fleet) =>
    fleetItems(all).flatMap((group) => [idOf(group), ...group.children.flatMap((it) => (it.kind === "agent" ? idOf(it) : []))]);
  const [a, b] = ["file:///fleet agents/a a", "file:///fleet agents/b b"];
  assert.deepEqual(ids(fleet([agent("a"), agent("b")])), ["green", a, b]);
  assert.deepEqual(ids(fleet([agent("a", { health: "warning" }), agent("b")])), ["warning", a, "green", b]);
  const folders = ["file:///one", "file:///two"].map((uri) => ({ uri, agents: [agent("a")], outside: { findings: [], notRun: [] } }));
  assert.deepEqual(ids({ auditing: false, folders }), ["green", "file:///one agents/a a", "file:///two agents/a a"]);
});

test("findings of no agent have a group of their own", () => {
  assert.deepEqual(
    fleetItems(fleet([], [finding("tools/x.py")])).flatMap((it) => lines(it)),
    ["Outside of agents (1)", "  x.py:3 | something in tools/x.py"],
  );
});

test("a check that did not run is said, never shown as fine", () => {
  const big = { file: "agents/a/big.py", reason: "it is larger than 4 MiB" };
  assert.deepEqual(
    fleetItems(fleet([agent("a", { notRun: [big] })])).flatMap((it) => lines(it)),
    ["Green (1)", "  a | 1 check not run · Python", "    big.py | not run: it is larger than 4 MiB"],
  );
});

test("the status says how the fleet is", () => {
  const texts = [
    statusText({ kind: "starting" }),
    statusText({ kind: "error", message: "no server" }),
    statusText({ kind: "ready", fleet: undefined }),
    statusText({ kind: "ready", fleet: fleet([agent("a")], [], true) }),
    statusText({ kind: "ready", fleet: fleet([agent("a")]) }),
    statusText({ kind: "ready", fleet: fleet([agent("b", { health: "warning", findings: two })]) }),
    statusText({ kind: "ready", fleet: fleet([agent("b", { health: "critical", findings: [finding("x.py", "error")] })], two) }),
  ];
  assert.deepEqual(
    texts.map((it) => it.text),
    [
      "$(sync~spin) Cockpit",
      "$(error) Cockpit",
      "$(sync~spin) Cockpit",
      "$(sync~spin) Cockpit",
      "$(pass) Cockpit 0",
      "$(warning) Cockpit 2",
      "$(flame) Cockpit 3",
    ],
  );
  assert.match(texts[1]?.tooltip ?? "", /no server/);
  assert.match(texts[3]?.tooltip ?? "", /is auditing: 0 findings in 1 agent so far, which may be of before$/);
  assert.match(texts[6]?.tooltip ?? "", /3 findings in 1 agent/);
});

test("the status separates thousands", () => {
  const many = Array<FleetFinding>(1200).fill(finding("x.py"));
  assert.match(statusText({ kind: "ready", fleet: fleet([agent("a")], many) }).tooltip, /1,200 findings in 1 agent\./);
});

test("what is no fleet is refused", () => {
  assert.equal(fleetSchema.safeParse({ auditing: false, folders: [{ uri: "file:///x", agents: [{ id: "a" }] }] }).success, false);
});
