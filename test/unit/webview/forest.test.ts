/** What stands on the screen as the fleet and the person's choice change: the Forest without its page. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HostMessage } from "../../../server/protocol/forest.ts";
import { createForest, type Screen } from "../../../webview/forest.ts";
import { agent, alert, begin, detail, finding, live, off, ready, told, watching } from "../../webview/fleet.ts";

const error = finding({ severity: "error", rule: "missing-surface-id", message: "`Panel` requires `surfaceId`.", file: "ui/panel.tsx" });
const now = Date.now();
const nobody = { saved: undefined, post: () => {}, save: () => {}, wake: () => {} };

function told3(...more: HostMessage[]) {
  const forest = createForest(nobody);
  const audit: HostMessage = {
    kind: "audit",
    agents: [agent("a"), agent("b", { owners: ["@acme/payments"] }), agent("c", { findings: [error] })],
    gone: [],
  };
  const agents = ["a", "b", "c"].map((id, i) => live(id, { usdPerHour: i + 1, heard: now }));
  const figures: HostMessage = { kind: "live", reset: false, gone: [], agents };
  for (const it of [begin, ready, watching(1), audit, figures, told, ...more]) forest.take(it);
  return forest;
}

/** `c` for an agent's row, `2 green` for the line of all green ones. */
const list = ({ items }: Screen) =>
  items.flatMap((it) => (it.kind === "agent" ? [it.row.agentId] : it.kind === "greens" ? [`${it.agents} green`] : []));

describe("an order by live figures", () => {
  test("never hides an agent that becomes critical among the green ones", () => {
    const forest = told3();
    forest.change({ sort: "spend" });
    assert.deepEqual(list(forest.frame(now)), ["c", "2 green"]);
    forest.take({ kind: "alert", alert: alert("a") });
    assert.deepEqual(list(forest.frame(now + 1000)), ["c", "a", "1 green"]);
  });

  test("begins anew with another search", () => {
    const forest = told3();
    forest.change({ sort: "spend", search: "surfaceid" });
    assert.deepEqual(list(forest.frame(now)), ["c"]);
    forest.change({ search: "" });
    assert.deepEqual(list(forest.frame(now + 1000)), ["c", "2 green"]);
  });

  test("holds for some seconds, and then follows", () => {
    const forest = told3({ kind: "alert", alert: alert("a") }, { kind: "alert", alert: alert("b") });
    forest.change({ sort: "spend" });
    const spends = (usdPerHour: number): HostMessage => ({ kind: "live", reset: false, gone: [], agents: [live("a", { usdPerHour })] });
    assert.deepEqual(list(forest.frame(now)), ["c", "b", "a"]);
    forest.take(spends(100));
    assert.deepEqual(list(forest.frame(now + 4000)), ["c", "b", "a"]);
    forest.take(spends(101));
    assert.deepEqual(list(forest.frame(now + 5000)), ["a", "c", "b"]);
  });

  const spend = (agentId: string, usdPerHour: number): HostMessage => {
    return { kind: "live", reset: false, gone: [], agents: [live(agentId, { usdPerHour, heard: now })] };
  };
  const alertsOf = (...ids: string[]) => ids.map((it): HostMessage => ({ kind: "alert", alert: alert(it) }));

  test("holds whoever comes in, who is the last of its health until then; it follows though nothing else changes", () => {
    const forest = told3(...alertsOf("a", "b"));
    forest.change({ sort: "spend" });
    assert.deepEqual(list(forest.frame(now)), ["c", "b", "a"]);
    for (const it of [spend("a", 100), spend("d", 50), spend("e", 60), ...alertsOf("d", "e")]) forest.take(it);
    assert.deepEqual(list(forest.frame(now + 4000)), ["c", "b", "a", "d", "e"]);
    assert.deepEqual(list(forest.frame(now + 5000)), ["a", "e", "d", "c", "b"]);
  });

  test("holds only once all is told", () => {
    const forest = createForest(nobody);
    forest.change({ sort: "spend" });
    for (const it of [begin, ready, watching(1), spend("a", 1), ...alertsOf("a", "b")]) forest.take(it);
    assert.deepEqual(list(forest.frame(now)), ["a", "b"]);
    for (const it of [spend("b", 2), told]) forest.take(it);
    assert.deepEqual(list(forest.frame(now + 100)), ["b", "a"]);
    forest.take(spend("a", 3));
    assert.deepEqual(list(forest.frame(now + 200)), ["b", "a"]);
  });
});

