/** The fleet's model: whatever the order of what it is told, it says what a model says that is told the outcome alone; and it is fast for ten thousand agents. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { type Alert, type AlertKind, alertKinds } from "../../../server/fleet/anomaly/alert.ts";
import { createFleetModel, type FleetModel, heardKey, quietAfterMs } from "../../../server/fleet/model/fleet-model.ts";
import type { AuditedAgent, AuditedFinding, Health, LiveAgent, Pausing, Watching } from "../../../server/fleet/model/fleet-row.ts";

const now = 1_790_000_000_000;

const finding = (severity: AuditedFinding["severity"]): AuditedFinding => {
  const at = { line: 1, column: 1 };
  return { rule: `rule-${severity}`, severity, message: "m", file: "a.py", start: at, end: at, fix: null };
};

const audited = (id: string, severities: AuditedFinding["severity"][] = [], folder = "", notRun: AuditedAgent["notRun"] = []) => ({
  ...{ key: `${folder}#${id}`, id, folder, root: id, language: "python", frameworks: [], owners: [] },
  ...{ findings: severities.map(finding), notRun },
});

const live = (agentId: string, heard = now, more: Partial<LiveAgent> = {}): LiveAgent => ({
  ...{ agentId, heard, callsPerMinute: 10, errorsPerMinute: 1, tokensPerMinute: 100, usdPerHour: 2, p95Ms: 300 },
  ...more,
});

const alert = (agentId: string, kind: AlertKind, sure = 0.9, status: Alert["status"] = "opened"): Alert => ({
  ...{ id: `${agentId}-${kind}`, groupId: "g", kind, agentId, about: "", status, since: now - 1000, updated: now },
  ...{ expected: 1, seen: 9, unit: "usd", sure, events: [] },
});

const pausing: Pausing = { by: "ana", at: "2026-01-01T00:00:00Z", reason: "runs away" };
const watched: Watching = { kind: "watching", eventsPerSecond: 3 };

const healths: { name: string; tell(model: FleetModel): void; health: Health; reason: RegExp | undefined }[] = [
  { name: "nothing found, never heard", tell: (it) => it.audit([audited("a")]), health: "green", reason: undefined },
  { name: "only infos", tell: (it) => it.audit([audited("a", ["info"])]), health: "green", reason: undefined },
  { name: "a warning", tell: (it) => it.audit([audited("a", ["info", "warning"])]), health: "warning", reason: /1 warning: rule-warning/ },
  {
    name: "errors",
    tell: (it) => it.audit([audited("a", ["warning", "error", "error"])]),
    health: "critical",
    reason: /2 errors: .* \(2\)/,
  },
  {
    name: "a check that could not run",
    tell: (it) => it.audit([audited("a", [], "", [{ file: "b.py", reason: "it is too large" }])]),
    health: "warning",
    reason: /1 check could not run: b\.py: it is too large/,
  },
  { name: "a sure alert that costs", tell: (it) => it.alert(alert("a", "loop")), health: "critical", reason: /repeats/ },
  { name: "the same, less sure", tell: (it) => it.alert(alert("a", "loop", 0.6)), health: "warning", reason: /repeats/ },
  { name: "a new model", tell: (it) => it.alert(alert("a", "new-model", 1)), health: "warning", reason: /model/ },
  {
    name: "an alert that is over",
    tell: (it) => {
      it.audit([audited("a")]);
      it.alert(alert("a", "loop"));
      it.alert(alert("a", "loop", 0.9, "closed"));
    },
    health: "green",
    reason: undefined,
  },
  {
    name: "a pause",
    tell: (it) => {
      it.audit([audited("a")]);
      it.pause(new Map([["*", pausing]]));
    },
    health: "green",
    reason: undefined,
  },
  {
    name: "a pause of one that fails, whose silence is no wonder",
    tell: (it) => {
      it.pause(new Map([["a", pausing]]));
      it.alert(alert("a", "error-rate", 0.6));
      it.alert(alert("a", "silence"));
    },
    health: "warning",
    reason: /fails/,
  },
  {
    name: "an alert of a watcher that is gone",
    tell: (it) => {
      it.watch(watched);
      it.live([live("a")]);
      it.alert(alert("a", "budget", 1));
      it.watch({ kind: "lost", since: now, message: "it ended" });
      it.resetLive();
    },
    health: "critical",
    reason: /budget/,
  },
];

for (const { name, tell, health, reason } of healths)
  test(`health with ${name}`, () => {
    const model = createFleetModel();
    tell(model);
    const [row, ...others] = model.rows(now);
    assert.deepEqual(others, []);
    assert.equal(row?.health, health);
    if (reason) assert.match(row?.reasons[0]?.text ?? "", reason);
    else assert.deepEqual(row?.reasons, []);
  });

test("an order by need: critical, of them those that burn now, and who is paused last", () => {
  const model = createFleetModel();
  model.audit([
    audited("green"),
    audited("warned", ["warning"]),
    audited("b", ["error"]),
    audited("a", ["error"]),
    audited("p", ["error"]),
  ]);
  model.alert(alert("z", "loop"));
  model.pause(new Map([["p", pausing]]));
  const ids = () => model.rows(now).map((it) => it.agentId);
  assert.deepEqual(ids(), ["z", "a", "b", "p", "warned", "green"]);
  model.live(ids().map((it, i) => live(it, now - i)));
  assert.deepEqual(ids(), ["z", "a", "b", "p", "warned", "green"]);
});

test("freshness: live, quiet after a while, stale without a watcher, unheard", () => {
  const model = createFleetModel();
  model.audit([audited("a"), audited("b")]);
  model.watch(watched);
  model.live([live("a")]);
  const of = (time: number) => model.rows(time).map((it) => it.freshness);
  assert.deepEqual(of(now), ["live", "unheard"]);
  model.takeChanged();
  assert.deepEqual(of(now + quietAfterMs + 1), ["quiet", "unheard"]);
  assert.deepEqual(model.takeChanged(), ["#a"]);
  model.watch({ kind: "lost", since: now, message: "it ended" });
  assert.deepEqual(of(now), ["stale", "unheard"]);
  model.resetLive();
  assert.deepEqual(of(now), ["stale", "unheard"]);
  assert.equal(model.row("#a")?.live, undefined);
});

test("figures of a watcher that is gone are not of now when another one begins, until it tells its own", () => {
  for (const gone of [{ kind: "off" }, { kind: "lost", since: now, message: "it ended" }] as const) {
    const model = createFleetModel();
    const known = () => [...model.rows(now).map((it) => it.freshness), model.totals(now).usdPerHour];
    model.audit([audited("a"), audited("b")]);
    model.watch(watched);
    model.live([live("a"), live("b")]);
    model.watch({ ...watched, eventsPerSecond: 4 });
    assert.deepEqual(known(), ["live", "live", 4], "the same watcher");
    model.watch(gone);
    model.watch(watched);
    assert.deepEqual(known(), ["stale", "stale", null]);
    model.live([live("a")]);
    assert.deepEqual(known(), ["live", "stale", 2]);
    model.resetLive();
    model.live([live("a")]);
    assert.deepEqual(known(), ["live", "live", 2]);
    assert.equal(model.row("#b")?.live, undefined);
  }
});

test("an agent that is only heard has a row of its own until an audit knows it", () => {
  const model = createFleetModel();
  model.watch(watched);
  model.live([live("a")]);
  assert.deepEqual(model.takeChanged(), [heardKey("a")]);
  model.audit([audited("a", [], "one"), audited("a", [], "two")]);
  assert.deepEqual(model.takeChanged().toSorted(), [heardKey("a"), "one#a", "two#a"].toSorted());
  assert.deepEqual(
    model.rows(now).map(({ key, live }) => [key, live?.callsPerMinute]),
    [
      ["one#a", 10],
      ["two#a", 10],
    ],
  );
  assert.equal(model.totals(now).callsPerMinute, 10, "two rows, one agent that calls");
  model.audit([], ["one#a", "two#a"]);
  assert.deepEqual(
    model.rows(now).map((it) => it.key),
    [heardKey("a")],
  );
  model.live([], ["a"]);
  assert.deepEqual(model.rows(now), []);
});

test("totals: what nobody knows is null", () => {
  const model = createFleetModel();
  model.audit([audited("a", ["error"]), audited("b")]);
  const unknown = { usdPerHour: null, unpriced: 0, tokensPerMinute: null, callsPerMinute: null, errorRate: null, dataAgeMs: null };
  const counts = { agents: 2, byHealth: { critical: 1, warning: 0, green: 1 }, paused: 0 };
  assert.deepEqual(model.totals(now), { ...counts, byFreshness: { live: 0, quiet: 0, stale: 0, unheard: 2 }, ...unknown });
  model.watch(watched);
  model.live([live("a", now - 50), live("b", now - 70, { usdPerHour: null, callsPerMinute: 30, errorsPerMinute: 3 })]);
  assert.deepEqual(model.totals(now), {
    ...counts,
    byFreshness: { live: 2, quiet: 0, stale: 0, unheard: 0 },
    ...{ usdPerHour: 2, unpriced: 1, tokensPerMinute: 200, callsPerMinute: 40, errorRate: 0.1, dataAgeMs: 50 },
  });
  model.watch({ kind: "off" });
  const off = { byFreshness: { live: 0, quiet: 0, stale: 2, unheard: 0 }, ...unknown, dataAgeMs: 60 };
  assert.deepEqual(model.totals(now + 10), { ...counts, ...off });
});

test("unread alerts of a former watcher are forgotten when the next says which are open", () => {
  const model = createFleetModel();
  model.alert(alert("a", "loop"));
  model.alert(alert("b", "loop"));
  model.openAlerts([alert("b", "loop"), alert("c", "latency")]);
  assert.deepEqual(
    model.rows(now).map(({ agentId, health }) => [agentId, health]),
    [
      ["b", "critical"],
      ["c", "warning"],
    ],
  );
});

type Update =
  | { kind: "audit"; id: string; folder: string; severities: AuditedFinding["severity"][] | undefined }
  | { kind: "live"; id: string; heard: number | undefined }
  | { kind: "alert"; id: string; of: AlertKind; status: "opened" | "closed" }
  | { kind: "pause"; ids: string[] }
  | { kind: "watch"; watching: Watching };

const ids = fc.constantFrom("a", "b", "c", "*");
const updates = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("audit" as const),
      id: ids,
      folder: fc.constantFrom("", "f"),
      severities: fc.option(fc.array(fc.constantFrom("error", "warning", "info"), { maxLength: 3 }), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant("live" as const),
      id: ids,
      heard: fc.option(fc.integer({ min: now - 1e6, max: now }), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant("alert" as const),
      id: ids,
      of: fc.constantFrom(...alertKinds),
      status: fc.constantFrom("opened" as const, "closed" as const),
    }),
    fc.record({ kind: fc.constant("pause" as const), ids: fc.uniqueArray(ids) }),
    fc.record({
      kind: fc.constant("watch" as const),
      watching: fc.constantFrom<Watching>(watched, { kind: "off" }, { kind: "lost", since: now, message: "m" }),
    }),
  ),
);

function tell(model: FleetModel, it: Update) {
  if (it.kind === "audit" && it.severities) model.audit([audited(it.id, it.severities, it.folder)]);
  if (it.kind === "audit" && !it.severities) model.audit([], [`${it.folder}#${it.id}`]);
  if (it.kind === "live") model.live(it.heard ? [live(it.id, it.heard)] : [], it.heard ? [] : [it.id]);
  if (it.kind === "alert") model.alert(alert(it.id, it.of, 0.9, it.status));
  if (it.kind === "pause") model.pause(new Map(it.ids.map((id) => [id, pausing])));
  if (it.kind === "watch") model.watch(it.watching);
}

/** What a model must say that is told, once and in one order, all that still holds. */
function fromScratch(all: readonly Update[]): FleetModel {
  const last = new Map<string, Update>();
  /** Figures that were told before the watcher began, and hold of nobody of whom it has told. */
  let before: Update[] = [];
  for (const it of all) {
    const name = [it.kind, "id" in it && it.id, "folder" in it && it.folder, "of" in it && it.of].join();
    const was = last.get("watch,false,false,false");
    if (it.kind === "watch" && it.watching.kind !== (was?.kind === "watch" ? was.watching.kind : "off"))
      before = [...last.values()].filter(({ kind }) => kind === "live");
    last.delete(name);
    last.set(name, it);
  }
  const model = createFleetModel();
  for (const it of before) tell(model, it);
  for (const kind of ["watch", "pause", "alert", "audit", "live"])
    for (const it of last.values()) if (it.kind === kind && !before.includes(it)) tell(model, it);
  return model;
}