test("a search finds what its label says: agents, findings and alerts", () => {
  const forest = told3({ kind: "alert", alert: alert("b") });
  for (const [search, found] of [
    ["missing-surface-id", ["c"]],
    ["requires", ["c"]],
    ["panel.tsx", ["c"]],
    ["budget", ["b"]],
    ["agents/a", ["a"]],
    ["payments", ["b"]],
  ] as const) {
    forest.change({ search });
    assert.deepEqual(
      forest.frame(now).shown.map((it) => it.agentId),
      found,
      search,
    );
  }
});

test("paused, the time stands still, and a row that is opened still gets its details", () => {
  const forest = told3();
  forest.frame(now);
  forest.pause(true);
  const [row] = forest.frame(now).rows;
  assert(row);
  forest.take({ kind: "live", reset: false, gone: [], agents: [live("a", { heard: now + 360_000 })] });
  const later = forest.frame(now + 360_000);
  assert.deepEqual([later.rows.map((it) => it.freshness), later.waiting.agents], [["live", "live", "live"], 1]);
  assert((later.totals.dataAgeMs ?? 0) < 60_000);
  forest.toggle(row, true);
  forest.look(["a"]);
  forest.take({ kind: "detail", detail: detail("a") });
  assert.equal(forest.frame(now + 361_000).detail("a")?.agentId, "a");
});

test("curves of a range that was chosen before do not stand under another one, whether they waited or were under way", () => {
  const forest = told3();
  forest.look(["a"]);
  forest.take({ kind: "detail", detail: detail("a") });
  assert(forest.frame(now).detail("a"));
  forest.pause(true);
  forest.take({ kind: "detail", detail: detail("a") });
  forest.change({ range: "24 h" });
  forest.pause(false);
  assert.equal(forest.frame(now).detail("a"), undefined);
  forest.take({ kind: "detail", detail: detail("a") });
  assert.equal(forest.frame(now).detail("a"), undefined);
});

test("paused, what is told of another range than the chosen one is left out", () => {
  const forest = told3();
  forest.frame(now);
  forest.pause(true);
  forest.change({ range: "24 h" });
  forest.take({ kind: "detail", detail: detail("a") });
  assert.equal(forest.frame(now).detail("a"), undefined);
  forest.take({ kind: "detail", detail: { ...detail("a"), stepMs: 1_440_000 } });
  assert.equal(forest.frame(now).detail("a")?.stepMs, 1_440_000);
});

describe("alerts that are told as a whole", () => {
  const openAlerts = (...ids: string[]): HostMessage => ({ kind: "openAlerts", alerts: ids.map((it) => alert(it)) });
  const critical = (forest: ReturnType<typeof told3>) => forest.frame(now).news.critical.map((it) => it.agentId);

  test("are no news, however late they come, and leave rows as a person closed them", () => {
    const forest = told3();
    forest.frame(now);
    const row = forest.frame(now).rows.find((it) => it.agentId === "a");
    assert(row);
    forest.change({ toggled: { [row.key]: false } });
    forest.take(openAlerts("a"));
    assert.deepEqual(critical(forest), []);
    assert.equal(forest.frame(now).rows.find((it) => it.agentId === "a")?.health, "critical");
    assert.deepEqual(forest.frame(now).state.toggled, { [row.key]: false });
  });

  test("hide no news that come in the same frame", () => {
    const forest = told3();
    forest.frame(now);
    forest.take(openAlerts("a"));
    forest.take({ kind: "alert", alert: alert("b") });
    assert.deepEqual(critical(forest), ["b"]);
    forest.take(openAlerts("a", "b"));
    assert.deepEqual(critical(forest), ["b"]);
    forest.take(openAlerts("a"));
    assert.deepEqual(critical(forest), []);
  });

  test("leave what an audit of the same frame finds news", () => {
    const forest = told3();
    forest.frame(now);
    forest.take({ kind: "audit", agents: [agent("b", { findings: [error] })], gone: [] });
    forest.take(openAlerts("a"));
    assert.deepEqual(critical(forest), ["b"]);
  });
});

test("what the first audit after a reload finds is no news; what becomes critical afterwards is", () => {
  const forest = createForest(nobody);
  for (const it of [begin, { kind: "server", state: "starting", message: "" } as const, off, told]) forest.take(it);
  forest.frame(now);
  forest.take(ready);
  forest.frame(now + 100);
  const audit = (...findings: (typeof error)[]): HostMessage => ({
    kind: "audit",
    agents: [agent("a", { findings: [error] }), agent("b", { findings })],
    gone: [],
  });
  forest.take(audit());
  assert.deepEqual(forest.frame(now + 200).news.critical, []);
  forest.take(audit(error));
  assert.deepEqual(
    forest.frame(now + 300).news.critical.map((it) => it.agentId),
    ["b"],
  );
});