/** All but that it was heard once, which is remembered. */
const said = (model: FleetModel) => ({
  rows: model.rows(now).map((it) => ({ ...it, freshness: undefined })),
  totals: { ...model.totals(now), byFreshness: undefined, dataAgeMs: undefined },
});

test("after any updates the model is the one that is told the outcome alone", () => {
  fc.assert(
    fc.property(updates, fc.array(fc.boolean()), (all, reads) => {
      const model = createFleetModel();
      for (const [i, it] of all.entries()) {
        tell(model, it);
        if (reads[i]) model.totals(now);
      }
      assert.deepEqual(said(model), said(fromScratch(all)));
    }),
    { numRuns: 500 },
  );
});

test("who is quiet is so at any time, however often and at whichever times it was looked at before", () => {
  const time = fc.integer({ min: now, max: now + 3 * quietAfterMs });
  const step = fc.oneof(
    fc.record({ id: fc.constantFrom("a", "b", "c"), heard: time }),
    fc.record({ look: time }),
    fc.record({ watching: fc.constantFrom<Watching>(watched, { kind: "off" }) }),
  );
  fc.assert(
    fc.property(fc.array(step), time, (all, last) => {
      const [often, once] = [createFleetModel(), createFleetModel()];
      for (const it of all) {
        for (const model of [often, once]) {
          if ("heard" in it) model.live([live(it.id, it.heard)]);
          if ("watching" in it) model.watch(it.watching);
        }
        if ("look" in it) often.rows(it.look);
      }
      assert.deepEqual(often.rows(last), once.rows(last));
    }),
    { numRuns: 500 },
  );
});

test("an update is told for the rows that it changes, and for no others", () => {
  fc.assert(
    fc.property(updates, (all) => {
      const model = createFleetModel();
      for (const it of all) {
        const before = new Map(model.rows(now).map((row) => [row.key, row]));
        model.takeChanged();
        tell(model, it);
        const after = new Map(model.rows(now).map((row) => [row.key, row]));
        const told = new Set(model.takeChanged());
        for (const key of new Set([...before.keys(), ...after.keys()])) {
          assert.equal(told.has(key) || before.get(key) === after.get(key), true, `${key} is another and not told`);
          if (told.has(key)) assert.equal(model.row(key), after.get(key));
        }
      }
    }),
  );
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

test("names that come and go leave nothing behind where nobody looks", () => {
  const model = createFleetModel();
  model.watch(watched);
  const passing = (from: number) => {
    for (let i = from; i < from + 20_000; i++) model.live([live(`passing-${i}`)], [`passing-${i - 100}`]);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const first = passing(0);
  const grown = passing(20_000) - first;
  assert.ok(grown < 2e6, `${grown} bytes`);
  assert.equal(model.takeChanged().length, 100);
});

test("ten thousand agents: a thousand rows change in a few milliseconds", () => {
  const model = createFleetModel();
  const names = Array.from({ length: 10_000 }, (_, i) => `agent-${i}`);
  model.watch(watched);
  model.audit(names.map((it, i) => audited(it, i % 30 === 0 ? ["error"] : i % 10 === 0 ? ["warning"] : [])));
  model.live(names.map((it) => live(it)));
  model.rows(now);
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const delta = names.slice(round * 100, round * 100 + 1000).map((it) => live(it, now + round));
    const start = process.cpuUsage();
    model.live(delta);
    model.takeChanged();
    model.rows(now + round);
    model.totals(now + round);
    times.push(process.cpuUsage(start).user / 1000);
  }
  // The machine has other things to do, too.
  const fastest = Math.min(...times);
  assert.ok(fastest <= 5, `${fastest.toFixed(2)} ms`);
});
